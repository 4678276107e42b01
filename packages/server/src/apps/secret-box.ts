import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const MASTER_KEY_BYTES = 32

/**
 * Seals the secrets that the database holds (DESIGN-SECURITY 3). A sealed text is bound to a purpose, so that a row copied to
 * another app or key does not open.
 */
export class SecretBox {
  readonly #key: Buffer

  /** @param masterKey 32 bytes. */
  constructor(masterKey: Uint8Array) {
    if (masterKey.length !== MASTER_KEY_BYTES)
      throw new Error(`The master key must have ${MASTER_KEY_BYTES} bytes, it has ${masterKey.length}.`)
    this.#key = Buffer.from(masterKey)
  }

  /** @param purpose what the secret belongs to, as `key:<app>:<key id>`. */
  seal(secret: string, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(purpose))
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /** Throws when the master key is another one or the text was moved or altered. */
  open(sealed: string, purpose: string): string {
    const bytes = Buffer.from(sealed, 'base64')
    const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString()
  }
}

export function keyPurpose(app: number, keyId: string): string {
  return `key:${app}:${keyId}`
}
