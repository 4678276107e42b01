import { expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { unpack } from '../test/handmade-ticket.ts'
import { HMAC_KEY, ISSUED_AT, SDK_APP_ID, V2_VECTORS } from '../test/vectors.ts'
import { prepareKey } from './hmac-key.ts'
import { type SignOptions, sign } from './sign.ts'
import { decode } from './verify.ts'

const ALICE: SignOptions = { sdkAppId: SDK_APP_ID, userId: 'alice', key: HMAC_KEY, now: ISSUED_AT }

test('writes the documents of the vectors, byte for byte', () => {
  expect(unpack(sign(ALICE))).toBe(unpack(V2_VECTORS[0]!.ticket))
  const bob = { ...ALICE, userId: 'bob+1/x@ex_am-ple', expire: 86400 }
  expect(unpack(sign(bob))).toBe(unpack(V2_VECTORS[7]!.ticket))
  for (const vector of V2_VECTORS.slice(9)) {
    const userbuf = Buffer.from(vector.userbufHex!, 'hex')
    expect(unpack(sign({ ...ALICE, expire: 300, userbuf }))).toBe(unpack(vector.ticket))
  }
})

test('uses only the alphabet of tickets, and is about as short as a vendor ticket', () => {
  const ticket = sign(ALICE)
  expect(ticket).toMatch(/^[A-Za-z0-9*-]+_{0,2}$/)
  expect(ticket.length).toBeLessThan(V2_VECTORS[0]!.ticket.length * 1.05)
})

test('lasts 180 days from now when nothing else is said', () => {
  const before = Math.floor(Date.now() / 1000)
  const said = decode(sign({ sdkAppId: SDK_APP_ID, userId: 'alice', key: HMAC_KEY }))
  if (!said.ok) throw new Error(said.detail)
  expect(said.expire).toBe(15552000)
  expect(said.time).toBeWithin(before, Math.floor(Date.now() / 1000) + 1)
})

test('a prepared key gives the same ticket as its text', () => {
  expect(sign({ ...ALICE, key: prepareKey(HMAC_KEY) })).toBe(sign(ALICE))
})

test('refuses what no verifier would accept, and says what to give instead', () => {
  const refusal = (options: object) => () => sign({ ...ALICE, ...options })
  for (const sdkAppId of [0, -1, 1.5, 2 ** 32, Number.NaN, '1400000001']) {
    expect(refusal({ sdkAppId })).toThrow('sdkAppId must be a whole number from 1 to 4294967295')
  }
  for (const userId of ['', 'a\nb', 'x'.repeat(33), '\ud800']) {
    expect(refusal({ userId })).toThrow('userId is not usable')
  }
  expect(refusal({ userId: 10001 })).toThrow('userId must be a string')
  for (const expire of [0, -1, 86400.5, '86400', Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER]) {
    expect(refusal({ expire })).toThrow('expire must be a lifetime in whole seconds')
  }
  for (const now of [Date.now(), -1, 1.5]) expect(refusal({ now })).toThrow('now must be whole Unix seconds')
  expect(refusal({ key: '' })).toThrow('The key is empty')
  expect(refusal({ key: 12 })).toThrow('key must be the text')
  expect(refusal({ userbuf: 'text' })).toThrow('userbuf must be a Uint8Array')
  const noise = createHash('shake256', { outputLength: 7000 }).update('noise').digest()
  expect(refusal({ userbuf: noise })).toThrow('Use a shorter userbuf')
})

test('no refusal shows the key', () => {
  expect.assertions(1)
  try {
    sign({ ...ALICE, expire: -1 })
  } catch (error) {
    expect(String(error)).not.toContain(HMAC_KEY.slice(0, 8))
  }
})
