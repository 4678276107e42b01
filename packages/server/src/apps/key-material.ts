import { randomBytes } from 'node:crypto'
import { readV1PublicKey } from '@rookery/usersig/v1'
import { refuse } from './refuse.ts'
import { keyPurpose, type SecretBox } from './secret-box.ts'

/** Shorter secrets could be guessed from one ticket (DESIGN-SECURITY 3). */
const SECRET_MIN_BYTES = 32
const SECRET_MAX_BYTES = 1024

/** A key as the operator gives it. */
export type NewKeyMaterial =
  | { readonly kind: 'hmac'; readonly secret: string }
  | { readonly kind: 'ecdsa'; readonly publicKeyPem: string }

export function newKeyId(): string {
  return `k-${randomBytes(4).toString('hex')}`
}

/** Checks a key and makes it ready to be stored: secrets sealed, public keys as they are. Never tells a part of it. */
export function storedMaterial(box: SecretBox, app: number, keyId: string, key: NewKeyMaterial): string {
  if (key.kind === 'ecdsa') {
    const pem = key.publicKeyPem.trim()
    try {
      readV1PublicKey(pem)
    } catch (error) {
      throw refuse('key', error instanceof Error ? error.message : String(error))
    }
    return pem
  }
  const bytes = Buffer.byteLength(key.secret)
  if (key.secret.includes('-----BEGIN'))
    throw refuse(
      'key',
      'This is a PEM block, not a secret key; register a public key with --public-key-file.',
    )
  if (/[\p{Cc}\s]/u.test(key.secret) || !key.secret.isWellFormed())
    throw refuse('key', 'A secret key is one line without blanks and control characters.')
  if (bytes < SECRET_MIN_BYTES || bytes > SECRET_MAX_BYTES)
    throw refuse(
      'key',
      `A secret key must have ${SECRET_MIN_BYTES} to ${SECRET_MAX_BYTES} bytes, this has ${bytes}. Leave it out to have one made.`,
    )
  return box.seal(key.secret, keyPurpose(app, keyId))
}
