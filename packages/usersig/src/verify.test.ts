import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { ALICE, macOf, pack, unpack, v2Document } from '../test/handmade-ticket.ts'
import {
  CLOCK,
  HMAC_KEY,
  ISSUED_AT,
  PRIME256V1_PUBLIC_PEM,
  SDK_APP_ID,
  SECP256K1_PUBLIC_PEM,
  V1_VECTORS,
  V2_VECTORS,
} from '../test/vectors.ts'
import { prepareKey } from './hmac-key.ts'
import { sign } from './sign.ts'
import type { TicketKey } from './ticket-key.ts'
import { v1Verifier } from './v1/v1.ts'
import { decode, type VerifyOptions, verify } from './verify.ts'

const KEYS: readonly TicketKey[] = [{ id: 'k1', kind: 'hmac', key: HMAC_KEY }]
const ASKED: VerifyOptions = { userId: 'alice', sdkAppId: SDK_APP_ID, keys: KEYS, now: CLOCK }
const V1 = V2_VECTORS[0]!.ticket
const WRONG_KEY = `7${HMAC_KEY.slice(1)}`

function codeOf(ticket: string, options: Partial<VerifyOptions> = {}): number {
  const result = verify(ticket, { ...ASKED, ...options })
  return result.ok ? 0 : result.code
}

function detailOf(ticket: string, options: Partial<VerifyOptions> = {}): string {
  const result = verify(ticket, { ...ASKED, ...options })
  return result.ok ? '' : result.detail
}

describe('the v2 vectors', () => {
  for (const vector of V2_VECTORS) {
    test(`${vector.name}: verifies for its user and app only, with its key only`, () => {
      const { ticket, userId } = vector
      const result = verify(ticket, { ...ASKED, userId })
      expect(result).toEqual({
        ok: true,
        version: 'v2',
        userId,
        sdkAppId: SDK_APP_ID,
        time: ISSUED_AT,
        expire: vector.expire,
        expiresAt: ISSUED_AT + vector.expire,
        keyId: 'k1',
        ...(vector.userbufHex === undefined
          ? {}
          : { userbuf: new Uint8Array(Buffer.from(vector.userbufHex, 'hex')) }),
      })
      expect(codeOf(ticket, { userId: 'alicf' })).toBe(70013)
      expect(codeOf(ticket, { userId: userId.toUpperCase() })).toBe(70013)
      expect(codeOf(ticket, { userId, sdkAppId: 1400000002 })).toBe(70014)
      expect(codeOf(ticket, { userId, keys: [{ id: 'k1', kind: 'hmac', key: WRONG_KEY }] })).toBe(70009)
      expect(codeOf(ticket, { userId, now: ISSUED_AT + vector.expire })).toBe(0)
      expect(codeOf(ticket, { userId, now: ISSUED_AT + vector.expire + 0.9 })).toBe(0)
      expect(codeOf(ticket, { userId, now: ISSUED_AT + vector.expire + 1 })).toBe(70001)
      expect([70003, 70004]).toContain(codeOf(ticket.slice(0, -10), { userId }))
    })
  }
})

test('a ticket without padding or in the standard alphabet verifies, and so does one that a query string changed', () => {
  for (const vector of V2_VECTORS) {
    const standard = vector.ticket.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
    const forms = [
      vector.ticket.replaceAll('_', ''),
      standard,
      standard.replaceAll('=', ''),
      standard.replaceAll('+', ' '),
      standard.replaceAll(/.{64}/g, '$&\r\n'),
      `\n ${vector.ticket} \n`,
    ]
    for (const form of forms) expect(codeOf(form, { userId: vector.userId })).toBe(0)
  }
})

test('a ticket in the standard alphabet whose last character is a + survives a query string', () => {
  const lifetimes = Array.from({ length: 2000 }, (_, i) => String(1000 + i))
  const tickets = lifetimes.map(expire => {
    const packed = pack(JSON.stringify(v2Document({ ...ALICE, expire })))
    return packed.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
  })
  const ending = tickets.filter(ticket => ticket.endsWith('+'))
  expect(ending.some(ticket => ticket.endsWith('++'))).toBe(true)
  for (const ticket of ending) expect(codeOf(ticket.replaceAll('+', ' '))).toBe(0)
})

