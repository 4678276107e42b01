import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultSettings } from '@rookery/protocol/limits'
import pino from 'pino'
import { startTestServer, TEST_ADMIN, TEST_APP, type TestServer } from '../testing/test-server.ts'
import { askOperator, operatorSocketPath, startOperatorSocket } from './operator-socket.ts'
import { VERSION } from './version.ts'

let server: TestServer
let path: string
let operators: { stop(): Promise<void> }

const start = () =>
  startOperatorSocket({
    path,
    store: server.running.services.store,
    box: server.box,
    settings: defaultSettings(),
    log: pino({ level: 'silent' }),
  })

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
  path = operatorSocketPath(server.folder)
  // What a server leaves that was killed.
  writeFileSync(path, '')
  operators = await start()
})
afterAll(async () => {
  await operators.stop()
  expect(existsSync(path)).toBe(false)
  await server.stop()
})

async function operate(command: string, args: object): Promise<Record<string, unknown>> {
  const reply = await askOperator(path, { command, args, actor: 'cli:test', version: VERSION })
  if (!reply?.ok) throw new Error(`${command}: ${reply?.info ?? 'nobody answers'}`)
  return (reply.result ?? {}) as Record<string, unknown>
}

test('only the owner may open the socket, and a second server on it is refused', async () => {
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await expect(start()).rejects.toThrow('Another Rookery server answers')
  expect(await operate('app list', {})).toMatchObject([{ appId: TEST_APP }])
})

test('a kick and a block reach the devices at once', async () => {
  const bob = await server.connect('bob')
  await operate('user kick', { appId: TEST_APP, userId: 'bob' })
  expect((await bob.event('kicked')).Type).toBe('REST_API_Kick')
  const carol = await server.connect('carol')
  await operate('user block', { appId: TEST_APP, userId: 'carol' })
  expect((await carol.event('kicked')).Type).toBe('REST_API_Kick')
  const again = await server.socket()
  const login = { sdkappid: TEST_APP, identifier: 'carol', usersig: server.userSig('carol') }
  expect((await again.call('session/login', login)).ErrorCode).toBe(70051)
  await operate('user unblock', { appId: TEST_APP, userId: 'carol' })
  await again.ok('session/login', login)
  again.close()
})

test('a switched-off admin gets 60010, a scope and an address list hold, from the next call on', async () => {
  const admin = (args: object) => operate('admin set', { appId: TEST_APP, userId: TEST_ADMIN, ...args })
  const check = async () =>
    (await server.rest('im_open_login_svc/account_check', { CheckItem: [{ UserID: 'alice' }] })).ErrorCode
  await admin({ state: 'off' })
  expect(await check()).toBe(60010)
  await admin({ state: 'on', scopes: ['openim'] })
  expect(await check()).toBe(60010)
  await admin({ scopes: [], addresses: ['192.0.2.0/24'] })
  expect(await check()).toBe(60021)
  await admin({ addresses: [], maxTicketLifetime: '1m' })
  expect(await check()).toBe(60010)
  await admin({ maxTicketLifetime: '0' })
  expect(await check()).toBe(0)
})

test('a key that may not sign for admins is refused on REST and works for users', async () => {
  await operate('key set', { appId: TEST_APP, keyId: 'k1', admin: 'off' })
  expect((await server.rest('openim/query_online_status', { To_Account: ['alice'] })).ErrorCode).toBe(60010)
  ;(await server.connect('alice')).close()
  await operate('key set', { appId: TEST_APP, keyId: 'k1', admin: 'on' })
  await server.ok('openim/query_online_status', { To_Account: ['alice'] })
})

test('a rotation logs nobody out; a revocation ends the old key and its sessions at once', async () => {
  const oldDevice = await server.connect('alice')
  const rotated = await operate('key rotate', { appId: TEST_APP, acceptFor: '1h' })
  const newSig = server.userSig('bob', { key: String(rotated.secret) })
  const newDevice = await server.connect('bob', { usersig: newSig })
  const alsoOld = await server.connect('carol')
  expect(alsoOld.login.ExpiresAt).toBe((rotated.old as { acceptUntil: number }).acceptUntil)
  await oldDevice.ok('session/ping')

  await operate('key revoke', { appId: TEST_APP, keyId: 'k1' })
  for (const device of [oldDevice, alsoOld]) {
    expect((await device.event('kicked')).Type).toBe('userSigExpired')
    expect((await device.closed).code).toBe(4500)
  }
  await newDevice.ok('session/ping')
  newDevice.close()
  const answer = await server.rest('openim/query_online_status', { To_Account: ['alice'] })
  expect(answer.ErrorCode).toBe(70009)
})

test('a folder whose path is too long for a socket is refused with the way out', () => {
  const deep = join(server.folder, 'd'.repeat(60), 'e'.repeat(60))
  mkdirSync(deep, { recursive: true })
  expect(() => operatorSocketPath(deep)).toThrow('shorter data.folder')
})
