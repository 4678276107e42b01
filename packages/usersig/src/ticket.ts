/** `v2` = HMAC-SHA256 with a shared text key; `v1` = ECDSA-SHA256 with a key pair (apps from before August 2019). */
export type TicketVersion = 'v2' | 'v1'

/** What a ticket says. Nothing of it is proven until a signature check passed. */
export interface TicketFields {
  readonly version: TicketVersion
  /** `TLS.identifier`: 1–32 bytes of UTF-8 without control characters. */
  readonly userId: string
  /** 1 … 2^32 − 1. */
  readonly sdkAppId: number
  /** Issue time, Unix seconds. */
  readonly time: number
  /** Lifetime in seconds, counted from `time`. */
  readonly expire: number
  /** Last second in which the ticket is valid: `time + expire`. */
  readonly expiresAt: number
  /** The bytes of `TLS.userbuf`; present in room tickets (PrivateMapKey). */
  readonly userbuf?: Uint8Array
}

/**
 * A ticket taken apart and well-formed, ready for the checks. Made by `parseTicket` only: `signedTexts` is the text
 * that was signed, rebuilt from the document (two candidates where v1 generators disagree), `signature` is secret.
 */
export interface ParsedTicket extends TicketFields {
  readonly signedTexts: readonly [string, ...string[]]
  /** `TLS.sig` as written in the document (base64). */
  readonly signature: string
  /** Set when a number that is signed is not whole: such a ticket never verifies (login-usersig 1.6). */
  readonly fractionalField?: string
}

/** UserSig of 8 KiB at most (login-usersig 3.1, step 2). */
export const MAX_TICKET_CHARACTERS = 8192
/** The inflated document has 16 KiB at most (login-usersig 3.1, step 3). */
export const MAX_DOCUMENT_BYTES = 16384
/** login-usersig 0, limits.md `account.userIdBytes`. */
export const MAX_USER_ID_BYTES = 32
export const MAX_SDK_APP_ID = 0xffffffff
/** What the vendor's server libraries use: 180 days (login-usersig 1.4). */
export const DEFAULT_EXPIRE_SECONDS = 15_552_000
/** How far ahead of the verifier's clock a ticket may be issued (DESIGN-SECURITY 1). */
export const DEFAULT_CLOCK_SKEW_AHEAD_SECONDS = 300
