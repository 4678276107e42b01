import { ErrorCode } from '@rookery/protocol/error-code'

/** What the checks of a UserSig answer, in their order (DESIGN-SECURITY 1). */
export const TICKET_ERRORS = [
  ErrorCode.USERSIG_EMPTY,
  ErrorCode.USERSIG_MALFORMED,
  ErrorCode.USERSIG_UNPACK_FAILED,
  ErrorCode.USERSIG_CONTENT_INVALID,
  ErrorCode.SDKAPPID_UNKNOWN,
  ErrorCode.SDKAPPID_FORBIDDEN,
  ErrorCode.USERSIG_USERID_MISMATCH,
  ErrorCode.USERSIG_SDKAPPID_MISMATCH,
  ErrorCode.USERSIG_EXPIRED,
  ErrorCode.USERSIG_VERIFICATION_FAILED,
  ErrorCode.USERSIG_KEY_MISSING,
  ErrorCode.USERSIG_SIGNATURE_MISMATCH,
  ErrorCode.ACCOUNT_BLOCKED,
  ErrorCode.USERSIG_REVOKED,
  ErrorCode.USERSIG_TOO_MANY_FAILURES,
] as const

/** Codes of the HTTP door itself, which any command may answer, in the order of its checks. */
export const HTTP_DOOR_ERRORS: readonly number[] = [
  ErrorCode.INVALID_HTTP_URL,
  ErrorCode.INVALID_RES,
  ErrorCode.SDKAPPID_MISS,
  ErrorCode.INVALID_SDKAPPID,
  ErrorCode.INVALID_ACCOUNT,
  ErrorCode.INVALID_ACCOUNT_EX,
  ...TICKET_ERRORS.filter(code => code !== ErrorCode.SDKAPPID_UNKNOWN),
  ErrorCode.ID_NOT_ADMIN,
  ErrorCode.IP_NOT_ALLOWED,
  ErrorCode.REST_FREQ_LIMIT,
  ErrorCode.SDKAPPID_FREQ_LIMIT,
  ErrorCode.BODY_SIZE_LIMIT,
  ErrorCode.REQUEST_TIMEOUT,
  ErrorCode.SERVICE_OVERLOAD,
]

/** Codes of `session/login`. */
export const LOGIN_ERRORS: readonly number[] = [
  ErrorCode.INVALID_ACCOUNT,
  ...TICKET_ERRORS,
  ErrorCode.ACCOUNT_QUOTA_EXCEEDED,
  ErrorCode.LOGIN_RESTRICTED,
  ErrorCode.LOGIN_STATE_INVALID,
  ErrorCode.ACCOUNT_PARAMETER_INVALID,
  ErrorCode.ACCOUNT_INTERNAL_ERROR,
]

/** Codes of the WebSocket door itself, which any command of a logged-in client may answer. */
export const SOCKET_DOOR_ERRORS: readonly number[] = [
  ErrorCode.INVALID_RES,
  ErrorCode.BODY_SIZE_LIMIT,
  ErrorCode.SERVICE_OVERLOAD,
]
