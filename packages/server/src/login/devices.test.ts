import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Settings } from '@rookery/protocol/limits'
import type { KickType } from '@rookery/protocol/wire'
import { type Device, startTestServer, TEST_APP, type TestServer } from '../testing/test-server.ts'
import type { Platform } from './multi-device.ts'

let server: TestServer
let users = 0

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

/** Own settings for the app, as an operator would set them. */
async function setApp(settings: Partial<Settings>): Promise<void> {
  await server.halt()
  await server.sql('update app set settings = ?', JSON.stringify(settings))
  await server.start()
}

/** A user of this test only. */
const newUser = () => `user-${++users}`

function sessionOf({ login }: Device) {
  return { id: login.SessionId, generation: login.Generation, token: login.SessionToken }
}

async function comeBack(user: string, device: Device) {
  const socket = await server.socket()
  return socket.call('session/login', {
    sdkappid: TEST_APP,
    identifier: user,
    usersig: server.userSig(user),
    platform: 'Web',
    session: sessionOf(device),
  })
}

const ONE_EACH = { 'login.webInstances': 1, 'login.devicesPerPlatform': 1 } as const

/** Logged in one after the other; the last one's login decides who goes. */
const POLICIES: readonly (readonly [
  Settings['login.policy'],
  readonly Platform[],
  readonly (KickType | 'stays')[],
])[] = [
  ['single', ['Web', 'Windows'], ['multipleDevice', 'stays']],
  ['dual', ['Web', 'iPhone', 'Android'], ['stays', 'multipleDevice', 'stays']],
  ['dual', ['Web', 'Web'], ['multipleAccount', 'stays']],
  ['triple', ['Web', 'iPad', 'Mac'], ['stays', 'stays', 'stays']],
  ['triple', ['iPad', 'Mac', 'Linux'], ['stays', 'multipleDevice', 'stays']],
  ['multi', ['Web', 'iPad', 'Mac', 'Linux', 'Android'], ['stays', 'stays', 'stays', 'stays', 'stays']],
]

for (const [policy, platforms, outcomes] of POLICIES)
  test(`under the ${policy} policy, ${platforms.join(' then ')}: ${outcomes.join(', ')}`, async () => {
    await setApp({ ...ONE_EACH, 'login.policy': policy })
    const user = newUser()
    const devices: Device[] = []
    for (const platform of platforms) devices.push(await server.connect(user, { platform }))
    for (const [index, outcome] of outcomes.entries()) {
      const device = devices[index]
      if (!device) throw new Error('more outcomes than devices')
      if (outcome === 'stays') {
        await device.ok('session/ping')
        expect(device.events).toEqual([])
        continue
      }
      const kicked = await device.event('kicked')
      expect(kicked).toMatchObject({ Type: outcome, Info: expect.stringContaining(platforms.at(-1) ?? '') })
      expect((await device.closed).code).toBe(4500)
      expect(await comeBack(user, device)).toMatchObject({
        ErrorCode: 70221,
        ErrorDetail: { check: 'session-ended', ended: outcome },
      })
    }
    for (const device of devices) device.close()
  })

test('with three Web instances the fourth ends the earliest', async () => {
  await setApp({ ...ONE_EACH, 'login.webInstances': 3 })
  const user = newUser()
  const pages: Device[] = []
  for (let i = 0; i < 4; i++) pages.push(await server.connect(user))
  expect((await pages[0]?.event('kicked'))?.Type).toBe('multipleAccount')
  for (const page of pages.slice(1)) await page.ok('session/ping')
  for (const page of pages) page.close()
})

test('a page that reconnects kicks nobody, keeps its place in the order, and is not the one that goes next', async () => {
  await setApp({ ...ONE_EACH, 'login.webInstances': 2 })
  const user = newUser()
  const [first, second] = [await server.connect(user), await server.connect(user)]
  const firstBack = await server.connect(user, { session: sessionOf(first) })
  expect(firstBack.login.Resumed).toBe(1)
  await second.ok('session/ping')
  const third = await server.connect(user)
  expect((await firstBack.event('kicked')).Type).toBe('multipleAccount')
  await second.ok('session/ping')
  expect(second.events).toEqual([])
  second.close()
  third.close()
})

