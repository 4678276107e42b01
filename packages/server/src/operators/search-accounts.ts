import {
  accountState,
  type OnlineState,
  type PlatformState,
  platformStates,
} from '../accounts/online-status.ts'
import type { App } from '../apps/app.ts'
import type { Store } from '../store/store.ts'

export interface AccountSearch {
  /** The beginning of a UserID, or several whole ones separated by commas or line ends. */
  readonly text: string
  readonly only?: 'admins' | 'blocked'
  /** Last UserID of the page before. */
  readonly after?: string
  readonly limit: number
}

export interface FoundAccount {
  readonly userId: string
  readonly nick: string
  readonly faceUrl: string
  readonly blocked: boolean
  readonly admin: boolean
  readonly created: number
  readonly lastLogin: number | null
  readonly state: OnlineState
  readonly platforms: readonly PlatformState[]
}

/** Whole UserIDs that one search may name. */
const NAMES_MAX = 100
/** Above every text that begins with the prefix, in the order of bytes. */
const HIGHEST = '\u{10FFFF}'

/** Accounts in the order of their names, with their online state. */
export async function searchAccounts(
  store: Store,
  app: App,
  search: AccountSearch,
): Promise<{ readonly users: readonly FoundAccount[]; readonly next: string | null }> {
  const names = search.text
    .split(/[,\n]/)
    .map(name => name.trim())
    .filter(name => name !== '')
    .slice(0, NAMES_MAX)
  let query = store.read
    .selectFrom('account')
    .select(['account_id', 'user_id', 'nick', 'face_url', 'disabled', 'created', 'last_login'])
    .where('app_id', '=', app.id)
    .where('deleted', '=', 0)
    .orderBy('user_id')
    .limit(search.limit + 1)
  if (names.length > 1) query = query.where('user_id', 'in', names)
  else if (names[0]) query = query.where('user_id', '>=', names[0]).where('user_id', '<', names[0] + HIGHEST)
  if (search.only === 'blocked') query = query.where('disabled', '<>', 0)
  if (search.only === 'admins') query = query.where('account_id', 'in', [...app.admins.keys(), -1])
  if (search.after !== undefined) query = query.where('user_id', '>', search.after)
  const rows = await query.execute()
  const page = rows.slice(0, search.limit)
  const states = await platformStates(
    store,
    app.id,
    page.map(row => ({
      id: row.account_id,
      userId: row.user_id,
      nick: row.nick,
      faceUrl: row.face_url,
      disabled: row.disabled !== 0,
      validAfter: 0,
      newestTicket: 0,
      deleted: false,
    })),
    app.setting('status.pushOnlineDays'),
  )
  return {
    users: page.map(row => {
      const platforms = states.get(row.account_id) ?? []
      return {
        userId: row.user_id,
        nick: row.nick,
        faceUrl: row.face_url,
        blocked: row.disabled !== 0,
        admin: app.admins.has(row.account_id),
        created: row.created,
        lastLogin: row.last_login,
        state: accountState(platforms),
        platforms,
      }
    }),
    next: rows.length > search.limit ? (page.at(-1)?.user_id ?? null) : null,
  }
}