test('any zlib level, field order, white space and escaping verifies', () => {
  const names = Object.keys(v2Document())
  const escapeAll = (text: string) =>
    text.replaceAll(/./gs, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  fc.assert(
    fc.property(
      fc.shuffledSubarray(names, { minLength: names.length }),
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom('', ' ', '\n   ', '\t\r\n'),
      fc.boolean(),
      (order, level, space, escaped) => {
        const document = v2Document()
        const write = (value: unknown) =>
          escaped && typeof value === 'string' ? `"${escapeAll(value)}"` : JSON.stringify(value)
        const members = order.map(
          name => `${space}${write(name)}${space}:${space}${write(document[name])}${space}`,
        )
        expect(codeOf(pack(`${space}{${members.join(',')}}${space}`, level))).toBe(0)
      },
    ),
    { numRuns: 200 },
  )
})

test('the checks come in the order of the table: each failure hides the later ones', () => {
  const foreign = { keys: [{ id: 'x', kind: 'ecdsa', publicKeyPem: SECP256K1_PUBLIC_PEM }] } as const
  const wrongKey = { keys: [{ id: 'x', kind: 'hmac', key: WRONG_KEY }] } as const
  const late = { now: 3_000_000_000 }
  const early = { now: ISSUED_AT - 301 }
  expect(codeOf('', { userId: 'x', sdkAppId: 1, ...late, ...foreign })).toBe(70002)
  expect(codeOf('%', { userId: 'x', sdkAppId: 1, ...late, ...foreign })).toBe(70003)
  expect(codeOf('AAAA', { userId: 'x', sdkAppId: 1, ...late, ...foreign })).toBe(70004)
  expect(codeOf(pack('{}'), { userId: 'x', sdkAppId: 1, ...late, ...foreign })).toBe(70005)
  expect(codeOf(V1, { userId: 'x', sdkAppId: 1, ...late, ...foreign })).toBe(70013)
  expect(codeOf(V1, { sdkAppId: 1, ...late, ...foreign })).toBe(70014)
  expect(codeOf(V1, { ...late, ...foreign })).toBe(70001)
  expect(codeOf(V1, { ...early, ...foreign })).toBe(70010)
  expect(codeOf(V1, foreign)).toBe(70016)
  expect(codeOf(V1, wrongKey)).toBe(70009)
})

test('an expired ticket is told by how much, and both its end and the clock', () => {
  expect(detailOf(V1, { now: ISSUED_AT + 15552000 + 90000 })).toContain('ended 90000 s (about 1 day) ago')
  expect(detailOf(V1, { now: 1715552001 })).toContain('ended at 1715552000 (2024-05-12T22:13:20Z)')
  expect(detailOf(V1, { now: 1715552001 })).toContain('the clock says 1715552001 (2024-05-12T22:13:21Z)')
})

test('a ticket from a clock that runs ahead passes within the allowance and gives 70010 with both clocks beyond', () => {
  expect(codeOf(V1, { now: ISSUED_AT - 300 })).toBe(0)
  expect(codeOf(V1, { now: ISSUED_AT - 301 })).toBe(70010)
  expect(codeOf(V1, { now: ISSUED_AT - 301, clockSkewAhead: 600 })).toBe(0)
  expect(codeOf(V1, { now: ISSUED_AT - 1, clockSkewAhead: 0 })).toBe(70010)
  const detail = detailOf(V1, { now: ISSUED_AT - 400 })
  expect(detail).toContain('1700000000 (2023-11-14T22:13:20Z)')
  expect(detail).toContain('1699999600 (2023-11-14T22:06:40Z)')
  expect(detail).toContain('400 s (about 7 minutes) ahead')
})

test('times beyond any calendar are answered, not thrown at', () => {
  const document = {
    ...v2Document(),
    'TLS.time': '99999999999999999999',
    'TLS.expire': '99999999999999999999',
  }
  expect(codeOf(pack(JSON.stringify(document)))).toBe(70010)
  expect(
    codeOf(pack(JSON.stringify({ ...document, 'TLS.time': '-99999999999999999999' })), { now: CLOCK }),
  ).toBe(70001)
})

test('a lifetime of a hundred years, of 64 bits, negative or zero is added without overflow', () => {
  for (const expire of ['3150000000', '9223372036854775807', '0', '-1']) {
    const fields = { ...ALICE, expire }
    const json = JSON.stringify({ ...v2Document(fields), 'TLS.expire': '@' }).replace('"@"', expire)
    const end = ISSUED_AT + Number(expire)
    expect(codeOf(pack(json), { now: Math.min(end, CLOCK) })).toBe(0)
    if (Number.isSafeInteger(end)) expect(codeOf(pack(json), { now: end + 1 })).toBe(70001)
  }
})

test('a fractional lifetime or time, which some libraries let through, gives 70009 and says so', () => {
  const expire = pack(
    JSON.stringify({ ...v2Document({ ...ALICE, expire: '86400.5' }), 'TLS.expire': 86400.5 }),
  )
  expect(codeOf(expire)).toBe(70009)
  expect(detailOf(expire)).toContain('TLS.expire is not a whole number')
  const truncated = pack(
    JSON.stringify({ ...v2Document({ ...ALICE, expire: '86400' }), 'TLS.expire': 86400.5 }),
  )
  expect(codeOf(truncated)).toBe(70009)
  const textual = pack(JSON.stringify({ ...v2Document({ ...ALICE, expire: '086400' }), 'TLS.expire': 86400 }))
  expect(codeOf(textual)).toBe(70009)
})

test('any of several keys verifies, and the answer names which', () => {
  const keys: readonly TicketKey[] = [
    { id: 'old', kind: 'hmac', key: WRONG_KEY },
    { id: 'pem', kind: 'ecdsa', publicKeyPem: SECP256K1_PUBLIC_PEM },
    { id: 'now', kind: 'hmac', key: prepareKey(HMAC_KEY) },
    { id: 'next', kind: 'hmac', key: 'another key of at least thirty-two bytes' },
  ]
  const result = verify(V1, { ...ASKED, keys })
  expect(result.ok && result.keyId).toBe('now')
  expect(verify(V1, { ...ASKED, keys: [...keys].reverse() })).toEqual(result)
  expect(codeOf(V1, { keys: keys.filter(({ id }) => id !== 'now') })).toBe(70009)
})

test('no key, or keys of the other generation only, give 70016', () => {
  expect(codeOf(V1, { keys: [] })).toBe(70016)
  expect(codeOf(V1, { keys: [{ id: 'e', kind: 'ecdsa', publicKeyPem: SECP256K1_PUBLIC_PEM }] })).toBe(70016)
  const { ticket, publicKeyPem } = V1_VECTORS[0]!
  expect(codeOf(ticket, { v1: v1Verifier })).toBe(70016)
  const ecdsa: readonly TicketKey[] = [{ id: 'e', kind: 'ecdsa', publicKeyPem }]
  expect(codeOf(ticket, { keys: ecdsa })).toBe(70016)
  expect(codeOf(ticket, { keys: ecdsa, v1: v1Verifier })).toBe(0)
})

test('a public key never serves as the text of an HMAC key', () => {
  const forged = pack(JSON.stringify({ ...v2Document(), 'TLS.sig': macOf(ALICE, PRIME256V1_PUBLIC_PEM) }))
  const keys: readonly TicketKey[] = [{ id: 'e', kind: 'ecdsa', publicKeyPem: PRIME256V1_PUBLIC_PEM }]
  expect(codeOf(forged, { keys, v1: v1Verifier })).toBe(70016)
})

test('a signature of another length, or not base64, gives 70009', () => {
  const full = macOf(ALICE)
  const others = [
    full.slice(0, -4),
    `${full.slice(0, -1)}AAAA=`,
    '$'.repeat(44),
    'A'.repeat(12000),
    'A',
    full.slice(4),
  ]
  for (const signature of others) {
    expect(codeOf(pack(JSON.stringify({ ...v2Document(), 'TLS.sig': signature })))).toBe(70009)
  }
})

test('a room ticket whose userbuf was taken away or exchanged gives 70009', () => {
  const room = JSON.parse(unpack(V2_VECTORS[9]!.ticket)) as Record<string, unknown>
  const { 'TLS.userbuf': userbuf, ...rest } = room
  expect(codeOf(pack(JSON.stringify(room)))).toBe(0)
  expect(codeOf(pack(JSON.stringify(rest)))).toBe(70009)
  expect(codeOf(pack(JSON.stringify({ ...room, 'TLS.userbuf': 'AAAA' })))).toBe(70009)
  expect(codeOf(pack(JSON.stringify({ ...v2Document(), 'TLS.userbuf': userbuf })))).toBe(70009)
})

test('a document changed in any signed value never verifies', () => {
  const signed = ['TLS.identifier', 'TLS.sdkappid', 'TLS.time', 'TLS.expire', 'TLS.sig'] as const
  fc.assert(
    fc.property(
      fc.constantFrom(...signed),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.string({ unit: fc.constantFrom(...'abcdef012'), minLength: 1, maxLength: 8 }),
      (name, step, addition) => {
        const document = v2Document()
        const value = document[name]
        const changed = typeof value === 'number' ? value - step : `${addition}${String(value)}`.slice(0, 44)
        if (changed === value) return
        const ticket = pack(JSON.stringify({ ...document, [name]: changed }))
        const said = decode(ticket)
        const asked = said.ok ? { userId: said.userId, sdkAppId: said.sdkAppId, now: said.time } : {}
        expect(codeOf(ticket, asked)).toBeGreaterThan(0)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a ticket whose characters were changed never verifies as anything but what was signed', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-_'
  fc.assert(
    fc.property(
      fc.constantFrom(...V2_VECTORS),
      fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...alphabet)), { minLength: 1, maxLength: 3 }),
      (vector, changes) => {
        const characters = [...vector.ticket]
        for (const [at, character] of changes) characters[at % characters.length] = character
        const changed = characters.join('')
        const original = verify(vector.ticket, { ...ASKED, userId: vector.userId })
        const said = decode(changed)
        const userId = said.ok ? said.userId : vector.userId
        const result = verify(changed, { ...ASKED, userId })
        if (result.ok) expect<unknown>(result).toEqual(original)
      },
    ),
    { numRuns: 3000 },
  )
})

test('what sign makes, verify takes; and with another key, user or app it does not', () => {
  const userId = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter(text => Buffer.byteLength(text) <= 32 && text.isWellFormed() && !/\p{Cc}/u.test(text))
  fc.assert(
    fc.property(
      userId,
      fc.integer({ min: 1, max: 0xffffffff }),
      fc.string({ minLength: 1, maxLength: 100 }),
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 4_000_000_000 }),
      fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
      (user, sdkAppId, key, now, expire, userbuf) => {
        const ticket = sign({ userId: user, sdkAppId, key, now, expire, ...(userbuf && { userbuf }) })
        const asked = { userId: user, sdkAppId, keys: [{ id: 'k', kind: 'hmac', key }], now } as const
        expect(verify(ticket, asked)).toEqual({
          ok: true,
          version: 'v2',
          keyId: 'k',
          userId: user,
          sdkAppId,
          time: now,
          expire,
          expiresAt: now + expire,
          ...(userbuf && { userbuf: new Uint8Array(userbuf) }),
        })
        expect(codeOf(ticket, { ...asked, keys: [{ id: 'k', kind: 'hmac', key: `${key}x` }] })).toBe(70009)
        expect(codeOf(ticket, { ...asked, userId: `${user}x` })).toBe(70013)
        expect(codeOf(ticket, { ...asked, sdkAppId: sdkAppId - 1 })).toBe(70014)
      },
    ),
    { numRuns: 500 },
  )
})

