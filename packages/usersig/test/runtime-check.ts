import { sign, signPrivateMapKey, verify } from '@rookery/usersig'
import { sign as signV1, v1Verifier } from '@rookery/usersig/v1'
import {
  CLOCK,
  HMAC_KEY,
  ISSUED_AT,
  PRIME256V1_PRIVATE_PEM,
  SDK_APP_ID,
  SECP256K1_PRIVATE_PEM,
  V1_VECTORS,
  V2_VECTORS,
} from './vectors.ts'

export interface RuntimeReport {
  /** Vectors that verified. */
  readonly verified: number
  /** Vectors that did not verify, or did with a wrong key, by name. */
  readonly failures: readonly string[]
  /** Tickets that must be the same text on every runtime. */
  readonly signed: readonly string[]
  readonly hasSubtleCrypto: boolean
}

/** Runs the vectors in whatever runtime it is bundled for, and signs a few tickets. */
export function runtimeReport(): RuntimeReport {
  const failures: string[] = []
  const check = (name: string, ticket: string, userId: string, publicKeyPem?: string) => {
    const base = { userId, sdkAppId: SDK_APP_ID, now: CLOCK, v1: v1Verifier }
    const pem = publicKeyPem ?? ''
    const good = publicKeyPem === undefined ? ({ id: 'k', kind: 'hmac', key: HMAC_KEY } as const) : undefined
    const keys = [good ?? ({ id: 'k', kind: 'ecdsa', publicKeyPem: pem } as const)]
    if (!verify(ticket, { ...base, keys }).ok) failures.push(name)
    const wrong = verify(ticket, { ...base, keys: [{ id: 'w', kind: 'hmac', key: 'a wrong key' }] })
    const expected = good === undefined ? 70016 : 70009
    if (wrong.ok || wrong.code !== expected) failures.push(`${name} with a wrong key`)
  }
  for (const { name, ticket, userId } of V2_VECTORS) check(name, ticket, userId)
  for (const { name, ticket, userId, publicKeyPem } of V1_VECTORS) check(name, ticket, userId, publicKeyPem)
  const alice = { sdkAppId: SDK_APP_ID, userId: 'alice', now: ISSUED_AT }
  return {
    verified: V2_VECTORS.length + V1_VECTORS.length - failures.length,
    failures,
    signed: [
      sign({ ...alice, key: HMAC_KEY }),
      sign({ ...alice, userId: '用户😀', key: HMAC_KEY, expire: 3_150_000_000 }),
      signPrivateMapKey({ ...alice, key: HMAC_KEY, room: 'room-A1' }),
      signV1({ ...alice, privateKeyPem: SECP256K1_PRIVATE_PEM }),
      signV1({ ...alice, privateKeyPem: PRIME256V1_PRIVATE_PEM }),
    ],
    hasSubtleCrypto: globalThis.crypto?.subtle !== undefined,
  }
}
