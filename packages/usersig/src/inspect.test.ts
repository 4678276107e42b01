import { expect, test } from 'bun:test'
import { CLOCK, HMAC_KEY, ISSUED_AT, SDK_APP_ID, V1_VECTORS, V2_VECTORS } from '../test/vectors.ts'
import { type InspectOptions, inspect } from './inspect.ts'
import { TICKET_CHECKS } from './ticket-checks.ts'
import { v1Verifier } from './v1/v1.ts'
import { verify } from './verify.ts'

const KEYS = [{ id: 'main', kind: 'hmac', key: HMAC_KEY }] as const
const FULL = { userId: 'alice', sdkAppId: SDK_APP_ID, keys: KEYS, now: CLOCK, app: 'known' } as const
const V1 = V2_VECTORS[0]!.ticket

const outcomes = (ticket: string, options?: InspectOptions) =>
  Object.fromEntries(
    inspect(ticket, options).checks.map(({ check, outcome, code }) => [check, code ?? outcome]),
  ) as Record<string, string | number>

test('a good ticket passes every check, in the order of the table', () => {
  const inspection = inspect(V1, FULL)
  expect(inspection.checks.map(({ check }) => check)).toEqual(TICKET_CHECKS.map(({ check }) => check))
  expect(inspection.checks.every(({ outcome }) => outcome === 'passed')).toBe(true)
  expect(inspection).toMatchObject({ ok: true, keyId: 'main', fields: { userId: 'alice', expire: 15552000 } })
  expect(inspection.code).toBeUndefined()
})

test('checks that nothing was given for are skipped, and the rest still runs', () => {
  const inspection = inspect(V1, { now: CLOCK })
  expect(inspection.ok).toBe(true)
  expect(outcomes(V1, { now: CLOCK })).toEqual({
    present: 'passed',
    encoding: 'passed',
    inflate: 'passed',
    content: 'passed',
    'app-known': 'skipped',
    'app-enabled': 'skipped',
    'user-id': 'skipped',
    'sdk-app-id': 'skipped',
    expiry: 'passed',
    clock: 'passed',
    key: 'skipped',
    signature: 'skipped',
  })
})

test('a ticket with several faults shows all of them, and the first is what a login answers', () => {
  const options = {
    ...FULL,
    userId: 'bob',
    sdkAppId: 5,
    now: 2_000_000_000,
    keys: [{ ...KEYS[0], key: 'another' }],
  }
  expect(outcomes(V1, options)).toMatchObject({
    'user-id': 70013,
    'sdk-app-id': 70014,
    expiry: 70001,
    clock: 'passed',
    key: 'passed',
    signature: 70009,
  })
  expect(inspect(V1, options).code).toBe(70013)
})

test('what the caller knows of the app stands between content and user', () => {
  expect(outcomes(V1, { ...FULL, app: 'unknown' })).toMatchObject({
    'app-known': 70020,
    'app-enabled': 'skipped',
  })
  expect(outcomes(V1, { ...FULL, app: 'disabled' })).toMatchObject({
    'app-known': 'passed',
    'app-enabled': 60016,
  })
  expect(inspect(V1, { ...FULL, app: 'unknown', userId: 'bob' }).code).toBe(70020)
})

test('a ticket that cannot be read shows how far it came', () => {
  const cut = inspect(V1.slice(0, 100), FULL)
  expect(outcomes(V1.slice(0, 100), FULL)).toMatchObject({
    present: 'passed',
    encoding: 'passed',
    inflate: 70004,
    content: 'skipped',
    signature: 'skipped',
  })
  expect(cut.fields).toBeUndefined()
  expect(outcomes('', FULL)).toMatchObject({ present: 70002, encoding: 'skipped' })
})

test('without a key of the generation, the key check fails and the signature is skipped', () => {
  expect(outcomes(V1, { ...FULL, keys: [] })).toMatchObject({ key: 70016, signature: 'skipped' })
  const { ticket, publicKeyPem } = V1_VECTORS[1]!
  const keys = [{ id: 'pem', kind: 'ecdsa', publicKeyPem }] as const
  expect(outcomes(ticket, { ...FULL, keys })).toMatchObject({ key: 70016 })
  expect(inspect(ticket, { ...FULL, keys, v1: v1Verifier })).toMatchObject({ ok: true, keyId: 'pem' })
})

test('the first failure is always what verify answers', () => {
  const tickets = ['', '%', 'AAAA', V1, V1.slice(0, 90), V2_VECTORS[7]!.ticket, V1_VECTORS[0]!.ticket]
  const times = [0, ISSUED_AT - 301, CLOCK, 2_000_000_000]
  for (const ticket of tickets) {
    for (const now of times) {
      for (const keys of [[], KEYS, [{ ...KEYS[0], key: 'other' }]]) {
        const result = verify(ticket, { ...FULL, keys, now })
        const inspection = inspect(ticket, { ...FULL, keys, now })
        expect(inspection.ok).toBe(result.ok)
        expect(inspection.code).toBe(result.ok ? undefined : result.code)
      }
    }
  }
})

test('no inspection shows a key or the signature', () => {
  for (const key of [HMAC_KEY, 'another key that is wrong']) {
    const shown = JSON.stringify(inspect(V1, { ...FULL, keys: [{ id: 'main', kind: 'hmac', key }] }))
    expect(shown).not.toContain(key)
    expect(shown).not.toContain('E0hPoIMB')
  }
})
