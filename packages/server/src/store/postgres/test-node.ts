import { findPostgres, NO_POSTGRES } from '../../testing/postgres-server.ts'
import type { AppendItem } from '../append.ts'
import type { Change } from '../change.ts'
import { defineMutation } from '../mutation.ts'
import type { CommitOrigin } from '../store.ts'
import { PostgresStore, type PostgresStoreOptions } from './postgres-store.ts'

export const NO_SERVER = findPostgres() === undefined
/** Appended to the names of tests that are skipped without a server. */
export const WHY_SKIPPED = NO_SERVER ? ` (${NO_POSTGRES})` : ''

const APP = 7

/** A store with what its listeners were told. */
export interface TestNode {
  readonly store: PostgresStore
  readonly told: { readonly origin: CommitOrigin; readonly changes: readonly Change[] }[]
  readonly defects: string[]
  readonly notices: string[]
  readonly fences: string[]
}

export async function openNode(url: string, options: Partial<PostgresStoreOptions> = {}): Promise<TestNode> {
  const defects: string[] = []
  const notices: string[] = []
  const store = await PostgresStore.open({
    url,
    readConnections: 2,
    onDefect: text => defects.push(text),
    onNotice: text => notices.push(text),
    ...options,
  })
  const told: TestNode['told'] = []
  const fences: string[] = []
  store.onCommit((changes, origin) => told.push({ origin, changes }))
  store.onFenced(reason => fences.push(reason))
  return { store, told, defects, notices, fences }
}

/** Makes the app 7 and the accounts 1 … `accounts` in it. */
export const makeApp = defineMutation(
  'test/make-app',
  async (tx, { accounts }: { readonly accounts: number }) => {
    await tx.db
      .insertInto('app')
      .values({ app_id: APP, name: 'test', created: tx.now } as never)
      .execute()
    for (let made = 0; made < accounts; made++) {
      const account_id = await tx.nextNumber('account')
      const row = { app_id: APP, account_id, user_id: `user${account_id}`, created: tx.now }
      await tx.db
        .insertInto('account')
        .values(row as never)
        .execute()
    }
    return null
  },
)

/** Raises an account's counter by reading and writing it, which goes wrong without its lock. */
export const raise = defineMutation(
  'test/raise',
  async (tx, { account, told = false }: { readonly account: number; readonly told?: boolean }) => {
    const row = await tx.db
      .selectFrom('account')
      .select('log_no')
      .where('app_id', '=', APP)
      .where('account_id', '=', account)
      .executeTakeFirstOrThrow()
    const log_no = row.log_no + 1
    await tx.db
      .updateTable('account')
      .set({ log_no })
      .where('app_id', '=', APP)
      .where('account_id', '=', account)
      .execute()
    if (told) tx.changed({ kind: 'account', app: APP, account, userId: `no ${log_no}` })
    return log_no
  },
  { locks: ({ account }) => [{ on: 'account', app: APP, account }] },
)

/** A message of the user 1 to the user 2. */
export function message(random: number, over: Partial<AppendItem> = {}): AppendItem {
  return {
    app: APP,
    sender: 1,
    receiver: 2,
    msgSeq: 1,
    random,
    clientTime: 100,
    flags: 0,
    body: `[{"n":${random}}]`,
    custom: '',
    pushInfo: '',
    key: { kind: 'client', hash: `h${random}` },
    importTime: 0,
    ...over,
  }
}

/** Waits, at most 10 s, until something holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come about within 10 s: ${what}.`)
    await Bun.sleep(10)
  }
}

export async function counterOf(store: PostgresStore, account: number): Promise<number> {
  const row = await store.read
    .selectFrom('account')
    .select('log_no')
    .where('account_id', '=', account)
    .executeTakeFirstOrThrow()
  return row.log_no
}
