import { randomBytes } from 'node:crypto'
import { defaultSettings } from '@rookery/protocol/limits'
import { AppRegistry } from '../apps/app-registry.ts'
import { SecretBox } from '../apps/secret-box.ts'
import type { Change } from '../store/change.ts'
import type { Store } from '../store/store.ts'
import { newTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts'

/** A real store on a database of its own, without doors. */
export interface TestStore {
  readonly database: TestDatabase
  readonly store: Store
  readonly box: SecretBox
  readonly apps: AppRegistry
  /** What commits told, in order. */
  readonly changes: Change[]
  close(): Promise<void>
}

export async function openTestStore(options: TestDatabaseOptions = {}): Promise<TestStore> {
  const database = newTestDatabase(options)
  const store = await database.open(text => {
    throw new Error(text)
  })
  const box = new SecretBox(randomBytes(32))
  const changes: Change[] = []
  store.onCommit(told => changes.push(...told))
  return {
    database,
    store,
    box,
    apps: new AppRegistry(store, box, defaultSettings()),
    changes,
    async close() {
      await store.close()
      await database.remove()
    },
  }
}

/** The error that a promise fails with; fails when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<{ code?: number; message: string }> {
  const outcome = await promise.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome && outcome.error instanceof Error) return outcome.error as Error & { code?: number }
  throw new Error(`It did not fail but gave ${JSON.stringify(outcome)}.`)
}
