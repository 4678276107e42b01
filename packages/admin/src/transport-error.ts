import type { CallState } from './admin-error.ts'

/**
 * `unreachable`: no connection. `lost`: the connection broke. `timeout`: no answer in time. `http`: something before the
 * server answered with an HTTP status. `answer`: what came is no answer of the API. `key`: the key provider failed.
 */
export type TransportErrorKind = 'unreachable' | 'lost' | 'timeout' | 'http' | 'answer' | 'key'

export interface TransportFailure {
  readonly kind: TransportErrorKind
  /** A sentence: what happened and what to do. */
  readonly text: string
  readonly status?: number
  readonly cause?: unknown
}

/** A call that got no answer of the server. */
export class TransportError extends Error implements CallState {
  readonly kind: TransportErrorKind
  /** Of an `http` failure. */
  readonly status: number | undefined
  /** The same call may succeed later. */
  readonly retryable: boolean
  readonly command: string
  readonly attempts: number
  readonly mayHaveHappened: boolean

  constructor(failure: TransportFailure, state: CallState & { readonly retryable: boolean }) {
    super(
      `${state.command}: ${failure.text}`,
      failure.cause === undefined ? undefined : { cause: failure.cause },
    )
    this.name = 'TransportError'
    this.kind = failure.kind
    this.status = failure.status
    this.retryable = state.retryable
    this.command = state.command
    this.attempts = state.attempts
    this.mayHaveHappened = state.mayHaveHappened
  }
}
