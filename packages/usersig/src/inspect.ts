import { checkSdkAppId, checkUserId } from './claim-checks.ts'
import { clockText, durationText, systemClock } from './clock-text.ts'
import { parseTicket } from './parse-ticket.ts'
import { checkKey, checkSignature } from './signature-check.ts'
import { DEFAULT_CLOCK_SKEW_AHEAD_SECONDS, type ParsedTicket, type TicketFields } from './ticket.ts'
import {
  TICKET_CHECKS,
  type TicketCheck,
  type TicketCode,
  type TicketFailure,
  ticketFailure,
} from './ticket-checks.ts'
import { checkExpiry, checkIssueTime } from './time-checks.ts'
import { fieldsOf, type VerifyOptions } from './verify.ts'

/** As for `verify`, but whatever is left out leads to skipped checks. */
export interface InspectOptions extends Partial<VerifyOptions> {
  /** What the caller's table of apps says of the SDKAppID. */
  readonly app?: 'known' | 'unknown' | 'disabled'
}

export interface InspectedCheck {
  readonly check: TicketCheck
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** The code of a failed check. */
  readonly code?: TicketCode
  readonly detail: string
}

export interface Inspection {
  /** True when no check failed; skipped ones may remain. */
  readonly ok: boolean
  /** The first failed check's code: what a login would answer. */
  readonly code?: TicketCode
  /** Every check of `TICKET_CHECKS`, in that order. After a ticket was read, one failure does not skip the others. */
  readonly checks: readonly InspectedCheck[]
  /** What the ticket says, once it could be read. */
  readonly fields?: TicketFields
  readonly signedTexts?: readonly [string, ...string[]]
  /** The key that verified the signature. For operators only. */
  readonly keyId?: string
}

const READING_CHECKS = ['present', 'encoding', 'inflate', 'content'] as const

const READ_DETAIL: Readonly<Record<(typeof READING_CHECKS)[number], string>> = {
  present: 'There is a UserSig.',
  encoding: 'It decodes as base64.',
  inflate: 'It inflates, and its checksum is right.',
  content: 'The document has every field it needs.',
}

function passed(check: TicketCheck, detail: string): InspectedCheck {
  return { check, outcome: 'passed', detail }
}

function skipped(check: TicketCheck, detail: string): InspectedCheck {
  return { check, outcome: 'skipped', detail }
}

function failed({ check, code, detail }: TicketFailure): InspectedCheck {
  return { check, outcome: 'failed', code, detail }
}

function unreadable(failure: TicketFailure): Inspection {
  const failedAt = TICKET_CHECKS.findIndex(({ check }) => check === failure.check)
  const checks = TICKET_CHECKS.map(({ check }, index) => {
    if (index === failedAt) return failed(failure)
    if (index > failedAt) return skipped(check, 'The UserSig could not be read that far.')
    return passed(check, READ_DETAIL[check as keyof typeof READ_DETAIL])
  })
  return { ok: false, code: failure.code, checks }
}

function appChecks(app: InspectOptions['app'], sdkAppId: number): readonly InspectedCheck[] {
  const unknown = 'Only a server knows its apps.'
  if (app === undefined) return [skipped('app-known', unknown), skipped('app-enabled', unknown)]
  if (app === 'unknown') {
    const detail = `There is no app with SDKAppID ${sdkAppId} on this server. Check the SDKAppID and the server's address.`
    return [failed(ticketFailure('app-known', detail)), skipped('app-enabled', 'The app is unknown.')]
  }
  const known = passed('app-known', `SDKAppID ${sdkAppId} is an app of this server.`)
  if (app === 'known') return [known, passed('app-enabled', 'The app is enabled.')]
  const detail = 'The app is disabled. An operator can enable it in the console.'
  return [known, failed(ticketFailure('app-enabled', detail))]
}

interface KeyOutcome {
  readonly checks: readonly InspectedCheck[]
  readonly keyId?: string
}

function keyChecks(ticket: ParsedTicket, { keys, v1 }: InspectOptions): KeyOutcome {
  if (keys === undefined) {
    return { checks: [skipped('key', 'No key was given.'), skipped('signature', 'No key was given.')] }
  }
  const noKey = checkKey(ticket, keys, v1)
  if (noKey !== undefined) {
    return { checks: [failed(noKey), skipped('signature', 'There is no key to check it with.')] }
  }
  const algorithm = ticket.version === 'v2' ? 'HMAC-SHA256' : 'ECDSA-SHA256'
  const key = passed('key', `This is a ${ticket.version} UserSig, and there is a key for ${algorithm}.`)
  const signature = checkSignature(ticket, keys, v1)
  if (!signature.ok) return { checks: [key, failed(signature)] }
  const { keyId } = signature
  return { checks: [key, passed('signature', `It was signed with the key ${keyId}.`)], keyId }
}

function claimAndTimeChecks(ticket: ParsedTicket, options: InspectOptions): readonly InspectedCheck[] {
  const { userId, sdkAppId, now = systemClock() } = options
  const skew = options.clockSkewAhead ?? DEFAULT_CLOCK_SKEW_AHEAD_SECONDS
  const userFailure = userId === undefined ? undefined : checkUserId(ticket, userId)
  const appFailure = sdkAppId === undefined ? undefined : checkSdkAppId(ticket, sdkAppId)
  const expiryFailure = checkExpiry(ticket, now)
  const clockFailure = checkIssueTime(ticket, now, skew)
  const left = `It ends at ${clockText(ticket.expiresAt)}, in ${durationText(ticket.expiresAt - Math.floor(now))}.`
  return [
    userId === undefined
      ? skipped('user-id', 'No UserID was given to compare with.')
      : userFailure
        ? failed(userFailure)
        : passed('user-id', 'It was made for this UserID.'),
    sdkAppId === undefined
      ? skipped('sdk-app-id', 'No SDKAppID was given to compare with.')
      : appFailure
        ? failed(appFailure)
        : passed('sdk-app-id', 'It was made for this SDKAppID.'),
    expiryFailure ? failed(expiryFailure) : passed('expiry', left),
    clockFailure ? failed(clockFailure) : passed('clock', `It was issued at ${clockText(ticket.time)}.`),
  ]
}

/**
 * Runs every check on a UserSig and tells the outcome of each, so that a tool can show why a ticket fails. The first
 * failure in the list is what `verify` would answer. Never throws for a bad ticket, never shows a key or the signature;
 * it names the key that matched, so it is for operators and app developers, not for clients.
 */
export function inspect(ticket: string | null | undefined, options: InspectOptions = {}): Inspection {
  const parsed = parseTicket(ticket)
  if (!parsed.ok) return unreadable(parsed)
  const { keyId, checks: keyResults } = keyChecks(parsed.ticket, options)
  const checks = [
    ...READING_CHECKS.map(check => passed(check, READ_DETAIL[check])),
    ...appChecks(options.app, options.sdkAppId ?? parsed.ticket.sdkAppId),
    ...claimAndTimeChecks(parsed.ticket, options),
    ...keyResults,
  ]
  const code = checks.find(({ outcome }) => outcome === 'failed')?.code
  return {
    ok: code === undefined,
    checks,
    fields: fieldsOf(parsed.ticket),
    signedTexts: parsed.ticket.signedTexts,
    ...(code === undefined ? undefined : { code }),
    ...(keyId === undefined ? undefined : { keyId }),
  }
}
