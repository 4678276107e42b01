import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Device, startTestServer, TEST_APP, type TestServer } from '../../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'] })
})

afterAll(() => server.stop())

const now = () => Math.floor(Date.now() / 1000)

function sessionOf({ login }: Device) {
  return { id: login.SessionId, generation: login.Generation, token: login.SessionToken }
}

test('a session whose UserSig nears its end is told so, and ends with userSigExpired when nothing comes', async () => {
  const device = await server.connect('alice', { usersig: server.userSig('alice', { expire: 3 }) })
  const end = device.login.ExpiresAt
  const warning = await device.event('expiring')
  expect(warning).toMatchObject({ ExpiresAt: end, SpreadSeconds: 1 })
  expect(now()).toBeLessThanOrEqual(end)
  await device.ok('session/ping')
  expect(await device.event('kicked')).toMatchObject({ Type: 'userSigExpired', Info: expect.any(String) })
  expect(now()).toBeGreaterThan(end)
  expect((await device.closed).code).toBe(4500)
  expect(await reconnect(device)).toMatchObject({
    ErrorCode: 70221,
    ErrorDetail: { check: 'session-ended', ended: 'userSigExpired' },
  })
}, 10_000)

test('a renewal in place moves the end, answers the new one, and the session goes on past the old', async () => {
  const device = await server.connect('bob', { usersig: server.userSig('bob', { expire: 2 }) })
  const first = device.login.ExpiresAt
  const renewed = await device.ok<{ ExpiresAt: number; ServerTimeMs: number }>('session/renew', {
    usersig: server.userSig('bob', { expire: 4 }),
  })
  expect(renewed.ExpiresAt).toBeGreaterThanOrEqual(first + 2)
  const warning = await device.event('expiring')
  expect(warning.ExpiresAt).toBe(renewed.ExpiresAt)
  expect(now()).toBeGreaterThan(first)
  await device.ok('session/renew', { usersig: server.userSig('bob') })
  device.close()
}, 10_000)

const BAD_RENEWALS: readonly (readonly [string, () => unknown, number])[] = [
  ['no UserSig', () => undefined, 70002],
  ['an empty UserSig', () => '', 70002],
  ["another user's UserSig", () => server.userSig('alice'), 70013],
  ['an expired UserSig', () => server.userSig('bob', { now: now() - 100, expire: 10 }), 70001],
  ['a forged UserSig', () => server.userSig('bob', { key: '1'.repeat(64) }), 70009],
]

for (const [what, usersig, code] of BAD_RENEWALS)
  test(`a renewal with ${what} gives ${code} and the session lives on as it was`, async () => {
    const device = await server.connect('bob')
    expect(await device.call('session/renew', { usersig: usersig() })).toMatchObject({ ErrorCode: code })
    expect(await device.ok('session/hello', { Epoch: 'x', LogNo: 0, Heads: 0, Changes: 0 })).toMatchObject({
      ExpiresAt: device.login.ExpiresAt,
    })
    device.close()
  })

for (const [what, usersig, code] of BAD_RENEWALS)
  test(`another tab that verifies with ${what} gets ${code}, and the session lives on`, async () => {
    const device = await server.connect('bob')
    expect(await device.call('session/verify', { usersig: usersig() })).toMatchObject({ ErrorCode: code })
    await device.ok('session/ping')
    device.close()
  })

test('another tab may verify its own good UserSig; the end of the session stays what it was', async () => {
  const device = await server.connect('bob', { usersig: server.userSig('bob', { expire: 1000 }) })
  await device.ok('session/verify', { usersig: server.userSig('bob', { expire: 5000 }) })
  expect(await device.ok('session/hello', { Epoch: 'x', LogNo: 0, Heads: 0, Changes: 0 })).toMatchObject({
    ExpiresAt: device.login.ExpiresAt,
  })
  device.close()
})

test('too many bad renewals give 70050, a good one still works', async () => {
  await using strict = await startTestServer({ settings: { 'usersig.failuresPerMinute': 2 } })
  const device = await strict.connect('alice')
  const codes: number[] = []
  for (let i = 0; i < 3; i++) codes.push((await device.call('session/renew', { usersig: 'x' })).ErrorCode)
  expect(codes).toEqual([70003, 70003, 70050])
  await device.ok('session/renew', { usersig: strict.userSig('alice') })
})

function reconnect(device: Device, session: object = sessionOf(device), userId = userOf(device)) {
  return server.socket().then(socket =>
    socket.call('session/login', {
      sdkappid: TEST_APP,
      identifier: userId,
      usersig: server.userSig(userId),
      session,
    }),
  )
}

const users = new WeakMap<Device, string>()
const userOf = (device: Device) => users.get(device) ?? 'alice'

async function connect(userId: string, login: object = {}): Promise<Device> {
  const device = await server.connect(userId, login)
  users.set(device, userId)
  return device
}

test('a device that comes back continues its session: same id, next generation, and the old socket goes', async () => {
  const old = await connect('carol')
  const back = await connect('carol', { session: sessionOf(old) })
  expect(back.login).toMatchObject({
    SessionId: old.login.SessionId,
    SessionToken: old.login.SessionToken,
    Generation: 2,
    Resumed: 1,
  })
  expect(await old.closed).toMatchObject({ code: 4001 })
  expect(old.events).toEqual([])
  await back.ok('session/ping')
  expect(await reconnect(old)).toMatchObject({
    ErrorCode: 70221,
    ErrorDetail: { check: 'session-generation', generation: 2 },
  })
  await back.ok('session/ping')
  back.close()
})

test('many sockets that continue one session at once leave exactly one, the newest', async () => {
  const first = await connect('dave')
  const session = { ...sessionOf(first), generation: 100 }
  const racing = await Promise.all(Array.from({ length: 8 }, () => connect('dave', { session })))
  const byGeneration = racing.toSorted((a, b) => b.login.Generation - a.login.Generation)
  expect(new Set(byGeneration.map(({ login }) => login.Generation)).size).toBe(8)
  const [newest, ...others] = byGeneration
  for (const other of others) expect((await other.closed).code).toBe(4001)
  await newest?.ok('session/ping')
  newest?.close()
})

test('a session id without its token does not take a session over', async () => {
  const device = await connect('erin')
  const stolen = { ...sessionOf(device), token: 'x'.repeat(24) }
  expect(await reconnect(device, stolen)).toMatchObject({
    ErrorCode: 70221,
    ErrorDetail: { check: 'session' },
  })
  expect(await reconnect(device, sessionOf(device), 'frank')).toMatchObject({ ErrorCode: 0, Resumed: 0 })
  await device.ok('session/ping')
  device.close()
})

test('a lost device comes back after a restart of the server as the same session', async () => {
  const device = await connect('frank')
  await server.halt()
  expect((await device.closed).code).toBe(4000)
  await server.start()
  const back = await connect('frank', { session: sessionOf(device) })
  expect(back.login).toMatchObject({ SessionId: device.login.SessionId, Generation: 2, Resumed: 1 })
  back.close()
})

test('a stop tells the clients to move away, spread out, and closes with 4000 those that stay', async () => {
  await using stopping = await startTestServer({ server: { drainSeconds: 1 } })
  const [stays, leaves] = [await stopping.connect('alice'), await stopping.connect('bob')]
  const stopped = stopping.halt()
  expect(await stays.event('drain')).toEqual({ ev: 'drain', ReconnectWithinMs: 1000 })
  await leaves.event('drain')
  leaves.close()
  expect((await stays.closed).code).toBe(4000)
  await stopped
})
