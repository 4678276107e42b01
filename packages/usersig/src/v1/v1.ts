/**
 * `@rookery/usersig/v1`: UserSig of generation v1 (ECDSA-SHA256 on secp256k1 or prime256v1), for apps from before
 * August 2019. Needs `@noble/curves`: neither Bun nor any browser offers secp256k1.
 */
import { encodeBase64 } from '../base64.ts'
import { checkedContent, packTicket, type TicketContent } from '../sign.ts'
import type { EcdsaTicketKey, V1Verifier } from '../ticket-key.ts'
import { type VerifyOptions, type VerifyResult, verify as verifyWith } from '../verify.ts'
import { CURVES, readV1PrivateKey, readV1PublicKey, type V1Key } from './pem-keys.ts'

export { readV1PublicKey, type V1Curve, type V1Key } from './pem-keys.ts'

/** What Node and Go generators write; informational, not signed (login-usersig 2.1). */
const LIBRARY_VERSION = '201610110000'

const encoder = new TextEncoder()
const publicKeys = new WeakMap<EcdsaTicketKey, { readonly pem: string; readonly key: V1Key | undefined }>()

/** The key of a PEM, remembered for as long as its entry lives; undefined for a PEM that is not one. */
function publicKeyOf(entry: EcdsaTicketKey): V1Key | undefined {
  const known = publicKeys.get(entry)
  if (known?.pem === entry.publicKeyPem) return known.key
  let key: V1Key | undefined
  try {
    key = readV1PublicKey(entry.publicKeyPem)
  } catch {
    key = undefined
  }
  publicKeys.set(entry, { pem: entry.publicKeyPem, key })
  return key
}

/**
 * Checks v1 signatures; hand it to `verify`, `inspect` or `checkSignature` of the main entry. Takes high-S signatures
 * too, since OpenSSL writes them. A key that cannot be read matches nothing; find it out when it is registered, with
 * `readV1PublicKey`.
 */
export const v1Verifier: V1Verifier = {
  verify(entry: EcdsaTicketKey, signedText: string, signatureDer: Uint8Array): boolean {
    const key = publicKeyOf(entry)
    if (key === undefined) return false
    try {
      const options = { lowS: false, format: 'der' } as const
      return CURVES[key.curve].verify(signatureDer, encoder.encode(signedText), key.bytes, options)
    } catch {
      return false
    }
  },
}

/** `verify` of the main entry with v1 switched on: checks tickets of both generations. */
export function verify(ticket: string | null | undefined, options: Omit<VerifyOptions, 'v1'>): VerifyResult {
  return verifyWith(ticket, { ...options, v1: v1Verifier })
}

export interface SignV1Options extends TicketContent {
  /** `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` (SEC1) PEM; the curve is the key's own. */
  readonly privateKeyPem: string
}

/**
 * Makes a UserSig of generation v1. The signature is deterministic (RFC 6979), so the same input gives the same text.
 * Throws a RangeError or TypeError for input that no verifier would accept.
 */
export function sign(options: SignV1Options): string {
  const { sdkAppId, userId, time, expire, userbuf } = checkedContent(options)
  const { curve, bytes } = readV1PrivateKey(options.privateKeyPem)
  const text =
    `TLS.appid_at_3rd:0\nTLS.account_type:0\nTLS.identifier:${userId}\nTLS.sdk_appid:${sdkAppId}\n` +
    `TLS.time:${time}\nTLS.expire_after:${expire}\n${userbuf === undefined ? '' : `TLS.userbuf:${userbuf}\n`}`
  const signature = CURVES[curve].sign(encoder.encode(text), bytes, { format: 'der' })
  return packTicket({
    'TLS.account_type': '0',
    'TLS.identifier': userId,
    'TLS.appid_at_3rd': '0',
    'TLS.sdk_appid': String(sdkAppId),
    'TLS.expire_after': String(expire),
    'TLS.version': LIBRARY_VERSION,
    'TLS.time': String(time),
    ...(userbuf === undefined ? undefined : { 'TLS.userbuf': userbuf }),
    'TLS.sig': encodeBase64(signature),
  })
}
