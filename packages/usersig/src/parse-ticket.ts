import { decodeBase64, decodeBase64Into } from './base64.ts'
import { type FieldValue, NumberSource, readDocumentFields, UNUSABLE } from './document-fields.ts'
import { type InflateFault, inflateInto } from './inflate.ts'
import { MAX_DOCUMENT_BYTES, MAX_SDK_APP_ID, MAX_TICKET_CHARACTERS, type ParsedTicket } from './ticket.ts'
import { type TicketFailure, ticketFailure } from './ticket-checks.ts'
import { isPlainText, userIdFault } from './user-id.ts'

export type ParseResult = { readonly ok: true; readonly ticket: ParsedTicket } | TicketFailure

const packed = new Uint8Array((MAX_TICKET_CHARACTERS / 4) * 3)
const inflated = new Uint8Array(MAX_DOCUMENT_BYTES)
const decoder = new TextDecoder('utf-8', { fatal: true })

const FETCH_ANEW = 'Fetch a new UserSig from your app server and pass it on unchanged.'

const INFLATE_DETAIL: Readonly<Record<InflateFault, string>> = {
  cut: `The UserSig ends in the middle of its compressed data: it was cut short on the way. ${FETCH_ANEW}`,
  'not-zlib':
    'The UserSig decodes, but to something other than a zlib stream (RFC 1950): not a UserSig, packed as gzip or raw ' +
    "deflate, or encoded with the base64url of RFC 4648. Use one of the vendor's or Rookery's generators.",
  corrupt: `The compressed data in the UserSig is damaged. ${FETCH_ANEW}`,
  checksum: `The checksum of the data in the UserSig is wrong: characters were changed on the way. ${FETCH_ANEW}`,
  'too-large': `The document in the UserSig is larger than ${MAX_DOCUMENT_BYTES} bytes.`,
}

/** Marks of one generation only: names that the other never has (login-usersig 1.1, 2.1). */
const V2_MARKS = ['TLS.ver', 'TLS.sdkappid', 'TLS.expire'] as const
const V1_MARKS = [
  'TLS.sdk_appid',
  'TLS.expire_after',
  'TLS.account_type',
  'TLS.appid_at_3rd',
  'TLS.version',
] as const

const LOST_PLUS = /^ {1,3}$/

type Fields = ReadonlyMap<string, FieldValue>

/** What is wrong with a document's content; thrown inside this file only. */
class ContentFault {
  constructor(readonly detail: string) {}
}

function isSpace(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d)
}

/**
 * Without the white space around it. Up to three spaces that complete the last group of four stay: they are the `+` of
 * the standard alphabet that came through a query string.
 */
function withoutOuterSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  const after = text.slice(end)
  const isLostPlus = end > start && LOST_PLUS.test(after) && (text.length - start) % 4 === 0
  return isLostPlus ? text.slice(start) : text.slice(start, end)
}

function present(fields: Fields, name: string): Exclude<FieldValue, null> | undefined {
  return fields.get(name) ?? undefined
}

function required(fields: Fields, name: string): Exclude<FieldValue, null> {
  const value = present(fields, name)
  if (value !== undefined) return value
  const hint = name === 'TLS.expire' ? ' (Go generators leave it out when the lifetime is 0)' : ''
  throw new ContentFault(`${name} is missing${hint}`)
}

interface SignedNumber {
  readonly value: number
  /** As it stands in the signed text. */
  readonly text: string
  readonly fractional: boolean
}

/** An integer as a JSON number or as text of digits. The digits of the document are what was signed. */
function signedNumber(fields: Fields, name: string): SignedNumber {
  const field = required(fields, name)
  const text = field instanceof NumberSource ? field.text : field
  if (text === UNUSABLE) throw new ContentFault(`${name} is not a number`)
  if (/^-?\d{1,20}$/.test(text)) return { value: Number(text), text, fractional: false }
  const value = field instanceof NumberSource ? Number(text) : Number.NaN
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new ContentFault(`${name} is not a whole number of at most 20 digits`)
  }
  const whole = Math.trunc(value)
  return { value: whole, text: String(whole), fractional: whole !== value }
}

