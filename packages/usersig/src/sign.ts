import { encodeBase64, encodeTicketBase64 } from './base64.ts'
import { systemClock } from './clock-text.ts'
import { deflate } from './deflate.ts'
import { HmacKey } from './hmac-key.ts'
import { SHA256_DIGEST_BYTES } from './sha256.ts'
import {
  DEFAULT_EXPIRE_SECONDS,
  MAX_DOCUMENT_BYTES,
  MAX_SDK_APP_ID,
  MAX_TICKET_CHARACTERS,
} from './ticket.ts'
import { userIdFault } from './user-id.ts'

/** Beyond this a clock is in milliseconds: as seconds it is the year 5138. */
const LAST_PLAUSIBLE_SECOND = 100_000_000_000

export interface TicketContent {
  /** 1 … 2^32 − 1. */
  readonly sdkAppId: number
  /** 1–32 bytes of UTF-8, case-sensitive, no control characters. */
  readonly userId: string
  /** Lifetime in whole seconds, from 1; 15 552 000 (180 days) when left out. */
  readonly expire?: number
  /** Issue time in whole Unix seconds; the system's clock when left out. */
  readonly now?: number
  /** Bytes for `TLS.userbuf`. */
  readonly userbuf?: Uint8Array
}

export interface SignOptions extends TicketContent {
  /** The app's secret key as the console shows it (used as text), or the same from `prepareKey`. */
  readonly key: string | HmacKey
}

/** The checked content of a ticket to be made. */
export interface CheckedContent {
  readonly sdkAppId: number
  readonly userId: string
  readonly time: number
  readonly expire: number
  readonly userbuf: string | undefined
}

/** Checks what a ticket is to say; throws a RangeError or TypeError that names the bad value. */
export function checkedContent(content: TicketContent): CheckedContent {
  const { sdkAppId, userId, expire = DEFAULT_EXPIRE_SECONDS, now = systemClock(), userbuf } = content
  if (!Number.isInteger(sdkAppId) || sdkAppId < 1 || sdkAppId > MAX_SDK_APP_ID) {
    throw new RangeError(
      `sdkAppId must be a whole number from 1 to ${MAX_SDK_APP_ID}, not ${String(sdkAppId)}.`,
    )
  }
  if (typeof userId !== 'string')
    throw new TypeError('userId must be a string; write a numeric user id as text.')
  const fault = userIdFault(userId)
  if (fault !== undefined) throw new RangeError(`userId is not usable: ${fault}.`)
  if (!Number.isInteger(now) || now < 0 || now >= LAST_PLAUSIBLE_SECOND) {
    throw new RangeError(`now must be whole Unix seconds (not milliseconds), not ${String(now)}.`)
  }
  if (!Number.isSafeInteger(expire) || expire < 1 || !Number.isSafeInteger(now + expire)) {
    throw new RangeError(`expire must be a lifetime in whole seconds, 1 or more, not ${String(expire)}.`)
  }
  if (userbuf !== undefined && !(userbuf instanceof Uint8Array))
    throw new TypeError('userbuf must be a Uint8Array.')
  return { sdkAppId, userId, time: now, expire, userbuf: userbuf && encodeBase64(userbuf) }
}

/** Packs a document as a ticket: JSON, zlib, base64 in the ticket's alphabet (login-usersig 1.3). */
export function packTicket(document: Readonly<Record<string, string | number>>): string {
  const json = new TextEncoder().encode(JSON.stringify(document))
  const ticket = encodeTicketBase64(deflate(json))
  if (json.length > MAX_DOCUMENT_BYTES || ticket.length > MAX_TICKET_CHARACTERS) {
    throw new RangeError(
      `The UserSig would have ${ticket.length} characters for a document of ${json.length} bytes; verifiers accept ` +
        `${MAX_TICKET_CHARACTERS} and ${MAX_DOCUMENT_BYTES}. Use a shorter userbuf.`,
    )
  }
  return ticket
}

/**
 * Makes a UserSig of generation v2 (HMAC-SHA256): the ticket with which `userId` logs in to the app `sdkAppId`.
 * Make it on the app's own server, after its own authentication; whoever has the key can be anyone. The same input
 * gives the same text on every runtime. Throws a RangeError or TypeError for input that no verifier would accept.
 */
export function sign(options: SignOptions): string {
  const { sdkAppId, userId, time, expire, userbuf } = checkedContent(options)
  const key = typeof options.key === 'string' ? new HmacKey(options.key) : options.key
  if (!(key instanceof HmacKey)) {
    throw new TypeError('key must be the text of the secret key, or what prepareKey made of it.')
  }
  const text =
    `TLS.identifier:${userId}\nTLS.sdkappid:${sdkAppId}\nTLS.time:${time}\nTLS.expire:${expire}\n` +
    (userbuf === undefined ? '' : `TLS.userbuf:${userbuf}\n`)
  const mac = new Uint8Array(SHA256_DIGEST_BYTES)
  key.digestInto(mac, new TextEncoder().encode(text))
  return packTicket({
    'TLS.ver': '2.0',
    'TLS.identifier': userId,
    'TLS.sdkappid': sdkAppId,
    'TLS.time': time,
    'TLS.expire': expire,
    ...(userbuf === undefined ? undefined : { 'TLS.userbuf': userbuf }),
    'TLS.sig': encodeBase64(mac),
  })
}
