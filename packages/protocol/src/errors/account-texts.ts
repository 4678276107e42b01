import type * as codes from './account-codes.ts'
import type { Texts } from './texts.ts'

export const accountTexts: Texts<typeof codes> = {
  KICKED_WHILE_OFFLINE: [
    "Another terminal took this login's place while the device was offline.",
    'Tell the user and call `login` again, which then succeeds.',
  ],
  USERSIG_EXPIRED: [
    'The UserSig is past its lifetime.',
    'Sign a new UserSig on the app server and log in with it.',
  ],
  USERSIG_EMPTY: ['The UserSig is empty.', 'Pass the UserSig that the app server signed.'],
  USERSIG_MALFORMED: [
    'The UserSig is not a well-formed ticket or was cut short.',
    'Pass the whole ticket unchanged and check column sizes and URL encoding.',
  ],
  USERSIG_UNPACK_FAILED: [
    'The UserSig cannot be unpacked, because it was cut short or altered.',
    'Pass the whole ticket unchanged and check column sizes and URL encoding.',
  ],
  USERSIG_CONTENT_INVALID: [
    'The content of the UserSig is no valid ticket document.',
    'Sign with an official or a Rookery UserSig library.',
  ],
  USERSIG_CONTENT_INVALID_2: [
    'A field of the UserSig document is invalid.',
    'Sign with an official or a Rookery UserSig library.',
  ],
  USERSIG_CONTENT_INVALID_3: [
    'A field of the UserSig document is missing.',
    'Sign with an official or a Rookery UserSig library.',
  ],
  USERSIG_CONTENT_INVALID_4: [
    'The UserSig document has an unusable value.',
    'Sign with an official or a Rookery UserSig library.',
  ],
  USERSIG_SIGNATURE_MISMATCH: [
    'The signature of the UserSig does not verify under any key of the app.',
    'Sign with the key that the console shows for this SDKAppID.',
  ],
  USERSIG_VERIFICATION_FAILED: [
    'The UserSig failed verification.',
    "Read the error detail, and keep the signing server's clock in sync.",
  ],
  USERSIG_USERID_MISMATCH: [
    'The UserSig was signed for another UserID.',
    'Sign for exactly the UserID that logs in.',
  ],
  USERSIG_SDKAPPID_MISMATCH: [
    'The UserSig was signed for another SDKAppID.',
    'Sign with the SDKAppID that the client uses.',
  ],
  USERSIG_KEY_MISSING: [
    'The app has no key for this kind of UserSig.',
    'Create a key in the console, or register the public key for v1 tickets.',
  ],
  USERSIG_CHECK_TIMEOUT: [
    'Checking the UserSig took too long.',
    "Log in again; when it persists check the server's load.",
  ],
  USERSIG_CHECK_TIMEOUT_2: [
    'An internal step of the UserSig check took too long.',
    "Log in again; when it persists check the server's load.",
  ],
  SDKAPPID_UNKNOWN: [
    'This server has no app with that SDKAppID.',
    "Use the SDKAppID that the console shows, and this server's address.",
  ],
  USERSIG_TOO_MANY_FAILURES: [
    'Too many UserSig checks failed for this account and address.',
    'Wait one minute and log in with a valid UserSig.',
  ],
  ACCOUNT_BLOCKED: ['The account is blocked in this app.', 'Unblock the account in the console.'],
  USERSIG_REVOKED: [
    'The UserSig was made invalid by a kick or a revocation.',
    'Sign a new UserSig and log in with it.',
  ],
  LOGIN_TICKET_EXPIRED: [
    'The login ticket ended (legacy code).',
    'Sign a new UserSig on the app server and log in with it.',
  ],
  ACCOUNT_NOT_FOUND: ['The account does not exist.', 'Import the account or let it log in once.'],
  LOGIN_RESTRICTED: [
    'The login is restricted for security reasons or comes too often.',
    'Wait before logging in again.',
  ],
  ACCOUNT_INTERNAL_TIMEOUT: ['The account service did not answer in time.', 'Try again.'],
  ACCOUNT_SERVER_TIMEOUT: ['The account service ran into a timeout.', 'Try again.'],
  ACCOUNT_COUNT_INVALID: [
    'The number of accounts in the request is 0 or over the maximum.',
    'Split the batch; most account calls take 1 to 100.',
  ],
  LOGIN_STATE_INVALID: ['The login state is invalid.', 'Log in again with a UserSig.'],
  ACCOUNT_SDKAPPID_WRONG: [
    'The SDKAppID does not fit the account.',
    "Use the SDKAppID of the account's app.",
  ],
  USERSIG_CHECK_FAILED: [
    'The UserSig of the call did not pass the check.',
    "Sign a new UserSig with the app's current key.",
  ],
  USERSIG_CHECK_EXPIRED: [
    'The UserSig of the call is past its lifetime.',
    'Sign a new UserSig for the admin.',
  ],
  ACCOUNT_QUOTA_EXCEEDED: [
    'The app has as many accounts as it may have.',
    'Delete accounts, or raise `account.max`.',
  ],
  ACCOUNT_PARAMETER_INVALID: [
    'A field of the request is missing or malformed.',
    'Correct the field that the error text names.',
  ],
  ACCOUNT_ADMIN_REQUIRED: ['The call needs an app admin.', 'Sign the call for an app admin.'],
  SDK_TOO_OLD: ["The client's SDK version is too old.", 'Update the SDK.'],
  ACCOUNT_INTERNAL_ERROR: [
    'The account service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  ACCOUNT_DELETE_FORBIDDEN: [
    'Accounts of this app may not be deleted.',
    'Switch `account.deleteAllowed` on.',
  ],
  USER_STATUS_DISABLED: ['The user-status function is off.', 'Switch `status.enabled` on.'],
  PROFILE_SUBSCRIPTION_DISABLED: [
    'Subscribing to profiles is off.',
    'Switch `profile.subscriptionEnabled` on.',
  ],
}
