import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { Caller } from '../commands/caller.ts'
import { CommandError } from '../commands/command-error.ts'
import type { ImportItem } from './import-accounts.ts'
import { userIdFault } from './user-id-rules.ts'

/** Accounts in one call (limits.md 4.3). */
export const ACCOUNTS_A_CALL = 100

/** A UserID: of another JSON type 60015 (rest-1 section 1.11), missing or empty 70402. */
export const userId = Type.Intersect(
  [Type.String({ code: ErrorCode.INVALID_ID_FORMAT }), Type.String({ minLength: 1 })],
  { code: ErrorCode.ACCOUNT_PARAMETER_INVALID },
)

export const profileFields = {
  Nick: Type.Optional(Type.String()),
  FaceUrl: Type.Optional(Type.String()),
}

/** What {@link ErrorCode}s every account command may answer. */
export const accountErrors = [ErrorCode.INVALID_ID_FORMAT, ErrorCode.ACCOUNT_PARAMETER_INVALID] as const

/** `rest:<UserID>` for the audit. */
export const actorOf = (caller: Caller): string => `rest:${caller.userId}`

/** Checks one account of an import. Throws 70402 or 40601. */
export function importItem(
  caller: Caller,
  given: { readonly UserID: string; readonly Nick?: string; readonly FaceUrl?: string },
): ImportItem {
  const fault = userIdFault(given.UserID, caller.app.setting('account.userIdBytes'))
  if (fault)
    throw new CommandError(ErrorCode.ACCOUNT_PARAMETER_INVALID, `The UserID ${fault}.`, { check: 'user-id' })
  const maxBytes = caller.app.setting('profile.textBytes')
  for (const field of ['Nick', 'FaceUrl'] as const) {
    const bytes = Buffer.byteLength(given[field] ?? '')
    if (bytes > maxBytes)
      throw new CommandError(
        ErrorCode.PROFILE_VALUE_TOO_LONG,
        `${field} has ${bytes} bytes; at most ${maxBytes} are allowed.`,
        { check: 'profile-text', field, bytes, maxBytes },
      )
  }
  return {
    userId: given.UserID,
    ...(given.Nick !== undefined && { nick: given.Nick }),
    ...(given.FaceUrl !== undefined && { faceUrl: given.FaceUrl }),
  }
}

export function overQuota(quota: number): CommandError {
  return new CommandError(
    ErrorCode.ACCOUNT_QUOTA_EXCEEDED,
    `The app has its ${quota} accounts; delete some or raise account.max.`,
    { check: 'account-quota', max: quota },
  )
}
