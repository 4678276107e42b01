import { createHmac } from 'node:crypto'

const SECONDS = 86_400

/** A token that expires, signed with HS256 (RFC 7519). */
export function signedToken(claims: Readonly<Record<string, string>>, key: Buffer): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + SECONDS
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, exp })}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}
