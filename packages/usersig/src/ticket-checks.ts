/**
 * Every check that a ticket meets at the door, in the order in which it meets them, with the code that a failure
 * gives (DESIGN-SECURITY 1, codes from login-usersig 3.4). The two `app-…` checks need the server's table of apps,
 * so this package lists them and leaves them to the caller.
 */
export const TICKET_CHECKS = [
  { check: 'present', code: 70002 },
  { check: 'encoding', code: 70003 },
  { check: 'inflate', code: 70004 },
  { check: 'content', code: 70005 },
  { check: 'app-known', code: 70020 },
  { check: 'app-enabled', code: 60016 },
  { check: 'user-id', code: 70013 },
  { check: 'sdk-app-id', code: 70014 },
  { check: 'expiry', code: 70001 },
  { check: 'clock', code: 70010 },
  { check: 'key', code: 70016 },
  { check: 'signature', code: 70009 },
] as const

export type TicketCheck = (typeof TICKET_CHECKS)[number]['check']
export type TicketCode = (typeof TICKET_CHECKS)[number]['code']

/**
 * Why a ticket was refused. `detail` is a sentence for a developer: the numbers that disagree and what to do about
 * them. It never holds a key, a key's id, a signature or a ticket, so it may be sent to the client.
 */
export interface TicketFailure {
  readonly ok: false
  readonly code: TicketCode
  readonly check: TicketCheck
  readonly detail: string
}

const codeOf = new Map<TicketCheck, TicketCode>(TICKET_CHECKS.map(({ check, code }) => [check, code]))

/** The failure of one check, with the code that belongs to it. */
export function ticketFailure(check: TicketCheck, detail: string): TicketFailure {
  return { ok: false, code: codeOf.get(check)!, check, detail }
}
