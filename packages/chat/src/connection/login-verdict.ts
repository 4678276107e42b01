import { ErrorCode, isRetryable } from '@rookery/protocol/error-code'
import type { KickType } from '@rookery/protocol/wire'

/** Refusals that a newly signed UserSig may cure. */
const TICKET: readonly number[] = [
  ErrorCode.USERSIG_EXPIRED,
  ErrorCode.USERSIG_MALFORMED,
  ErrorCode.USERSIG_SIGNATURE_MISMATCH,
  ErrorCode.USERSIG_KEY_MISSING,
  ErrorCode.USERSIG_REVOKED,
  ErrorCode.LOGIN_TICKET_EXPIRED,
  ErrorCode.USERSIG_CHECK_EXPIRED,
  ErrorCode.MESSAGE_AUTH_FAILED,
]

export type Verdict = 'ticket' | 'retry' | 'final'

/** What a refused login means for the next step. */
export function verdictOf(code: number, retryAfterMs: number, canRefresh: boolean): Verdict {
  if (canRefresh && TICKET.includes(code)) return 'ticket'
  return isRetryable(code) || retryAfterMs > 0 ? 'retry' : 'final'
}

/** How a session that may not come back is told to the app (sdk-1 section 3.3). */
export function kickTypeOf(code: number): KickType {
  if (code === ErrorCode.USERSIG_REVOKED) return 'REST_API_Kick'
  if (code === ErrorCode.KICKED_WHILE_OFFLINE) return 'multipleAccount'
  return TICKET.includes(code) ? 'userSigExpired' : 'REST_API_Kick'
}