test('no failure shows a key, a key id, the signature or the ticket', () => {
  const keys: readonly TicketKey[] = [{ id: 'secret-id', kind: 'hmac', key: WRONG_KEY }]
  const cases: Partial<VerifyOptions>[] = [{ userId: 'x' }, { sdkAppId: 2 }, { now: 3e9 }, { now: 0 }, {}]
  for (const options of cases) {
    const shown = JSON.stringify(verify(V1, { ...ASKED, keys, ...options }))
    for (const secret of ['secret-id', WRONG_KEY.slice(0, 12), 'E0hPoIMB', V1.slice(0, 24)]) {
      expect(shown).not.toContain(secret)
    }
  }
})

test('a long UserID in the request does not make a long answer', () => {
  expect(detailOf(V1, { userId: 'x'.repeat(100_000) }).length).toBeLessThan(500)
})

test('decode tells what a ticket says without a key', () => {
  expect(decode(V2_VECTORS[0]!.ticket)).toEqual({
    ok: true,
    version: 'v2',
    userId: 'alice',
    sdkAppId: SDK_APP_ID,
    time: ISSUED_AT,
    expire: 15552000,
    expiresAt: ISSUED_AT + 15552000,
    signedTexts: [
      'TLS.identifier:alice\nTLS.sdkappid:1400000001\nTLS.time:1700000000\nTLS.expire:15552000\n',
    ],
  })
  expect(decode('')).toMatchObject({ ok: false, code: 70002, check: 'present' })
})
