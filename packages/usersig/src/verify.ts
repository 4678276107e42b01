import { checkClaims } from './claim-checks.ts'
import { systemClock } from './clock-text.ts'
import { parseTicket } from './parse-ticket.ts'
import { checkSignature } from './signature-check.ts'
import type { ParsedTicket, TicketFields } from './ticket.ts'
import type { TicketFailure } from './ticket-checks.ts'
import type { TicketKey, V1Verifier } from './ticket-key.ts'
import { checkTime } from './time-checks.ts'

export interface VerifyOptions {
  /** The UserID that the request claims. */
  readonly userId: string
  /** The SDKAppID that the request claims. */
  readonly sdkAppId: number
  /** The app's active keys. Pass the same objects again and again: what is prepared from a key text stays with its object. */
  readonly keys: readonly TicketKey[]
  /** Unix seconds; the system's clock when left out. */
  readonly now?: number
  /** How many seconds ahead of `now` a ticket may be issued; 300 when left out. */
  readonly clockSkewAhead?: number
  /** `v1Verifier` of `@rookery/usersig/v1`; without it v1 tickets give 70016. */
  readonly v1?: V1Verifier
}

/** A ticket that passed every check. `keyId` is for operators. */
export type VerifiedTicket = { readonly ok: true; readonly keyId: string } & TicketFields
export type VerifyResult = VerifiedTicket | TicketFailure

/** Only what the ticket says, without its signature. */
export function fieldsOf(ticket: ParsedTicket): TicketFields {
  const { version, userId, sdkAppId, time, expire, expiresAt, userbuf } = ticket
  const fields = { version, userId, sdkAppId, time, expire, expiresAt }
  return userbuf === undefined ? fields : { ...fields, userbuf }
}

/**
 * Checks a UserSig in the order of `TICKET_CHECKS` (without the two that need a table of apps) and stops at the first
 * failure. Never throws for a bad ticket. Servers with checks of their own in between call the stages instead:
 * `parseTicket`, `checkClaims`, `checkTime`, `checkSignature`.
 */
export function verify(ticket: string | null | undefined, options: VerifyOptions): VerifyResult {
  const parsed = parseTicket(ticket)
  if (!parsed.ok) return parsed
  const failure =
    checkClaims(parsed.ticket, options) ??
    checkTime(parsed.ticket, options.now ?? systemClock(), options.clockSkewAhead)
  if (failure !== undefined) return failure
  const signature = checkSignature(parsed.ticket, options.keys, options.v1)
  if (!signature.ok) return signature
  return { ok: true, keyId: signature.keyId, ...fieldsOf(parsed.ticket) }
}

export type DecodedTicket = {
  readonly ok: true
  /** The text that the signature covers, to compare with what another generator signed. Two where v1 allows two. */
  readonly signedTexts: readonly [string, ...string[]]
} & TicketFields

/**
 * Reads what a UserSig says without checking that it is true: no key, no clock. For tools, and for clients that want
 * to know when their ticket ends. The failures are those of `parseTicket`.
 */
export function decode(ticket: string | null | undefined): DecodedTicket | TicketFailure {
  const parsed = parseTicket(ticket)
  if (!parsed.ok) return parsed
  return { ok: true, signedTexts: parsed.ticket.signedTexts, ...fieldsOf(parsed.ticket) }
}