test('a page whose session is forgotten comes back as a new one, but not in the place of another', async () => {
  await setApp(ONE_EACH)
  const user = newUser()
  const device = await server.connect(user)
  const session = { id: 'forgotten', generation: 3, token: 'whatever' }
  const socket = await server.socket()
  const login = { sdkappid: TEST_APP, identifier: user, usersig: server.userSig(user), session }
  expect(await socket.call('session/login', login)).toMatchObject({
    ErrorCode: 70221,
    ErrorDetail: { check: 'session-unknown', ended: 'multipleAccount' },
  })
  await device.ok('session/logout')
  await device.closed
  const answer = await socket.ok('session/login', login)
  expect(answer).toMatchObject({ Resumed: 0, Generation: 1 })
  expect(answer.SessionToken).not.toBe('whatever')
  socket.close()
})

test('a last login is one that the user made, to the minute; who comes back made none', async () => {
  await setApp(ONE_EACH)
  const user = newUser()
  const lastLogin = () =>
    server.running.services.store.read
      .selectFrom('account')
      .select('last_login')
      .where('user_id', '=', user)
      .executeTakeFirstOrThrow()
      .then(row => row.last_login)
  const setLastLogin = async (at: number) => {
    await server.halt()
    await server.sql('update account set last_login = ? where user_id = ?', at, user)
    await server.start()
  }
  const now = Math.floor(Date.now() / 1000)
  const device = await server.connect(user)
  expect(await lastLogin()).toBeGreaterThanOrEqual(now)
  await setLastLogin(5)
  const usersig = server.userSig(user, { now: now - 100 })
  const socket = await server.socket()
  const login = { sdkappid: TEST_APP, identifier: user, usersig, platform: 'Web' }
  await socket.ok('session/login', { ...login, session: sessionOf(device) })
  expect(await lastLogin()).toBe(5)
  const another = await server.socket()
  await another.ok('session/login', login)
  expect(await lastLogin()).toBeGreaterThanOrEqual(now)
  await setLastLogin(now - 20)
  await (await server.socket()).ok('session/login', login)
  expect(await lastLogin()).toBe(now - 20)
})

test('of ended sessions the twenty latest are kept, and none for longer than a week', async () => {
  await setApp(ONE_EACH)
  const user = newUser()
  const ended = () =>
    server.running.services.store.read
      .selectFrom('session')
      .innerJoin('account', join =>
        join
          .onRef('account.app_id', '=', 'session.app_id')
          .onRef('account.account_id', '=', 'session.account_id'),
      )
      .select(['session_id', 'seen'])
      .where('user_id', '=', user)
      .where('ended', '<>', '')
      .execute()
  for (let i = 0; i < 24; i++) {
    const page = await server.connect(user)
    page.close()
    await page.closed
    await server.connect(newUser())
  }
  expect(await ended()).toHaveLength(21)
  await server.halt()
  const week = 7 * 86_400
  await server.sql('update session set seen = seen - ? where ended <> ?', week + 10, '')
  await server.start()
  await server.connect(user)
  expect(await ended()).toHaveLength(1)
})

test('a page that is loaded again and again, each time as a new login, is never slowed down', async () => {
  await setApp({ ...ONE_EACH, 'login.evictionsPerMinute': 2 })
  const user = newUser()
  for (let i = 0; i < 10; i++) {
    const page = await server.connect(user)
    page.close()
    await page.closed
    // The server stores the lost connection; a batch that is stored after it shows that.
    await server.connect(newUser())
  }
})

test('two devices that kick each other in turn are slowed down; the one that is on stays on', async () => {
  await setApp({ ...ONE_EACH, 'login.evictionsPerMinute': 4 })
  const user = newUser()
  let present = await server.connect(user)
  for (let i = 0; i < 4; i++) present = await server.connect(user)
  const socket = await server.socket()
  const login = { sdkappid: TEST_APP, identifier: user, usersig: server.userSig(user) }
  const refused = await socket.call('session/login', login)
  expect(refused).toMatchObject({ ErrorCode: 70114, ErrorDetail: { check: 'evictions', evictions: 4 } })
  const wait = refused.ErrorDetail?.retryAfterMs ?? 0
  expect(wait).toBeGreaterThan(50_000)
  expect(wait).toBeLessThanOrEqual(60_000)
  await present.ok('session/ping')
  const back = await server.connect(user, { session: sessionOf(present) })
  expect(back.login.Resumed).toBe(1)
  // A login that evicts nobody is no part of the quarrel.
  await back.ok('session/logout')
  await back.closed
  await socket.ok('session/login', login)
  socket.close()
})
