import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
})

afterAll(() => server.stop())

const now = () => Math.floor(Date.now() / 1000)

test('a good UserSig of the same user passes, and the session keeps its own end', async () => {
  const device = await server.connect('bob', { usersig: server.userSig('bob', { expire: 500 }) })
  const answer = await device.call('session/verify', { usersig: server.userSig('bob', { expire: 9_000 }) })
  expect(answer).toMatchObject({ ErrorCode: 0, ServerTimeMs: expect.any(Number) })
  const hello = await device.ok<{ ExpiresAt: number }>('session/hello', {
    Epoch: 'x',
    LogNo: 0,
    Heads: 0,
    Changes: 0,
  })
  expect(hello.ExpiresAt).toBe(device.login.ExpiresAt)
  device.close()
})

const BAD: readonly (readonly [string, () => unknown, number])[] = [
  ['no UserSig', () => undefined, 70002],
  ["another user's UserSig", () => server.userSig('alice'), 70013],
  ['an expired UserSig', () => server.userSig('bob', { now: now() - 100, expire: 10 }), 70001],
  ['a forged UserSig', () => server.userSig('bob', { key: '1'.repeat(64) }), 70009],
]

for (const [what, usersig, code] of BAD)
  test(`${what} is refused with ${code}, and the session lives on`, async () => {
    const device = await server.connect('bob')
    expect(await device.call('session/verify', { usersig: usersig() })).toMatchObject({ ErrorCode: code })
    await device.ok('session/ping')
    device.close()
  })

test('a UserSig that was signed before a kick is refused, on a session that came after it', async () => {
  const old = server.userSig('carol', { now: now() - 60 })
  const before = await server.connect('carol', { usersig: old })
  await server.ok('im_open_login_svc/kick', { UserID: 'carol' })
  expect((await before.closed).code).toBe(4500)
  const device = await server.connect('carol')
  expect(await device.call('session/verify', { usersig: old })).toMatchObject({ ErrorCode: 70052 })
  expect(await device.call('session/verify', { usersig: server.userSig('carol') })).toMatchObject({
    ErrorCode: 0,
  })
  device.close()
}, 10_000)