function sdkAppIdOf(number: SignedNumber, name: string): number {
  if (!number.fractional && number.value >= 1 && number.value <= MAX_SDK_APP_ID) return number.value
  throw new ContentFault(`${name} is not an SDKAppID: a whole number from 1 to ${MAX_SDK_APP_ID}`)
}

function plainText(value: FieldValue, name: string): string {
  const text = value instanceof NumberSource ? value.text : value
  if (typeof text !== 'string') throw new ContentFault(`${name} is not a string`)
  if (!isPlainText(text))
    throw new ContentFault(`${name} holds a control character or half of a surrogate pair`)
  return text
}

function userIdOf(text: FieldValue): string {
  if (typeof text !== 'string') throw new ContentFault('TLS.identifier is not a string')
  const fault = userIdFault(text)
  if (fault !== undefined) throw new ContentFault(`TLS.identifier is not usable: ${fault}`)
  return text
}

function signatureOf(fields: Fields): string {
  const signature = required(fields, 'TLS.sig')
  if (typeof signature !== 'string' || signature.length === 0) {
    throw new ContentFault('TLS.sig is not a string or empty')
  }
  return signature
}

interface Userbuf {
  readonly line: string
  readonly bytes: Uint8Array
}

function userbufOf(fields: Fields): Userbuf | undefined {
  const value = present(fields, 'TLS.userbuf')
  if (value === undefined) return undefined
  const bytes = typeof value === 'string' && isPlainText(value) ? decodeBase64(value) : undefined
  if (bytes === undefined) throw new ContentFault('TLS.userbuf is not base64')
  return { line: `TLS.userbuf:${value as string}\n`, bytes }
}

function v2Ticket(fields: Fields): ParsedTicket {
  if (required(fields, 'TLS.ver') !== '2.0') {
    throw new ContentFault('TLS.ver is not "2.0", the only version of this generation')
  }
  const userId = userIdOf(required(fields, 'TLS.identifier'))
  const app = signedNumber(fields, 'TLS.sdkappid')
  const sdkAppId = sdkAppIdOf(app, 'TLS.sdkappid')
  const time = signedNumber(fields, 'TLS.time')
  const expire = signedNumber(fields, 'TLS.expire')
  const userbuf = userbufOf(fields)
  const signature = signatureOf(fields)
  const text =
    `TLS.identifier:${userId}\nTLS.sdkappid:${app.text}\nTLS.time:${time.text}\nTLS.expire:${expire.text}\n` +
    (userbuf?.line ?? '')
  return ticketOf('v2', userId, sdkAppId, time, expire, userbuf, [text], signature)
}

function v1Ticket(fields: Fields): ParsedTicket {
  const identifier = required(fields, 'TLS.identifier')
  const userId = userIdOf(identifier instanceof NumberSource ? identifier.text : identifier)
  const app = signedNumber(fields, 'TLS.sdk_appid')
  const sdkAppId = sdkAppIdOf(app, 'TLS.sdk_appid')
  const accountType = plainText(required(fields, 'TLS.account_type'), 'TLS.account_type')
  const time = signedNumber(fields, 'TLS.time')
  const expire = signedNumber(fields, 'TLS.expire_after')
  const userbuf = userbufOf(fields)
  const signature = signatureOf(fields)
  const rest =
    `TLS.account_type:${accountType}\nTLS.identifier:${userId}\nTLS.sdk_appid:${app.text}\n` +
    `TLS.time:${time.text}\nTLS.expire_after:${expire.text}\n${userbuf?.line ?? ''}`
  const thirdParty = present(fields, 'TLS.appid_at_3rd')
  // Generators differ on an absent field: most leave the line out, Go writes it empty (login-usersig 2.2).
  const texts: [string, ...string[]] =
    thirdParty === undefined
      ? [rest, `TLS.appid_at_3rd:\n${rest}`]
      : [`TLS.appid_at_3rd:${plainText(thirdParty, 'TLS.appid_at_3rd')}\n${rest}`]
  return ticketOf('v1', userId, sdkAppId, time, expire, userbuf, texts, signature)
}

