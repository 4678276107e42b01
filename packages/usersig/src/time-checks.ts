import { clockText, durationText } from './clock-text.ts'
import { DEFAULT_CLOCK_SKEW_AHEAD_SECONDS, type TicketFields } from './ticket.ts'
import { type TicketFailure, ticketFailure } from './ticket-checks.ts'

/** 70001 from the second after `time + expire` on; the ticket is still good in that second itself. */
export function checkExpiry(ticket: TicketFields, now: number): TicketFailure | undefined {
  const clock = Math.floor(now)
  if (clock <= ticket.expiresAt) return undefined
  return ticketFailure(
    'expiry',
    `The UserSig ended ${durationText(clock - ticket.expiresAt)} ago: it was issued at ${clockText(ticket.time)} for ` +
      `${durationText(ticket.expire)}, ended at ${clockText(ticket.expiresAt)}, and the clock says ${clockText(clock)}. ` +
      'Fetch a new UserSig from your app server and log in again.',
  )
}

/** 70010 when the ticket was issued more than `skewAhead` seconds ahead of the clock `now`. */
export function checkIssueTime(
  ticket: TicketFields,
  now: number,
  skewAhead: number,
): TicketFailure | undefined {
  const clock = Math.floor(now)
  if (ticket.time - clock <= skewAhead) return undefined
  return ticketFailure(
    'clock',
    `The UserSig was issued at ${clockText(ticket.time)}, which is ${durationText(ticket.time - clock)} ahead of this ` +
      `clock, ${clockText(clock)}; up to ${skewAhead} s are accepted. ` +
      'Set the clock of the machine that makes UserSigs (NTP), and check that it gives seconds, not milliseconds.',
  )
}

/**
 * Compares the ticket with the clock `now` (Unix seconds): ended (70001), then issued too far ahead (70010).
 * Undefined when the ticket is in its time.
 */
export function checkTime(
  ticket: TicketFields,
  now: number,
  skewAhead: number = DEFAULT_CLOCK_SKEW_AHEAD_SECONDS,
): TicketFailure | undefined {
  return checkExpiry(ticket, now) ?? checkIssueTime(ticket, now, skewAhead)
}
