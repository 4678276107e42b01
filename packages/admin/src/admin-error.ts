import { ErrorCode, isRetryable } from '@rookery/protocol/error-code'
import type { ErrorDetail } from '@rookery/protocol/wire'

/** What a call came to besides its failure. */
export interface CallState {
  readonly command: string
  /** Requests that were made, the last one included. */
  readonly attempts: number
  /** The server may have carried the command out: an answer was lost, or told of a timeout. */
  readonly mayHaveHappened: boolean
}

/** An answer that says the call failed. */
export interface FailedAnswer {
  readonly ErrorCode: number
  readonly ErrorInfo: string
  readonly ErrorDetail?: ErrorDetail
  readonly [field: string]: unknown
}

let names: ReadonlyMap<number, string> | undefined

function nameOf(code: number): string | undefined {
  names ??= new Map(Object.entries(ErrorCode).map(([name, number]) => [number, name]))
  return names.get(code)
}

/** The server refused a call or failed to carry it out. */
export class AdminError extends Error implements CallState {
  /** A number of `ErrorCode` of `@rookery/protocol/error-code`, or one of the app's own. */
  readonly code: number
  /** The server's text: what happened and what to do. */
  readonly info: string
  /** Which check failed, and its numbers. */
  readonly detail: ErrorDetail | undefined
  readonly command: string
  readonly attempts: number
  readonly mayHaveHappened: boolean
  readonly #answer: FailedAnswer

  constructor(answer: FailedAnswer, state: CallState) {
    super(`${state.command}: ${answer.ErrorCode} ${answer.ErrorInfo}`)
    this.code = answer.ErrorCode
    this.info = answer.ErrorInfo
    this.detail = answer.ErrorDetail
    this.command = state.command
    this.attempts = state.attempts
    this.mayHaveHappened = state.mayHaveHappened
    this.#answer = answer
  }

  /** Symbolic name of the code, as `MSG_TO_ACCOUNT_INVALID`; `AdminError` for a code outside the catalogue. */
  override get name(): string {
    return nameOf(this.code) ?? 'AdminError'
  }

  /** The same call may succeed later. */
  get retryable(): boolean {
    return isRetryable(this.code)
  }

  /** The whole answer, for commands that tell the fate of each item also when all of them failed. */
  get answer(): FailedAnswer {
    return this.#answer
  }
}
