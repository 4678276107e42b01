import { sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './account.ts'

/** 50,000 accounts at about 200 bytes: the active ones of one node. The one that was added first goes first. */
const CAPACITY = 50_000

interface AccountRow {
  account_id: number
  user_id: string
  nick: string
  face_url: string
  disabled: number
  valid_after: number
  newest_ticket: number
  deleted: number
}

const COLUMNS = [
  'account_id',
  'user_id',
  'nick',
  'face_url',
  'disabled',
  'valid_after',
  'newest_ticket',
  'deleted',
] as const

const queries = perDatabase(db => ({
  byName: new PreparedQuery<{ app: number; user: string }, AccountRow>(db, (db, parameter) =>
    db
      .selectFrom('account')
      .select(COLUMNS)
      .where('app_id', '=', parameter('app'))
      .where('user_id', '=', parameter('user'))
      // A literal: with a parameter SQLite plans the statement anew at each run to see whether the partial index serves it.
      .where('deleted', '=', sql.lit(0)),
  ),
  byId: new PreparedQuery<{ app: number; account: number }, AccountRow>(db, (db, parameter) =>
    db
      .selectFrom('account')
      .select(COLUMNS)
      .where('app_id', '=', parameter('app'))
      .where('account_id', '=', parameter('account')),
  ),
}))

/** Accounts by name and by number, cached with a bound and kept true by the commits. */
export class AccountDirectory {
  readonly #store: Store
  readonly #byName = new Map<string, Account>()
  readonly #byId = new Map<string, Account>()
  /** A row that was read before a change must not be kept after it. */
  #invalidations = 0

  constructor(store: Store) {
    this.#store = store
    store.onCommit(changes => {
      for (const change of changes)
        if (change.kind === 'account') {
          this.#invalidations++
          this.#byName.delete(`${change.app}:${change.userId}`)
          this.#byId.delete(`${change.app}:${change.account}`)
        }
    })
    store.onFenced(() => {
      this.#invalidations++
      this.#byName.clear()
      this.#byId.clear()
    })
  }

  /** The living account of that name when it is in memory, so that who calls often need not wait a turn. */
  known(app: number, userId: string): Account | undefined {
    return this.#byName.get(`${app}:${userId}`)
  }

  /** The living account of that name. */
  async find(app: number, userId: string): Promise<Account | undefined> {
    const key = `${app}:${userId}`
    const known = this.#byName.get(key)
    if (known) return known
    const before = this.#invalidations
    const row = await queries(this.#store.read).byName.first({ app, user: userId })
    return row && this.#keep(this.#byName, key, fromRow(row), before)
  }

  /** Several at once, in no order; unknown ones are left out. */
  async findAll(app: number, userIds: readonly string[]): Promise<Map<string, Account>> {
    const found = new Map<string, Account>()
    for (const userId of userIds) {
      const account = await this.find(app, userId)
      if (account) found.set(userId, account)
    }
    return found
  }

  /** What {@link byId} answers when it is in memory. */
  knownById(app: number, accountId: number): Account | undefined {
    return this.#byId.get(`${app}:${accountId}`)
  }

  /** Also a deleted one: its name still stands on its old messages. */
  async byId(app: number, accountId: number): Promise<Account | undefined> {
    const key = `${app}:${accountId}`
    const known = this.#byId.get(key)
    if (known) return known
    const before = this.#invalidations
    const row = await queries(this.#store.read).byId.first({ app, account: accountId })
    return row && this.#keep(this.#byId, key, fromRow(row), before)
  }

  #keep(cache: Map<string, Account>, key: string, account: Account, before: number): Account {
    if (this.#invalidations !== before) return account
    if (cache.size >= CAPACITY) {
      const oldest = cache.keys().next().value
      if (oldest !== undefined) cache.delete(oldest)
    }
    cache.set(key, account)
    return account
  }
}

function fromRow(row: AccountRow): Account {
  return {
    id: row.account_id,
    userId: row.user_id,
    nick: row.nick,
    faceUrl: row.face_url,
    disabled: row.disabled !== 0,
    validAfter: row.valid_after,
    newestTicket: row.newest_ticket,
    deleted: row.deleted !== 0,
  }
}
