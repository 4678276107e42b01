import type { SettingKey, SettingValue } from '@rookery/protocol/limits'
import type { TicketKey } from '@rookery/usersig'

/** One tenant: what a door needs to know of it. Immutable; a change makes the registry load a new one. */
export interface App {
  readonly id: number
  readonly name: string
  readonly disabled: boolean
  /** Tickets issued at or before this second are refused. */
  readonly validAfter: number
  setting<K extends SettingKey>(key: K): SettingValue<K>
  /** Origins of pages that may log in over WebSocket, in lower case; empty: any. */
  readonly allowedOrigins: readonly string[]
  readonly keys: readonly AppKey[]
  /** The keys that are not revoked, as the UserSig checks take them; the same objects while the app is cached. */
  readonly ticketKeys: readonly TicketKey[]
  /** The app admins by internal account number, those switched off included. */
  readonly admins: ReadonlyMap<number, AdminGrant>
}

/** What an app admin may do over REST (DESIGN-SECURITY 7). */
export interface AdminGrant {
  /** Switched off: counts as no admin until it is on again. */
  readonly disabled: boolean
  /** Service parts of command names, as `openim`; empty: every command. */
  readonly scopes: readonly string[]
  /** CIDR ranges, as `10.0.0.0/8`; empty: every address. */
  readonly addresses: readonly string[]
  /** Longest accepted lifetime of its tickets in seconds; 0: any. */
  readonly maxTicketLifetime: number
}

/** A key with its secret unsealed; lives in memory only. */
export interface AppKey {
  readonly id: string
  readonly kind: 'hmac' | 'ecdsa'
  /** The secret text (hmac) or the public key's PEM (ecdsa). */
  readonly material: string
  readonly state: 'current' | 'accepted' | 'revoked'
  /** Unix seconds; tickets issued later than this + 300 s are refused. Null while current. */
  readonly switchedAt: number | null
  /** Last second at which it verifies. Null: no end. */
  readonly acceptUntil: number | null
  readonly mayMintAdmin: boolean
}

/** Seconds by which a ticket may be younger than the switch to the next key (DESIGN-SECURITY 3). */
export const SWITCH_GRACE_SECONDS = 300

/** Why a key may not verify a ticket issued at `issued`, at the time `now`; undefined when it may. */
export function keyRefusal(
  key: Pick<AppKey, 'state' | 'switchedAt' | 'acceptUntil'>,
  issued: number,
  now: number,
): string | undefined {
  if (key.state === 'revoked') return 'its key was revoked'
  if (key.acceptUntil !== null && now > key.acceptUntil)
    return 'its key is no longer accepted after a rotation'
  if (key.switchedAt !== null && issued > key.switchedAt + SWITCH_GRACE_SECONDS)
    return 'it was signed with an old key after the rotation; sign with the current one'
  return undefined
}
