import type { ErrorDetail } from '@rookery/protocol/wire'

/**
 * The one error that a user of either door may see: a code of the catalogue, a text that says what happened and what to
 * do, and the numbers of the failed check. Never holds a secret.
 */
export class CommandError extends Error {
  readonly code: number
  readonly detail: ErrorDetail | undefined

  constructor(code: number, info: string, detail?: ErrorDetail) {
    super(info)
    this.name = 'CommandError'
    this.code = code
    this.detail = detail
  }

  toJSON(): SerialisedError {
    return { code: this.code, info: this.message, ...(this.detail && { detail: this.detail }) }
  }

  static fromJSON(error: SerialisedError): CommandError {
    return new CommandError(error.code, error.info, error.detail)
  }
}

/** A {@link CommandError} as it crosses a thread. */
export interface SerialisedError {
  readonly code: number
  readonly info: string
  readonly detail?: ErrorDetail
}
