import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'

const SHOWN_MAX = 96

/** A name as an error's text shows it: one that is longer than any good one may be is cut. */
export function shownName(name: string): string {
  return name.length <= SHOWN_MAX ? name : `${name.slice(0, SHOWN_MAX).toWellFormed()}…`
}

export function groupNotFound(groupId: string): CommandError {
  return new CommandError(
    ErrorCode.GROUP_NOT_FOUND,
    `There is no group ${shownName(groupId)}, or it was dismissed; check the GroupId.`,
    { check: 'group' },
  )
}

export function badField(field: string, what: string): CommandError {
  return new CommandError(ErrorCode.GROUP_PARAMETER_INVALID, `${field} ${what}.`, { check: 'request', field })
}

export function denied(info: string, check: string): CommandError {
  return new CommandError(ErrorCode.GROUP_PERMISSION_DENIED, info, { check })
}

/** Throws 10005 for a list of accounts that is longer than one call may bring. */
export function requireBatch(field: string, given: readonly unknown[], max: number): void {
  if (given.length > max)
    throw new CommandError(
      ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT,
      `${field} names ${given.length} accounts; one call takes at most ${max}. Send several calls.`,
      { check: 'batch', field, count: given.length, max },
    )
}

export function accountNotFound(userId: string): CommandError {
  return new CommandError(
    ErrorCode.GROUP_ACCOUNT_NOT_FOUND,
    `${shownName(userId)} has no account; import it or let it log in first.`,
    { check: 'account', account: userId },
  )
}
