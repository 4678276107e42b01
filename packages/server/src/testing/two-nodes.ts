import { CommandError } from '../commands/command-error.ts'
import type { CommitListener, Store } from '../store/store.ts'
import type { RunSql } from './test-database.ts'
import { newTestDatabase } from './test-database.ts'

export const SIDE_APP = 7
/** Accounts 1 to 9 of the app are called u1 to u9. */
const ACCOUNTS = 9

/** Two nodes' stores on one PostgreSQL database with an app, its key `k1` and nine accounts. */
export interface TwoNodes {
  readonly a: Store
  readonly b: Store
  edit<T>(change: (run: RunSql) => Promise<T>): Promise<T>
  /** The rows of a query. */
  rows<R>(statement: string, ...values: (string | number)[]): Promise<R[]>
  close(): Promise<void>
}

export async function openTwoNodes(): Promise<TwoNodes> {
  const database = newTestDatabase({ engine: 'postgres' })
  await database.prepare()
  const onDefect = (text: string) => {
    throw new Error(text)
  }
  const [a, b] = await Promise.all([database.open(onDefect), database.open(onDefect)])
  await database.edit(async run => {
    await run(`insert into app (app_id, name, created) values (?, 'side by side', 0)`, SIDE_APP)
    await run(
      `insert into app_key (app_id, key_id, kind, state, material, created) values (?, 'k1', 'hmac', 'current', '', 0)`,
      SIDE_APP,
    )
    for (let id = 1; id <= ACCOUNTS; id++)
      await run(
        'insert into account (app_id, account_id, user_id, created) values (?, ?, ?, 0)',
        SIDE_APP,
        id,
        `u${id}`,
      )
    await database.raise(run, 'account', 100)
  })
  return {
    a,
    b,
    edit: change => database.edit(change),
    rows: <R>(statement: string, ...values: (string | number)[]) =>
      database.edit(run => run<R>(statement, ...values)),
    async close() {
      await Promise.all([a.close(), b.close()])
      await database.remove()
    },
  }
}

/** Rounds of a race: enough that each order and each overlap comes. */
export const ROUNDS = 25
/** About what one mutation takes. */
const SPREAD_MS = 6

/** `ok`, or the code of the `CommandError` that it failed with. Any other failure fails the test. */
export type Outcome<T> = { readonly ok: T } | { readonly code: number; readonly error: CommandError }

/** Starts all of them at moments of chance close to each other. */
export function race<T>(...contenders: (() => Promise<T>)[]): Promise<Outcome<T>[]> {
  return Promise.all(
    contenders.map(async (start): Promise<Outcome<T>> => {
      await Bun.sleep(Math.random() * SPREAD_MS)
      try {
        return { ok: await start() }
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        return { code: error.code, error }
      }
    }),
  )
}

export function succeeded<T>(outcomes: readonly Outcome<T>[]): T[] {
  return outcomes.flatMap(outcome => ('ok' in outcome ? [outcome.ok] : []))
}

/** Collects what a store's commits told. */
export function listen(store: Store): Parameters<CommitListener>[0][number][] {
  const heard: Parameters<CommitListener>[0][number][] = []
  store.onCommit(changes => heard.push(...changes))
  return heard
}
