import { ErrorCode } from '@rookery/protocol/error-code'

/** What every rejected promise carries (sdk-1 section 4): own `code`, `message` and `data`. */
export class ChatError extends Error {
  readonly code: number
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: number, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'ChatError'
    this.code = code
    this.data = data
  }

  with(data: Readonly<Record<string, unknown>>): ChatError {
    return new ChatError(this.code, this.message, { ...this.data, ...data })
  }
}

export function asChatError(cause: unknown): ChatError {
  if (cause instanceof ChatError) return cause
  return new ChatError(ErrorCode.SDK_INTERNAL_ERROR, cause instanceof Error ? cause.message : String(cause))
}

export interface Result<T> {
  readonly code: 0
  readonly data: T
}

export const ok = <T>(data: T): Result<T> => ({ code: 0, data })
