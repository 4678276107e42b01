import { ErrorCode, isRetryable } from '@rookery/protocol/error-code'
import { AdminError, type CallState, type FailedAnswer } from './admin-error.ts'
import { checkedLimits, type Limits, type Settings } from './admin-options.ts'
import type { Answer } from './answer.ts'
import { type ApiAnswer, type Attempt, attempt } from './attempt.ts'
import { backOffMs } from './back-off.ts'
import type { RestCommandName } from './generated/rest-commands.ts'
import { prepare, randomU32 } from './repeat-rules.ts'
import type { Ticket, TicketSource } from './ticket-source.ts'
import { TransportError } from './transport-error.ts'

/** Limits of one call, instead of the client's. */
export interface CallOptions extends Partial<Limits> {
  /** Ends the call; it then throws the signal's reason. The server may still carry the command out. */
  readonly signal?: AbortSignal
}

/** Signatures that a call may have refused before it gives up; one for the clock, one for a kick. */
const SIGN_AGAIN_MAX = 2

/** Codes that refuse a call before anything is done. */
const REFUSALS: ReadonlySet<number> = new Set([
  ErrorCode.REST_FREQ_LIMIT,
  ErrorCode.SDKAPPID_FREQ_LIMIT,
  ErrorCode.REQ_FREQ_LIMIT,
  ErrorCode.REQ_FREQ_LIMIT_EX,
  ErrorCode.SERVICE_OVERLOAD,
  ErrorCode.GROUP_FREQ_LIMIT,
  ErrorCode.GROUP_SEND_FREQ_LIMIT,
  ErrorCode.GROUP_ATTRIBUTE_FREQ_LIMIT,
])

/** Retryable for the app only: it has to read anew first (error-codes 14). */
const NEEDS_READING: ReadonlySet<number> = new Set([ErrorCode.GROUP_ATTRIBUTE_WRITE_CONFLICT])

/** What to do about a try that failed. */
interface Verdict {
  readonly error: (state: CallState) => Error
  readonly retryable: boolean
  readonly inDoubt: boolean
  readonly askedMs: number
  /** The ticket was refused and another one may help. */
  readonly signAgain: boolean
}

/** Makes calls: tries, judges, waits, tries again. */
export class Caller {
  readonly #settings: Settings
  readonly #tickets: TicketSource

  constructor(settings: Settings, tickets: TicketSource) {
    this.#settings = settings
    this.#tickets = tickets
  }

  /** Resolves with a successful answer; throws AdminError, TransportError, or the reason of the caller's signal. */
  async call(command: RestCommandName, body: object, options: CallOptions = {}): Promise<Answer> {
    const { timeoutMs, totalMs, retries } = checkedLimits({ ...this.#settings, ...given(options) })
    const { signal } = options
    const { text, mayRepeat } = prepare(command, body)
    const deadline = performance.now() + totalMs
    let mayHaveHappened = false
    let signedAgain = 0
    for (let attempts = 1; ; attempts++) {
      const used: { ticket?: Ticket } = {}
      const tried = await attempt({
        fetch: this.#settings.fetch,
        url: this.#url(command),
        body: text,
        ms: Math.min(timeoutMs, deadline - performance.now()),
        signal,
        ticket: async () => {
          used.ticket = await this.#tickets.current()
          return used.ticket.text
        },
      })
      const verdict = this.#judge(tried, used.ticket)
      if ('success' in verdict) return verdict.success
      mayHaveHappened ||= verdict.inDoubt
      const error = verdict.error({ command, attempts, mayHaveHappened })
      if (verdict.signAgain && signedAgain < SIGN_AGAIN_MAX && performance.now() < deadline) {
        signedAgain++
        continue
      }
      const failures = attempts - signedAgain
      if (!verdict.retryable || failures > retries || (mayHaveHappened && !mayRepeat)) throw error
      const wait = backOffMs(failures, verdict.askedMs)
      if (performance.now() + wait >= deadline) throw error
      await pause(wait, signal)
    }
  }

  #url(command: string): string {
    const { base, sdkAppId, admin } = this.#settings
    const query = `sdkappid=${sdkAppId}&identifier=${encodeURIComponent(admin)}&random=${randomU32()}&contenttype=json`
    return `${base}/v4/${command}?${query}`
  }

  #judge(tried: Attempt, ticket: Ticket | undefined): Verdict | { readonly success: Answer } {
    if (!('answer' in tried)) {
      const { failure, retryable, inDoubt, askedMs } = tried
      const error = (state: CallState): Error => new TransportError(failure, { ...state, retryable })
      return { error, retryable, inDoubt, askedMs, signAgain: false }
    }
    const { answer } = tried
    if (isSuccess(answer)) {
      if (ticket) this.#tickets.accepted(ticket)
      return { success: answer }
    }
    const failed: FailedAnswer = { ...answer, ErrorInfo: answer.ErrorInfo ?? '' }
    const code = failed.ErrorCode
    const asked = failed.ErrorDetail?.retryAfterMs
    const isRefusal = REFUSALS.has(code)
    return {
      error: state => new AdminError(failed, state),
      retryable: isRetryable(code) && !NEEDS_READING.has(code),
      inDoubt: isRetryable(code) && !isRefusal,
      askedMs: typeof asked === 'number' && asked > 0 ? asked : 0,
      signAgain: ticket !== undefined && this.#tickets.refused(ticket, code, failed.ErrorDetail),
    }
  }
}

/** A partial failure is a success: the answer tells what failed. */
function isSuccess(answer: ApiAnswer): answer is ApiAnswer & Answer {
  return answer.ErrorCode === 0 && answer.ActionStatus !== 'FAIL'
}

function given(options: CallOptions): Partial<Limits> {
  const { timeoutMs, totalMs, retries } = options
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(totalMs !== undefined && { totalMs }),
    ...(retries !== undefined && { retries }),
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}
