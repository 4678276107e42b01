import { describe, expect, test } from 'bun:test'
import { createECDH, createHash, createSign, generateKeyPairSync } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { pack, unpack } from '../../test/handmade-ticket.ts'
import {
  CLOCK,
  E1_DER_HEX,
  HMAC_KEY,
  ISSUED_AT,
  PRIME256V1_PRIVATE_PEM,
  PRIME256V1_PUBLIC_PEM,
  SDK_APP_ID,
  SECP256K1_PRIVATE_PEM,
  SECP256K1_PUBLIC_PEM,
  V1_VECTORS,
} from '../../test/vectors.ts'
import { parseTicket } from '../parse-ticket.ts'
import type { TicketKey } from '../ticket-key.ts'
import { readV1PublicKey, sign, verify } from './v1.ts'

const ecdsa = (publicKeyPem: string): readonly TicketKey[] => [{ id: 'pem', kind: 'ecdsa', publicKeyPem }]
const ASKED = { userId: 'alice', sdkAppId: SDK_APP_ID, now: CLOCK }

function codeOf(ticket: string, publicKeyPem: string, options: object = {}): number {
  const result = verify(ticket, { ...ASKED, keys: ecdsa(publicKeyPem), ...options })
  return result.ok ? 0 : result.code
}

function documentOf(ticket: string): Record<string, unknown> {
  return JSON.parse(unpack(ticket)) as Record<string, unknown>
}

describe('the v1 vectors', () => {
  for (const vector of V1_VECTORS) {
    test(`${vector.name}: verifies for its user and app only, with its key only`, () => {
      const { ticket, userId, publicKeyPem } = vector
      const result = verify(ticket, { ...ASKED, userId, keys: ecdsa(publicKeyPem) })
      expect(result).toMatchObject({ ok: true, version: 'v1', userId, expire: vector.expire, keyId: 'pem' })
      const userbuf = result.ok && result.userbuf ? Buffer.from(result.userbuf).toString('hex') : undefined
      expect(userbuf).toBe(vector.userbufHex)
      const otherPem = publicKeyPem === SECP256K1_PUBLIC_PEM ? PRIME256V1_PUBLIC_PEM : SECP256K1_PUBLIC_PEM
      expect(codeOf(ticket, otherPem, { userId })).toBe(70009)
      expect(codeOf(ticket, publicKeyPem, { userId: 'alicf' })).toBe(70013)
      expect(codeOf(ticket, publicKeyPem, { userId, sdkAppId: 1400000002 })).toBe(70014)
      expect(codeOf(ticket, publicKeyPem, { userId, now: ISSUED_AT + vector.expire })).toBe(0)
      expect(codeOf(ticket, publicKeyPem, { userId, now: ISSUED_AT + vector.expire + 1 })).toBe(70001)
      expect([70003, 70004]).toContain(codeOf(ticket.slice(0, -10), publicKeyPem, { userId }))
    })
  }
})

test('the signature of E1 is the DER of the reference', () => {
  const parsed = parseTicket(V1_VECTORS[0]!.ticket)
  const der = parsed.ok ? Buffer.from(parsed.ticket.signature, 'base64').toString('hex') : ''
  expect(der).toBe(E1_DER_HEX)
})

test('a signed value that was changed gives 70009; the free version text may change', () => {
  const document = documentOf(V1_VECTORS[0]!.ticket)
  const changed = (members: object) =>
    codeOf(pack(JSON.stringify({ ...document, ...members })), SECP256K1_PUBLIC_PEM)
  expect(changed({})).toBe(0)
  expect(changed({ 'TLS.version': 'anything' })).toBe(0)
  expect(changed({ 'TLS.account_type': '1' })).toBe(70009)
  expect(changed({ 'TLS.appid_at_3rd': '1' })).toBe(70009)
  expect(changed({ 'TLS.time': '1700000001' })).toBe(70009)
  expect(changed({ 'TLS.expire_after': '15552001' })).toBe(70009)
  expect(changed({ 'TLS.userbuf': 'AAAA' })).toBe(70009)
  const { 'TLS.userbuf': _, ...withoutUserbuf } = documentOf(V1_VECTORS[2]!.ticket)
  expect(codeOf(pack(JSON.stringify(withoutUserbuf)), SECP256K1_PUBLIC_PEM)).toBe(70009)
})

