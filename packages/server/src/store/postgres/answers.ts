import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../../commands/command-error.ts'
import { NotStoredError } from '../not-stored-error.ts'

/** The connection broke during the commit and the database did not come back in time to ask it. */
export class MaybeStoredError extends NotStoredError {}

/** A database that restarts, or another that takes over, is mostly back by then. */
const RETRY_AFTER_MS = 1000

export function notStored(): NotStoredError {
  return new NotStoredError(
    'The database could not be reached or refused the write, so nothing was stored. Try again; the operator must look at the database if it stays.',
    RETRY_AFTER_MS,
  )
}

export function maybeStored(retryAfterMs?: number): MaybeStoredError {
  return new MaybeStoredError(
    'The database went away while this was being stored, so it may have been stored or not. Look before you repeat it; a message sent again with the same client key (or MsgRandom) is stored once.',
    retryAfterMs,
  )
}

/** A message has a key by which the same one is known, so it may be sent again. */
export function messageMaybeStored(): MaybeStoredError {
  return maybeStored(RETRY_AFTER_MS)
}

export function notRead(): NotStoredError {
  return new NotStoredError(
    'The database did not answer, so this could not be looked up and nothing was changed. Try again in a moment.',
    RETRY_AFTER_MS,
  )
}

export function defect(): NotStoredError {
  return new NotStoredError(
    'The server failed to carry this out; nothing was stored. Try again, and tell the operator if it stays.',
  )
}

export function busy(): CommandError {
  return new CommandError(
    ErrorCode.SERVICE_OVERLOAD,
    'Too many writes wait for the database; try again after the delay.',
    { retryAfterMs: 1000 },
  )
}

export function stopping(): CommandError {
  return new CommandError(
    ErrorCode.SERVICE_OVERLOAD,
    'The server is stopping; send the request again to another one.',
    { retryAfterMs: 1000 },
  )
}
