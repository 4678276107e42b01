import { sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './account.ts'

/** 50,000 accounts at about 200 bytes: the active ones of one node. Of an app the one that was added first goes first. */
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
  readonly #byName = new AppCache<string>()
  readonly #byId = new AppCache<number>()
  /** A row that was read before a change must not be kept after it. */
  #invalidations = 0

  constructor(store: Store) {
    this.#store = store
    store.onCommit(changes => {
      for (const change of changes)
        if (change.kind === 'account') {
          this.#invalidations++
          this.#byName.delete(change.app, change.userId)
          this.#byId.delete(change.app, change.account)
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
    return this.#byName.get(app, userId)
  }

  /** The living account of that name. */
  async find(app: number, userId: string): Promise<Account | undefined> {
    const known = this.#byName.get(app, userId)
    if (known) return known
    const before = this.#invalidations
    const row = await queries(this.#store.read).byName.first({ app, user: userId })
    return row && this.#keep(this.#byName, app, userId, fromRow(row), before)
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
    return this.#byId.get(app, accountId)
  }

  /** Also a deleted one: its name still stands on its old messages. */
  async byId(app: number, accountId: number): Promise<Account | undefined> {
    const known = this.#byId.get(app, accountId)
    if (known) return known
    const before = this.#invalidations
    const row = await queries(this.#store.read).byId.first({ app, account: accountId })
    return row && this.#keep(this.#byId, app, accountId, fromRow(row), before)
  }

  #keep<K>(cache: AppCache<K>, app: number, key: K, account: Account, before: number): Account {
    if (this.#invalidations === before) cache.set(app, key, account)
    return account
  }
}

/** By app, then by key: no text is put together for a look-up, of which every message takes some. */
class AppCache<K> {
  readonly #apps = new Map<number, Map<K, Account>>()
  #size = 0

  get(app: number, key: K): Account | undefined {
    return this.#apps.get(app)?.get(key)
  }

  set(app: number, key: K, account: Account): void {
    this.delete(app, key)
    if (this.#size >= CAPACITY) this.#dropOldest(app)
    let accounts = this.#apps.get(app)
    if (!accounts) {
      accounts = new Map()
      this.#apps.set(app, accounts)
    }
    accounts.set(key, account)
    this.#size++
  }

  delete(app: number, key: K): void {
    const accounts = this.#apps.get(app)
    if (!accounts?.delete(key)) return
    this.#size--
    if (accounts.size === 0) this.#apps.delete(app)
  }

  clear(): void {
    this.#apps.clear()
    this.#size = 0
  }

  /** Of the app that needs the room, or where it has nothing, of the one that came first. */
  #dropOldest(app: number): void {
    const [from, accounts] = this.#apps.has(app)
      ? [app, this.#apps.get(app)]
      : (this.#apps.entries().next().value ?? [app, undefined])
    const oldest = accounts?.keys().next()
    if (oldest && !oldest.done) this.delete(from, oldest.value)
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