test('an absent appid_at_3rd may have been signed without its line or with an empty one', () => {
  const rest =
    'TLS.account_type:0\nTLS.identifier:alice\nTLS.sdk_appid:1400000001\nTLS.time:1700000000\nTLS.expire_after:300\n'
  const { 'TLS.appid_at_3rd': _, ...document } = documentOf(V1_VECTORS[0]!.ticket)
  const signed = (text: string, members: object = {}) => {
    const signature = createSign('sha256').update(text).sign(PRIME256V1_PRIVATE_PEM, 'base64')
    return pack(JSON.stringify({ ...document, 'TLS.expire_after': '300', 'TLS.sig': signature, ...members }))
  }
  expect(codeOf(signed(rest), PRIME256V1_PUBLIC_PEM)).toBe(0)
  expect(codeOf(signed(`TLS.appid_at_3rd:\n${rest}`), PRIME256V1_PUBLIC_PEM)).toBe(0)
  expect(codeOf(signed(`TLS.appid_at_3rd:0\n${rest}`), PRIME256V1_PUBLIC_PEM)).toBe(70009)
  const empty = { 'TLS.appid_at_3rd': '' }
  expect(codeOf(signed(`TLS.appid_at_3rd:\n${rest}`, empty), PRIME256V1_PUBLIC_PEM)).toBe(0)
  expect(codeOf(signed(rest, empty), PRIME256V1_PUBLIC_PEM)).toBe(70009)
})

test('signatures with a high S, which OpenSSL writes half of the time, verify', () => {
  const document = documentOf(V1_VECTORS[0]!.ticket)
  const low = secp256k1.Signature.fromBytes(Buffer.from(E1_DER_HEX, 'hex'), 'der')
  const other = new secp256k1.Signature(low.r, secp256k1.Point.Fn.ORDER - low.s)
  expect(low.hasHighS()).not.toBe(other.hasHighS())
  for (const signature of [low, other]) {
    const sig = Buffer.from(signature.toBytes('der')).toString('base64')
    expect(codeOf(pack(JSON.stringify({ ...document, 'TLS.sig': sig })), SECP256K1_PUBLIC_PEM)).toBe(0)
  }
})

test('a signature that is broken, of another form or of another length gives 70009', () => {
  const document = documentOf(V1_VECTORS[0]!.ticket)
  const der = Buffer.from(E1_DER_HEX, 'hex')
  const compact = secp256k1.Signature.fromBytes(der, 'der').toBytes('compact')
  for (const bytes of [
    der.subarray(1),
    compact,
    Buffer.alloc(0),
    Buffer.alloc(72),
    Buffer.concat([der, der]),
    Buffer.alloc(190),
  ]) {
    const sig = Buffer.from(bytes).toString('base64') || '='
    expect(codeOf(pack(JSON.stringify({ ...document, 'TLS.sig': sig })), SECP256K1_PUBLIC_PEM)).toBe(70009)
  }
  const broken = E1_DER_HEX.slice(0, 64)
  const lines = Buffer.from(E1_DER_HEX, 'hex').toString('base64').replace(/.{64}/, '$&\n')
  expect(codeOf(pack(JSON.stringify({ ...document, 'TLS.sig': broken })), SECP256K1_PUBLIC_PEM)).toBe(70009)
  expect(codeOf(pack(JSON.stringify({ ...document, 'TLS.sig': lines })), SECP256K1_PUBLIC_PEM)).toBe(0)
})

