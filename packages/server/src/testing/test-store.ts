import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultSettings } from '@rookery/protocol/limits'
import { AppRegistry } from '../apps/app-registry.ts'
import { SecretBox } from '../apps/secret-box.ts'
import type { Change } from '../store/change.ts'
import { EmbeddedStore } from '../store/sqlite/embedded-store.ts'

/** A real store on a temporary folder, without doors. */
export interface TestStore {
  readonly folder: string
  readonly store: EmbeddedStore
  readonly box: SecretBox
  readonly apps: AppRegistry
  /** What commits told, in order. */
  readonly changes: Change[]
  close(): Promise<void>
}

export async function openTestStore(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-store-'))
  const store = await EmbeddedStore.open({
    folder,
    onDefect: text => {
      throw new Error(text)
    },
  })
  const box = new SecretBox(randomBytes(32))
  const changes: Change[] = []
  store.onCommit(told => changes.push(...told))
  return {
    folder,
    store,
    box,
    apps: new AppRegistry(store, box, defaultSettings()),
    changes,
    async close() {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
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
