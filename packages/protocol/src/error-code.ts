import type * as codes from './errors/codes.ts'

/**
 * Every error number that Rookery's server or SDK can meet, by symbolic name: `ErrorCode.USERSIG_EXPIRED`.
 * A module namespace, not an object literal, so that bundlers inline the numbers used and drop the others.
 * Meanings and remedies: `error-catalogue.ts`.
 */
export * as ErrorCode from './errors/codes.ts'

export type ErrorCodeName = keyof typeof codes
export type ErrorCodeNumber = (typeof codes)[ErrorCodeName]

/** Source: reference error-codes.md 14. Everything else is final. */
export const RETRYABLE_CODES: readonly number[] = [
  60007, 60008, 60011, 60014, 60018, 60019, 60022, 10002, 10006, 10023, 10049, 10056, 20004, 20005, 30006,
  30007, 30008, 40006, 50004, 50005, 70169, 70202, 70500, 90992, 90994, 90995, 91000, -10113, -10114, 2800,
  2801,
]

/** True when the same call may be tried again after a back-off; unknown and app-defined codes are final. */
export const isRetryable = (code: number): boolean => RETRYABLE_CODES.includes(code)