describe('signing', () => {
  const pairs = [
    ['secp256k1 in PKCS#8', SECP256K1_PRIVATE_PEM, SECP256K1_PUBLIC_PEM],
    ['prime256v1 in SEC1', PRIME256V1_PRIVATE_PEM, PRIME256V1_PUBLIC_PEM],
  ] as const
  for (const [name, privateKeyPem, publicKeyPem] of pairs) {
    test(`${name}: what is signed verifies, and is the same at every run`, () => {
      const options = { sdkAppId: SDK_APP_ID, userId: 'alice', now: ISSUED_AT, privateKeyPem }
      const ticket = sign(options)
      expect(codeOf(ticket, publicKeyPem)).toBe(0)
      expect(sign(options)).toBe(ticket)
      expect({ ...documentOf(ticket), 'TLS.sig': '' }).toEqual({
        ...documentOf(V1_VECTORS[0]!.ticket),
        'TLS.sig': '',
      })
      const withUserbuf = sign({ ...options, userId: '用户', expire: 60, userbuf: Uint8Array.of(1, 2, 3) })
      expect(codeOf(withUserbuf, publicKeyPem, { userId: '用户', now: ISSUED_AT + 60 })).toBe(0)
      expect(codeOf(withUserbuf, publicKeyPem, { userId: '用户', now: ISSUED_AT + 61 })).toBe(70001)
    })
  }

  test('takes the curve from the key, whatever parameter block stands beside it', () => {
    const wrongBlock = '-----BEGIN EC PARAMETERS-----\nBgUrgQQACg==\n-----END EC PARAMETERS-----\n'
    const privateKeyPem = wrongBlock + PRIME256V1_PRIVATE_PEM
    const ticket = sign({ sdkAppId: SDK_APP_ID, userId: 'alice', now: ISSUED_AT, privateKeyPem })
    expect(codeOf(ticket, PRIME256V1_PUBLIC_PEM)).toBe(0)
    expect(codeOf(ticket, wrongBlock + PRIME256V1_PUBLIC_PEM)).toBe(0)
  })

  test('takes the parameter block when the key itself names no curve', () => {
    const secret = createHash('sha256').update('a scalar').digest()
    const pem = (label: string, der: Buffer) =>
      `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`
    const bare = pem('EC PRIVATE KEY', Buffer.concat([Buffer.from('30250201010420', 'hex'), secret]))
    const block = pem('EC PARAMETERS', Buffer.from('06082a8648ce3d030107', 'hex'))
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(secret)
    const head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')
    const publicPem = pem('PUBLIC KEY', Buffer.concat([head, ecdh.getPublicKey()]))
    const base = { sdkAppId: SDK_APP_ID, userId: 'alice', now: ISSUED_AT }
    expect(codeOf(sign({ ...base, privateKeyPem: block + bare }), publicPem)).toBe(0)
    expect(() => sign({ ...base, privateKeyPem: bare })).toThrow(
      'The private key is not an unencrypted PEM block',
    )
  })

  test('refuses keys that it cannot use, without showing them', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    })
    const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey
    const others = [
      '',
      HMAC_KEY,
      String(rsa),
      SECP256K1_PUBLIC_PEM,
      String(p384.export({ type: 'sec1', format: 'pem' })),
    ]
    for (const privateKeyPem of others) {
      const attempt = () => sign({ sdkAppId: SDK_APP_ID, userId: 'alice', privateKeyPem })
      expect(attempt).toThrow(
        /^The private key is not an unencrypted PEM block "PRIVATE KEY" or "EC PRIVATE KEY"/,
      )
    }
  })
})

test('verifies what node:crypto signs, for new keys on prime256v1 in every PEM form', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const publicPem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }))
  const document = documentOf(V1_VECTORS[0]!.ticket)
  const signature = createSign('sha256').update(V1_VECTORS[0]!.signedText!).sign(pair.privateKey, 'base64')
  expect(codeOf(pack(JSON.stringify({ ...document, 'TLS.sig': signature })), publicPem)).toBe(0)
  for (const type of ['pkcs8', 'sec1'] as const) {
    const privateKeyPem = String(pair.privateKey.export({ type, format: 'pem' }))
    expect(
      codeOf(sign({ sdkAppId: SDK_APP_ID, userId: 'alice', now: ISSUED_AT, privateKeyPem }), publicPem),
    ).toBe(0)
  }
})

