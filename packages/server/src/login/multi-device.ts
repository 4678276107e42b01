import type { SessionEnd } from '../store/change.ts'

/** Where a session runs, as the multi-device rules count it (login-usersig 4.1). */
export const PLATFORMS = ['Web', 'Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'] as const
export type Platform = (typeof PLATFORMS)[number]

export type LoginPolicy = 'single' | 'dual' | 'triple' | 'multi'

/** Platforms of one slot shut each other out (login-usersig 4.2). */
const SLOTS: Readonly<Record<LoginPolicy, Readonly<Record<Platform, string>>>> = {
  single: slots({ any: PLATFORMS }),
  dual: slots({ native: ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'], web: ['Web'] }),
  triple: slots({
    mobile: ['Android', 'iPhone', 'iPad'],
    desktop: ['Windows', 'Mac', 'Linux'],
    web: ['Web'],
  }),
  multi: slots(Object.fromEntries(PLATFORMS.map(platform => [platform, [platform]]))),
}

export interface DeviceSession {
  readonly sessionId: string
  readonly platform: Platform
  /** Order of logins; the lowest goes first. */
  readonly rank: number
  readonly connected: boolean
}

export interface DeviceRules {
  readonly policy: LoginPolicy
  readonly webInstances: number
  readonly devicesPerPlatform: number
}

export interface Eviction {
  readonly sessionId: string
  readonly type: SessionEnd
}

/**
 * Which sessions an explicit login on `platform` ends: those of other platforms in its slot, and of its own platform the
 * earliest over the number, those without a connection first.
 */
export function evictions(
  sessions: readonly DeviceSession[],
  platform: Platform,
  rules: DeviceRules,
): Eviction[] {
  const slotOf = SLOTS[rules.policy]
  const evicted: Eviction[] = sessions
    .filter(session => session.platform !== platform && slotOf[session.platform] === slotOf[platform])
    .map(session => ({ sessionId: session.sessionId, type: 'multipleDevice' }))
  const limit = platform === 'Web' ? rules.webInstances : rules.devicesPerPlatform
  const same = sessions
    .filter(session => session.platform === platform)
    .sort((a, b) => Number(a.connected) - Number(b.connected) || a.rank - b.rank)
  for (const session of same.slice(0, Math.max(0, same.length + 1 - limit)))
    evicted.push({
      sessionId: session.sessionId,
      type: platform === 'Web' ? 'multipleAccount' : 'multipleDevice',
    })
  return evicted
}

function slots(groups: Readonly<Record<string, readonly Platform[]>>): Record<Platform, string> {
  const table = {} as Record<Platform, string>
  for (const [slot, platforms] of Object.entries(groups))
    for (const platform of platforms) table[platform] = slot
  return table
}
