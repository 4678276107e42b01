import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits, for a cookie or a link. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a token. It needs no salt: nobody can try out 256 bits. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