test('a public key is read when it is registered, or refused with what to do', () => {
  expect(readV1PublicKey(SECP256K1_PUBLIC_PEM).curve).toBe('secp256k1')
  expect(readV1PublicKey(PRIME256V1_PUBLIC_PEM.replaceAll('\n', '\r\n')).curve).toBe('prime256v1')
  const offCurve = SECP256K1_PUBLIC_PEM.replace('wsqEcT', 'wsqEcU')
  const wrongCurve = SECP256K1_PUBLIC_PEM.replace('K4EEAAoD', 'K4EEACID')
  for (const pem of ['', 'x', HMAC_KEY, SECP256K1_PRIVATE_PEM, offCurve, wrongCurve, 'A'.repeat(9000)]) {
    expect(() => readV1PublicKey(pem)).toThrow('The public key is not a PEM block "PUBLIC KEY"')
  }
})

test('a key entry that is no key verifies nothing, and one that is replaced is read anew', () => {
  const { ticket, publicKeyPem } = V1_VECTORS[0]!
  const entry = { id: 'pem', kind: 'ecdsa' as const, publicKeyPem: 'broken' }
  const ask = () => verify(ticket, { ...ASKED, keys: [entry] })
  expect(ask()).toMatchObject({ ok: false, code: 70009 })
  entry.publicKeyPem = publicKeyPem
  expect(ask()).toMatchObject({ ok: true })
})

test('v1 and v2 keys side by side: each ticket meets its own kind', () => {
  const keys: readonly TicketKey[] = [
    { id: 'text', kind: 'hmac', key: HMAC_KEY },
    { id: 'nist', kind: 'ecdsa', publicKeyPem: PRIME256V1_PUBLIC_PEM },
    { id: 'koblitz', kind: 'ecdsa', publicKeyPem: SECP256K1_PUBLIC_PEM },
  ]
  expect(verify(V1_VECTORS[0]!.ticket, { ...ASKED, keys })).toMatchObject({ ok: true, keyId: 'koblitz' })
  expect(verify(V1_VECTORS[1]!.ticket, { ...ASKED, keys })).toMatchObject({ ok: true, keyId: 'nist' })
})

test('arbitrary PEM texts and mutated keys are refused, never anything else', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.string({ maxLength: 4 }), fc.nat(8), (at, insert, cut) => {
      const pem = SECP256K1_PUBLIC_PEM.slice(0, at) + insert + SECP256K1_PUBLIC_PEM.slice(at + cut)
      let curve: string
      try {
        curve = readV1PublicKey(pem).curve
      } catch (error) {
        curve = error instanceof TypeError ? 'secp256k1' : String(error)
      }
      expect(curve).toBe('secp256k1')
    }),
    { numRuns: 300 },
  )
})

test('a mutated v1 ticket never verifies as anything but what was signed', () => {
  const document = documentOf(V1_VECTORS[0]!.ticket)
  const names = Object.keys(document).filter(name => name !== 'TLS.version')
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat(100),
      fc.constantFrom(...'0123456789abcXYZ'),
      (name, at, character) => {
        const value = String(document[name])
        const index = at % value.length
        const changed = value.slice(0, index) + character + value.slice(index + 1)
        if (changed === value) return
        // The last sextet before padding has bits that mean nothing.
        if (name === 'TLS.sig' && index >= value.length - 2) return
        const ticket = pack(JSON.stringify({ ...document, [name]: changed }))
        const parsed = parseTicket(ticket)
        const asked = parsed.ok ? { userId: parsed.ticket.userId, sdkAppId: parsed.ticket.sdkAppId } : {}
        expect(codeOf(ticket, SECP256K1_PUBLIC_PEM, { ...asked, now: ISSUED_AT })).toBeGreaterThan(0)
      },
    ),
    { numRuns: 200 },
  )
})
