import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

/** A client's side of SASL (RFC 4422), texts before their base64. */
export interface SaslLogin {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-1'
  readonly first: string
  answer(challenge: string): string
}

export function plain(user: string, secret: string): SaslLogin {
  return {
    mechanism: 'PLAIN',
    first: `\0${user}\0${secret}`,
    answer: challenge => {
      throw new Error(`PLAIN has no challenge: ${challenge}`)
    },
  }
}

export interface ScramKeys {
  readonly salted: Buffer
  readonly client: Buffer
  readonly stored: Buffer
  readonly server: Buffer
}

/** The keys of a password, RFC 5802, section 3. */
export function scramKeys(password: string, salt: string | Buffer, iterations: number): ScramKeys {
  const salted = pbkdf2Sync(password, salt, iterations, 20, 'sha1')
  const client = hmac(salted, 'Client Key')
  return {
    salted,
    client,
    stored: createHash('sha1').update(client).digest(),
    server: hmac(salted, 'Server Key'),
  }
}

/** With keys that the client kept, as clients do. */
export function scram(user: string, keys: ScramKeys): SaslLogin {
  const bare = `n=${user},r=${randomBytes(12).toString('base64url')}`
  return {
    mechanism: 'SCRAM-SHA-1',
    first: `n,,${bare}`,
    answer: challenge => {
      const nonce = /r=([^,]+)/.exec(challenge)?.[1]
      const unsigned = `c=biws,r=${nonce}`
      const signature = hmac(keys.stored, `${bare},${challenge},${unsigned}`)
      const proof = keys.client.map((byte, index) => byte ^ (signature[index] ?? 0))
      return `${unsigned},p=${Buffer.from(proof).toString('base64')}`
    },
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha1', key).update(text).digest()
}
