import { PLATFORMS, type Platform } from '../login/multi-device.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './account.ts'

export type OnlineState = 'Online' | 'PushOnline' | 'Offline'

export interface PlatformState {
  readonly platform: Platform
  readonly state: 'Online' | 'PushOnline'
}

/** Terminals that offline push reaches when their connection is lost (login-usersig 4.4). */
const PUSH_PLATFORMS: readonly Platform[] = ['Android', 'iPhone', 'iPad']
const SECONDS_A_DAY = 86_400

/**
 * The terminals of each account that are not offline, by account number; accounts without any are left out.
 *
 * @param pushOnlineDays `status.pushOnlineDays` of the app.
 */
export async function platformStates(
  store: Store,
  app: number,
  accounts: readonly Account[],
  pushOnlineDays: number,
): Promise<Map<number, PlatformState[]>> {
  const ids = accounts.map(account => account.id)
  if (ids.length === 0) return new Map()
  const since = Math.floor(Date.now() / 1000) - pushOnlineDays * SECONDS_A_DAY
  const found = new Map<number, Map<Platform, 'Online' | 'PushOnline'>>()
  const note = (account: number, platform: Platform, state: 'Online' | 'PushOnline') => {
    const states = found.get(account) ?? new Map<Platform, 'Online' | 'PushOnline'>()
    found.set(account, states)
    if (states.get(platform) !== 'Online') states.set(platform, state)
  }
  const sessions = await store.read
    .selectFrom('session')
    .select(['account_id', 'platform', 'node_id', 'seen'])
    .where('app_id', '=', app)
    .where('account_id', 'in', ids)
    .where('connected', '=', 1)
    .where('ended', '=', '')
    .execute()
  for (const session of sessions) {
    const platform = session.platform as Platform
    if (store.liveNodes.has(session.node_id)) note(session.account_id, platform, 'Online')
    // The process that held the connection is gone: for the device that is a lost connection.
    else if (PUSH_PLATFORMS.includes(platform) && session.seen > since)
      note(session.account_id, platform, 'PushOnline')
  }
  const lost = await store.read
    .selectFrom('account')
    .select(['account_id', 'push_online'])
    .where('app_id', '=', app)
    .where('account_id', 'in', ids)
    .where('push_online', '<>', '{}')
    .execute()
  for (const row of lost)
    for (const [platform, at] of Object.entries(JSON.parse(row.push_online) as Record<string, number>))
      if (PUSH_PLATFORMS.includes(platform as Platform) && at > since)
        note(row.account_id, platform as Platform, 'PushOnline')
  return new Map(
    [...found].map(([account, states]) => [
      account,
      PLATFORMS.flatMap(platform => {
        const state = states.get(platform)
        return state ? [{ platform, state }] : []
      }),
    ]),
  )
}

/** The best state of all terminals. */
export function accountState(states: readonly PlatformState[]): OnlineState {
  if (states.some(({ state }) => state === 'Online')) return 'Online'
  return states.length > 0 ? 'PushOnline' : 'Offline'
}
