import { type Admin, createAdmin } from '@rookery/admin'
import type { Person } from './accounts.ts'

/** A person waits for the answer: one try, and a short one. */
const ONE_TRY = { timeoutMs: 5000, totalMs: 5000, retries: 0 } as const
/** Accounts of one request (documented). */
const BATCH = 100
/** Every open page asks who is online; Rookery is asked once in this time. */
const PRESENCE_MS = 2000

export interface AppAdminOptions {
  /** Where Rookery's REST API is. */
  readonly host: string
  readonly sdkAppId: number
  readonly admin: string
  readonly keyProvider: () => string | Promise<string>
}

/** UserIDs, each with `Online` (connected), `PushOnline` (reached by push only) or `Offline`. */
export type Presence = Readonly<Record<string, 'Online' | 'PushOnline' | 'Offline'>>

/** What the app server does as app admin, over Rookery's REST API. Its calls throw when Rookery refuses or is away. */
export class AppAdmin {
  readonly #admin: Admin
  #presence:
    | { readonly answer: Promise<Presence>; readonly asked: string; readonly endsAt: number }
    | undefined

  constructor(options: AppAdminOptions) {
    this.#admin = createAdmin(options)
  }

  /** Makes the users known to Rookery before they first log in, so that others can write to them. */
  async importAccounts(people: readonly Person[]): Promise<void> {
    const AccountList = people.slice(0, BATCH).map(({ userID, name }) => ({ UserID: userID, Nick: name }))
    await this.#admin.call('im_open_login_svc/multiaccount_import', { AccountList }, ONE_TRY)
  }

  /** Users whom Rookery does not know are left out. */
  presenceOf(people: readonly Person[]): Promise<Presence> {
    const userIDs = people.slice(0, BATCH).map(it => it.userID)
    const asked = userIDs.join(' ')
    if (this.#presence?.asked === asked && this.#presence.endsAt > Date.now()) return this.#presence.answer
    const answer = this.#askPresence(userIDs)
    this.#presence = { answer, asked, endsAt: Date.now() + PRESENCE_MS }
    return answer
  }

  async #askPresence(userIDs: readonly string[]): Promise<Presence> {
    const { QueryResult } = await this.#admin.call(
      'openim/query_online_status',
      { To_Account: userIDs },
      ONE_TRY,
    )
    return Object.fromEntries(QueryResult.map(it => [it.To_Account, it.Status]))
  }
}
