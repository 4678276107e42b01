import { decodeBase64Into } from './base64.ts'
import { preparedFor } from './hmac-key.ts'
import { SHA256_DIGEST_BYTES } from './sha256.ts'
import { MAX_DOCUMENT_BYTES, type ParsedTicket } from './ticket.ts'
import { type TicketFailure, ticketFailure } from './ticket-checks.ts'
import type { EcdsaTicketKey, HmacTicketKey, TicketKey, V1Verifier } from './ticket-key.ts'

export type SignatureResult = { readonly ok: true; readonly keyId: string } | TicketFailure

/** 72 bytes of DER are 96 characters; the rest is room for line breaks. */
const MAX_SIGNATURE_CHARACTERS = 256

const encoder = new TextEncoder()
const signedBytes = new Uint8Array(MAX_DOCUMENT_BYTES + 1024)
const statedBytes = new Uint8Array((MAX_SIGNATURE_CHARACTERS / 4) * 3)
const computedBytes = new Uint8Array(SHA256_DIGEST_BYTES)

const MISMATCH =
  'The signature of the UserSig does not verify with any active key of this app: it was signed with another key, with ' +
  "another app's key, or its content was changed. Check that your app server signs with the key that the console shows " +
  'for this SDKAppID, as text, without decoding it and without a line break at its end.'

function decodedSignature(ticket: ParsedTicket): number {
  if (ticket.signature.length > MAX_SIGNATURE_CHARACTERS) return -1
  return decodeBase64Into(ticket.signature, statedBytes)
}

/** 1 when the 32 stated bytes are the computed ones, else 0, in the same time for every content. */
function sameMac(): number {
  let difference = 0
  for (let i = 0; i < SHA256_DIGEST_BYTES; i++) difference |= statedBytes[i]! ^ computedBytes[i]!
  return (difference - 1) >>> 31
}

/** Meets every key, also after a match, so that the time tells nothing about which key it was. */
function matchingHmacKey(ticket: ParsedTicket, keys: readonly HmacTicketKey[]): HmacTicketKey | undefined {
  if (decodedSignature(ticket) !== SHA256_DIGEST_BYTES) return undefined
  const { written } = encoder.encodeInto(ticket.signedTexts[0], signedBytes)
  let matched = -1
  for (let i = 0; i < keys.length; i++) {
    const entry = keys[i]!
    const key = typeof entry.key === 'string' ? preparedFor(entry, entry.key) : entry.key
    key.digestInto(computedBytes, signedBytes, written)
    const match = sameMac()
    matched = match * i + (1 - match) * matched
  }
  return keys[matched]
}

function matchingEcdsaKey(
  ticket: ParsedTicket,
  keys: readonly EcdsaTicketKey[],
  verifier: V1Verifier,
): EcdsaTicketKey | undefined {
  const length = decodedSignature(ticket)
  if (length <= 0) return undefined
  const der = statedBytes.slice(0, length)
  return keys.find(key => ticket.signedTexts.some(text => verifier.verify(key, text, der)))
}

/** The keys that may meet this ticket: HMAC keys for v2, ECDSA public keys for v1. */
export function keysFor(version: 'v2', keys: readonly TicketKey[]): readonly HmacTicketKey[]
export function keysFor(version: 'v1', keys: readonly TicketKey[]): readonly EcdsaTicketKey[]
export function keysFor(version: 'v1' | 'v2', keys: readonly TicketKey[]): readonly TicketKey[] {
  const kind = version === 'v2' ? 'hmac' : 'ecdsa'
  return keys.every(key => key.kind === kind) ? keys : keys.filter(key => key.kind === kind)
}

/** 70016 unless there is a key that this ticket may meet, and for v1 the code that can check it. */
export function checkKey(
  ticket: ParsedTicket,
  keys: readonly TicketKey[],
  v1?: V1Verifier,
): TicketFailure | undefined {
  if (ticket.version === 'v2') {
    if (keys.some(key => key.kind === 'hmac')) return undefined
    return ticketFailure(
      'key',
      'This is a v2 UserSig (HMAC-SHA256), and this app has no active secret key. Create one in the console and sign with it.',
    )
  }
  if (v1 !== undefined && keys.some(key => key.kind === 'ecdsa')) return undefined
  return ticketFailure(
    'key',
    'This is a v1 UserSig (ECDSA-SHA256), and no ECDSA public key is active for this app. ' +
      "Register the app's public key in the console, or move the app server to v2.",
  )
}

/**
 * Checks the signature with every key of the ticket's generation: 70016 when there is none (or, for v1, no `v1`
 * verifier), 70009 when none verifies. Keys given as text are prepared once per key object. Throws a TypeError only
 * for an HMAC key whose text is empty.
 */
export function checkSignature(
  ticket: ParsedTicket,
  keys: readonly TicketKey[],
  v1?: V1Verifier,
): SignatureResult {
  const noKey = checkKey(ticket, keys, v1)
  if (noKey !== undefined) return noKey
  if (ticket.fractionalField !== undefined) {
    return ticketFailure(
      'signature',
      `${ticket.fractionalField} is not a whole number, so no signature can match it. ` +
        'Give the generator whole seconds, as a number.',
    )
  }
  const match =
    ticket.version === 'v2'
      ? matchingHmacKey(ticket, keysFor('v2', keys))
      : v1 && matchingEcdsaKey(ticket, keysFor('v1', keys), v1)
  return match === undefined ? ticketFailure('signature', MISMATCH) : { ok: true, keyId: match.id }
}
