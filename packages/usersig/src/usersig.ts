/**
 * `@rookery/usersig`: sign, verify and inspect UserSig tickets. No dependency, synchronous, the same on Node, Bun, Deno
 * and in browsers, plain-HTTP pages included. v1 (ECDSA) is in `@rookery/usersig/v1`.
 */

export { type Claims, checkClaims } from './claim-checks.ts'
export { type HmacKey, prepareKey } from './hmac-key.ts'
export { type InspectedCheck, type Inspection, type InspectOptions, inspect } from './inspect.ts'
export { type ParseResult, parseTicket } from './parse-ticket.ts'
export {
  decodeRoomRights,
  type PrivateMapKeyOptions,
  ROOM_PRIVILEGE,
  type RoomRights,
  signPrivateMapKey,
} from './private-map-key.ts'
export { type SignOptions, sign } from './sign.ts'
export { checkSignature, type SignatureResult } from './signature-check.ts'
export {
  DEFAULT_CLOCK_SKEW_AHEAD_SECONDS,
  DEFAULT_EXPIRE_SECONDS,
  MAX_DOCUMENT_BYTES,
  MAX_SDK_APP_ID,
  MAX_TICKET_CHARACTERS,
  MAX_USER_ID_BYTES,
  type ParsedTicket,
  type TicketFields,
  type TicketVersion,
} from './ticket.ts'
export { TICKET_CHECKS, type TicketCheck, type TicketCode, type TicketFailure } from './ticket-checks.ts'
export type { EcdsaTicketKey, HmacTicketKey, TicketKey, V1Verifier } from './ticket-key.ts'
export { checkTime } from './time-checks.ts'
export {
  type DecodedTicket,
  decode,
  type VerifiedTicket,
  type VerifyOptions,
  type VerifyResult,
  verify,
} from './verify.ts'
