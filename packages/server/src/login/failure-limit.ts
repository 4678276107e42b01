import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'

/** One minute, as the text of 70050 says (login-usersig 3.4). */
const WINDOW_MS = 60_000
/** Counters kept; a flood of made-up names pushes out the oldest, never the memory. */
const CAPACITY = 100_000
/** Of a claimed UserID as much as a good one can have. */
const NAME_CHARACTERS = 64

/** Whose ticket failed, as the request claims it, and from where. */
export interface Claimant {
  readonly app: number
  readonly userId: string
  readonly address: string
}

interface Counter {
  count: number
  readonly since: number
}

/**
 * Counts refused tickets per app, UserID and address (DESIGN-SECURITY 6). Only failing tickets are slowed: one that verifies
 * always passes, so nobody can lock another out.
 */
export class FailureLimit {
  readonly #counters = new Map<string, Counter>()

  /**
   * Runs a check of a ticket. A refusal is counted; over `perMinute` (0 = no limit) it is answered with 70050 instead.
   */
  async guard<T>(claimant: Claimant, perMinute: number, check: () => Promise<T>): Promise<T> {
    try {
      return await check()
    } catch (error) {
      if (
        error instanceof CommandError &&
        isTicketFailure(error.code) &&
        this.exceeded(claimant, perMinute, Date.now())
      )
        throw overLimit()
      throw error
    }
  }

  /** Counts one failure; true when it is over the limit of a minute. */
  exceeded({ app, userId, address }: Claimant, perMinute: number, nowMs: number): boolean {
    if (perMinute <= 0) return false
    const key = `${app}:${address}:${userId.slice(0, NAME_CHARACTERS)}`
    const known = this.#counters.get(key)
    if (!known || nowMs - known.since >= WINDOW_MS) {
      this.#counters.delete(key)
      if (this.#counters.size >= CAPACITY) {
        const oldest = this.#counters.keys().next().value
        if (oldest !== undefined) this.#counters.delete(oldest)
      }
      this.#counters.set(key, { count: 1, since: nowMs })
      return false
    }
    known.count++
    return known.count > perMinute
  }
}

/** The codes that speak of the ticket itself; an app or account that is switched off is no failed try. */
function isTicketFailure(code: number): boolean {
  return (
    (code >= ErrorCode.USERSIG_EXPIRED && code <= ErrorCode.SDKAPPID_UNKNOWN) ||
    code === ErrorCode.USERSIG_REVOKED
  )
}

function overLimit(): CommandError {
  return new CommandError(
    ErrorCode.USERSIG_TOO_MANY_FAILURES,
    'Too many UserSigs of this user failed from this address; wait a minute and log in with a good one.',
    { check: 'failure-limit', retryAfterMs: WINDOW_MS },
  )
}