function ticketOf(
  version: 'v1' | 'v2',
  userId: string,
  sdkAppId: number,
  time: SignedNumber,
  expire: SignedNumber,
  userbuf: Userbuf | undefined,
  signedTexts: readonly [string, ...string[]],
  signature: string,
): ParsedTicket {
  const expireName = version === 'v2' ? 'TLS.expire' : 'TLS.expire_after'
  const fractionalField = time.fractional ? 'TLS.time' : expire.fractional ? expireName : undefined
  return {
    version,
    userId,
    sdkAppId,
    time: time.value,
    expire: expire.value,
    expiresAt: time.value + expire.value,
    signedTexts,
    signature,
    ...(userbuf === undefined ? undefined : { userbuf: userbuf.bytes }),
    ...(fractionalField === undefined ? undefined : { fractionalField }),
  }
}

function readContent(json: string): ParsedTicket {
  const fields = readDocumentFields(json)
  if (typeof fields === 'string') throw new ContentFault(fields)
  const v2Mark = V2_MARKS.find(name => fields.has(name))
  const v1Mark = V1_MARKS.find(name => fields.has(name))
  if (v2Mark !== undefined && v1Mark !== undefined) {
    throw new ContentFault(`it mixes both generations of UserSig: ${v2Mark} belongs to v2, ${v1Mark} to v1`)
  }
  return v2Mark === undefined ? v1Ticket(fields) : v2Ticket(fields)
}

function contentFailure(fault: string): TicketFailure {
  return ticketFailure(
    'content',
    `The document in the UserSig is not usable: ${fault}. Check how your app server builds the UserSig.`,
  )
}

function parseDocument(bytes: Uint8Array): ParseResult {
  let json: string
  try {
    json = decoder.decode(bytes)
  } catch {
    return contentFailure('it is not UTF-8')
  }
  try {
    return { ok: true, ticket: readContent(json) }
  } catch (error) {
    if (error instanceof ContentFault) return contentFailure(error.detail)
    throw error
  }
}

/**
 * Takes a UserSig of either generation apart. Accepts whatever generators in the field write (login-usersig 1.6,
 * 2.4); proves nothing. Fails with 70002 (no text), 70003 (not base64, over 8192 characters), 70004 (does not
 * inflate, or to more than 16 KiB) or 70005 (document not usable). Never throws, whatever the text is; memory and time
 * are bounded.
 */
export function parseTicket(text: string | null | undefined): ParseResult {
  if (text === undefined || text === null || text === '') return emptyTicket()
  if (typeof text !== 'string') return ticketFailure('encoding', 'The UserSig is not a string.')
  if (text.length > MAX_TICKET_CHARACTERS) {
    const detail = `The UserSig has ${text.length} characters, at most ${MAX_TICKET_CHARACTERS} are accepted.`
    return ticketFailure('encoding', detail)
  }
  const ticket = withoutOuterSpace(text)
  if (ticket === '') return emptyTicket()
  const length = decodeBase64Into(ticket, packed)
  if (length < 0) return ticketFailure('encoding', encodingDetail(ticket))
  const size = inflateInto(packed, length, inflated)
  if (typeof size !== 'number') return ticketFailure('inflate', INFLATE_DETAIL[size])
  return parseDocument(inflated.subarray(0, size))
}

function emptyTicket(): TicketFailure {
  return ticketFailure(
    'present',
    'The UserSig is empty. Fetch a UserSig for this UserID from your app server and pass it to login.',
  )
}

function encodingDetail(ticket: string): string {
  if (ticket.startsWith('{')) {
    return 'The UserSig is plain JSON, as the very first generation was; that one is not supported. Use a v2 generator.'
  }
  return `The UserSig is not base64: it was cut short, or holds characters of neither alphabet. ${FETCH_ANEW}`
}
