import { ErrorCode } from '../error-code.ts'
import { flag, integer, NO_BOUND } from './setting-row.ts'

/** Sources: reference limits.md 1, login-usersig.md 3, DESIGN-SECURITY.md 1. */
export const accountSettings = {
  'account.max': integer(0, [0, NO_BOUND], 'accounts', {
    doc: 'Registered accounts of the app, 0 for no limit.',
    documented: '100 on trial, else no limit',
    code: ErrorCode.ACCOUNT_QUOTA_EXCEEDED,
  }),
  'account.userIdBytes': integer(32, [1, 64], 'B', {
    doc: 'Longest UserID.',
    documented: '32',
    code: ErrorCode.ACCOUNT_PARAMETER_INVALID,
  }),
  'account.deleteAllowed': flag(true, {
    doc: 'Lets app admins delete accounts over REST.',
    documented: 'trial apps only',
    code: ErrorCode.ACCOUNT_DELETE_FORBIDDEN,
  }),
  'admin.max': integer(10, [1, 1000], 'admins', {
    doc: 'App admins of the app.',
    documented: '10',
  }),
  'console.appsMax': integer(300, [1, NO_BOUND], 'apps', {
    doc: 'Apps on this server.',
    documented: '300',
    scope: 'server',
  }),
  'console.groupMsgChars': integer(300, [1, 4000], 'chars', {
    doc: 'Longest text of a group message sent from the console.',
    documented: '300',
  }),
  'usersig.maxLifetime': integer(0, [0, 10_000_000_000], 's', {
    doc: 'Longest accepted lifetime of a UserSig, 0 to accept any.',
    documented: '50 years',
    code: ErrorCode.USERSIG_VERIFICATION_FAILED,
  }),
  'usersig.failuresPerMinute': integer(20, [1, 10_000], 'failures/min', {
    doc: 'Failed UserSig checks per account and address before failing ones are locked for a minute.',
    documented: 'no number, lock of 1 min',
    code: ErrorCode.USERSIG_TOO_MANY_FAILURES,
  }),
}
