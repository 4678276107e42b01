import { afterEach, beforeEach, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { defaultSettings } from '@rookery/protocol/limits'
import { openSession } from '../login/open-session.ts'
import { failureOf, openTestStore, type TestStore } from '../testing/test-store.ts'
import { SWITCH_GRACE_SECONDS } from './app.ts'
import { ACCEPTED_KEYS_MAX, addKey, revokeKey, rotateKey, setKeyMayMintAdmin } from './change-keys.ts'
import { createApp } from './create-app.ts'
import { listKeys } from './list-keys.ts'

const APP = 1400000001
const actor = 'cli:test'
let at: TestStore
let first: string
let devices = 0

beforeEach(async () => {
  at = await openTestStore()
  first = (await createApp(at.store, at.box, { name: 'x', appId: APP, actor, settings: defaultSettings() }))
    .keyId
})
afterEach(() => at.close())

const now = () => Math.floor(Date.now() / 1000)
const base = { app: APP, actor }

function login(keyId: string, over: { issued?: number; ticketEnd?: number } = {}) {
  const issued = over.issued ?? now()
  devices++
  return at.store.mutate(openSession, {
    ticket: { app: APP, userId: `u${devices}`, keyId, issued, ticketEnd: over.ticketEnd ?? issued + 1000 },
    platform: 'Web',
    instance: 1,
    rules: { policy: 'multi', webInstances: 5, devicesPerPlatform: 1 },
    quota: 0,
    newSession: { id: `s${devices}`, tokenHash: 'h' },
  })
}

test('a rotation makes a new current key and accepts the old one until the latest ticket seen under it', async () => {
  const { ticketEnd } = { ticketEnd: now() + 86_400 }
  await login(first, { ticketEnd })
  const rotated = await rotateKey(at.store, at.box, base)
  expect(rotated.old).toEqual({ keyId: first, acceptUntil: ticketEnd })
  expect(rotated.secret).toMatch(/^[0-9a-f]{64}$/)
  const keys = (await at.apps.get(APP))?.keys.map(key => [key.id, key.state, key.acceptUntil])
  expect(keys?.sort()).toEqual(
    [
      [first, 'accepted', ticketEnd],
      [rotated.keyId, 'current', null],
    ].sort() as typeof keys,
  )
  await login(first)
  await login(rotated.keyId)
})

test('a key under which no ticket was seen is accepted for the grace in which app servers switch', async () => {
  const { old } = await rotateKey(at.store, at.box, base)
  expect(old?.acceptUntil).toBeGreaterThanOrEqual(now() + SWITCH_GRACE_SECONDS - 2)
})

test('tickets that the old key signs more than 300 s after the rotation are refused with 70009', async () => {
  await rotateKey(at.store, at.box, { ...base, acceptUntil: now() + 86_400 })
  await login(first, { issued: now() + 299 })
  expect((await failureOf(login(first, { issued: now() + 302 }))).code).toBe(70009)
})

test('sessions and their sockets learn the end that a rotation gives them', async () => {
  await login(first, { ticketEnd: now() + 86_400 })
  const acceptUntil = now() + 3600
  await rotateKey(at.store, at.box, { ...base, acceptUntil })
  expect(at.changes).toContainEqual({ kind: 'expiry', app: APP, key: first, at: acceptUntil })
  const session = await at.store.read.selectFrom('session').select('expires').executeTakeFirstOrThrow()
  expect(session.expires).toBe(acceptUntil)
})

test('an old key cannot be accepted until the past', async () => {
  const failure = await failureOf(rotateKey(at.store, at.box, { ...base, acceptUntil: now() - 5 }))
  expect(failure.code).toBe(70402)
})

test('revoking ends the key and its sessions at once, erases the secret, and spares other keys', async () => {
  const other = await rotateKey(at.store, at.box, base)
  await login(first)
  const survivor = await login(other.keyId)
  expect(await at.store.mutate(revokeKey, { ...base, keyId: first })).toEqual({
    endedSessions: 1,
    currentLeft: true,
  })
  const end = at.changes.find(change => change.kind === 'end')
  expect(end).toMatchObject({ app: APP, type: 'userSigExpired', sessions: [`s${devices - 1}`] })
  expect((await failureOf(login(first))).code).toBe(70009)
  const sessions = await at.store.read.selectFrom('session').select(['session_id', 'ended']).execute()
  expect(sessions).toContainEqual({ session_id: survivor.sessionId, ended: '' })
  const row = await at.store.read
    .selectFrom('app_key')
    .selectAll()
    .where('key_id', '=', first)
    .executeTakeFirst()
  expect(row?.material).toBe('')
  expect((await at.apps.get(APP))?.ticketKeys.map(key => key.id)).toEqual([other.keyId])
  expect((await failureOf(at.store.mutate(revokeKey, { ...base, keyId: first }))).message).toContain(
    'revoked already',
  )
})

test('revoking the only current key says that none is left, and the next rotation makes one', async () => {
  expect(await at.store.mutate(revokeKey, { ...base, keyId: first })).toEqual({
    endedSessions: 0,
    currentLeft: false,
  })
  const rotated = await rotateKey(at.store, at.box, base)
  expect(rotated.old).toBeUndefined()
  await login(rotated.keyId)
})

test('at most five older keys are accepted; one must be revoked before the next rotation', async () => {
  for (let n = 0; n < ACCEPTED_KEYS_MAX; n++) await rotateKey(at.store, at.box, base)
  const failure = await failureOf(rotateKey(at.store, at.box, base))
  expect(failure.message).toContain(first)
  expect((await failureOf(addKey(at.store, at.box, base))).code).toBe(70402)
  await at.store.mutate(revokeKey, { ...base, keyId: first })
  await rotateKey(at.store, at.box, base)
})

test('an imported secret verifies beside the current key and is not shown', async () => {
  const secret = 'a-secret-of-another-installation-0123456789'
  const added = await addKey(at.store, at.box, { ...base, material: { kind: 'hmac', secret } })
  expect(added).toEqual({ keyId: added.keyId, state: 'accepted' })
  const key = (await at.apps.get(APP))?.keys.find(candidate => candidate.id === added.keyId)
  expect(key).toMatchObject({ material: secret, acceptUntil: null })
  await login(added.keyId)
})

test.each([
  ['too short', 'x'.repeat(31)],
  ['with a blank', `${'x'.repeat(32)} y`],
  ['with a line feed', `${'x'.repeat(32)}\ny`],
  ['a PEM block', `-----BEGIN PUBLIC KEY-----${'x'.repeat(32)}`],
  ['too long', 'x'.repeat(1025)],
])('a secret that is %s is refused without being repeated', async (_, secret) => {
  const failure = await failureOf(addKey(at.store, at.box, { ...base, material: { kind: 'hmac', secret } }))
  expect(failure.code).toBe(70402)
  expect(failure.message).not.toContain('xxxx')
})

test('a P-256 public key is registered for v1 tickets; other keys are refused', async () => {
  const pem = (namedCurve: string) =>
    generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const good = pem('prime256v1')
  const added = await addKey(at.store, at.box, { ...base, material: { kind: 'ecdsa', publicKeyPem: good } })
  expect(added.state).toBe('current')
  expect((await at.apps.get(APP))?.ticketKeys).toContainEqual({
    id: added.keyId,
    kind: 'ecdsa',
    publicKeyPem: good.trim(),
  })
  for (const publicKeyPem of ['', 'no key', pem('secp384r1')])
    expect(
      (await failureOf(addKey(at.store, at.box, { ...base, material: { kind: 'ecdsa', publicKeyPem } })))
        .code,
    ).toBe(70402)
})

test('the list shows sessions per key and never a secret', async () => {
  await login(first)
  await at.store.mutate(setKeyMayMintAdmin, { ...base, keyId: first, allowed: false })
  const [key, ...others] = await listKeys(at.store, APP)
  expect(others).toEqual([])
  expect(key).toMatchObject({
    keyId: first,
    state: 'current',
    sessions: 1,
    connected: 1,
    mayMintAdmin: false,
  })
  expect(key).not.toHaveProperty('material')
  expect(key?.lastUsed).toBeGreaterThan(now() - 10)
})

test('a key id that the app does not have is refused', async () => {
  expect((await failureOf(at.store.mutate(revokeKey, { ...base, keyId: 'k-x' }))).code).toBe(70402)
  const set = at.store.mutate(setKeyMayMintAdmin, { ...base, keyId: 'k-x', allowed: true })
  expect((await failureOf(set)).code).toBe(70402)
  expect((await failureOf(rotateKey(at.store, at.box, { app: 5, actor }))).code).toBe(70020)
})
