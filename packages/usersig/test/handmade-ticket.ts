import { createHmac } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { HMAC_KEY, ISSUED_AT, SDK_APP_ID } from './vectors.ts'

/** Packs a document's text as a vendor generator does, with node:zlib: independent of the code under test. */
export function pack(json: string | Uint8Array, level = -1): string {
  const text = deflateSync(json, { level }).toString('base64')
  return text.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_')
}

export function unpack(ticket: string): string {
  const text = ticket.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
  return inflateSync(Buffer.from(text, 'base64')).toString('utf8')
}

export interface HandmadeFields {
  readonly identifier: string
  readonly sdkappid: string
  readonly time: string
  readonly expire: string
  readonly userbuf?: string
}

/** What is signed and written when a test says nothing else: vector V1. */
export const ALICE: HandmadeFields = {
  identifier: 'alice',
  sdkappid: String(SDK_APP_ID),
  time: String(ISSUED_AT),
  expire: '15552000',
}

/** The MAC over the values as texts. */
export function macOf(fields: HandmadeFields, key = HMAC_KEY): string {
  const text =
    `TLS.identifier:${fields.identifier}\nTLS.sdkappid:${fields.sdkappid}\nTLS.time:${fields.time}\n` +
    `TLS.expire:${fields.expire}\n${fields.userbuf === undefined ? '' : `TLS.userbuf:${fields.userbuf}\n`}`
  return createHmac('sha256', key).update(text).digest('base64')
}

/** The document of a v2 ticket as JSON values; change it with the spread of further members. */
export function v2Document(fields: HandmadeFields = ALICE): Record<string, unknown> {
  return {
    'TLS.ver': '2.0',
    'TLS.identifier': fields.identifier,
    'TLS.sdkappid': Number(fields.sdkappid),
    'TLS.time': Number(fields.time),
    'TLS.expire': Number(fields.expire),
    ...(fields.userbuf === undefined ? {} : { 'TLS.userbuf': fields.userbuf }),
    'TLS.sig': macOf(fields),
  }
}
