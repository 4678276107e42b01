import type { HmacKey } from './hmac-key.ts'

/** Verifies v2 tickets. `key` is the key text as the console shows it (used as text), or the same made ready by `prepareKey`. */
export interface HmacTicketKey {
  readonly id: string
  readonly kind: 'hmac'
  readonly key: string | HmacKey
}

/** Verifies v1 tickets. A `PUBLIC KEY` PEM block (SubjectPublicKeyInfo) on secp256k1 or prime256v1. */
export interface EcdsaTicketKey {
  readonly id: string
  readonly kind: 'ecdsa'
  readonly publicKeyPem: string
}

/** A key meets only tickets of its own generation; the id is for operators and never goes to a client. */
export type TicketKey = HmacTicketKey | EcdsaTicketKey

/**
 * Checks one ECDSA-SHA256 signature; `v1Verifier` of `@rookery/usersig/v1` is the implementation. It is handed in so
 * that this entry needs no curve library. Must return false, and not throw, for a broken key or signature.
 */
export interface V1Verifier {
  verify(key: EcdsaTicketKey, signedText: string, signatureDer: Uint8Array): boolean
}
