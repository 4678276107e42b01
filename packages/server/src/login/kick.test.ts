import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, TEST_ADMIN, TEST_APP, type TestServer } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer(
    { users: ['second-admin'], settings: { 'rate.rest.default': 0, 'usersig.failuresPerMinute': 10_000 } },
    async prepared => {
      await prepared.sql(
        `insert into app_admin (app_id, account_id, created, created_by) values (?, 2, 0, 'test')`,
        TEST_APP,
      )
    },
  )
})

afterAll(() => server.stop())

async function login(userId: string, usersig: string) {
  const socket = await server.socket()
  const answer = await socket.call('session/login', { sdkappid: TEST_APP, identifier: userId, usersig })
  return { socket, code: answer.ErrorCode }
}

/** One trial: what a kick at some moment of a second does to tickets signed before and after it by a clock this far ahead. */
async function trial(userId: string, startMs: number, aheadMs: number) {
  await Bun.sleep(startMs)
  const sign = () => server.userSig(userId, { now: Math.floor((Date.now() + aheadMs) / 1000) })
  const before = sign()
  const first = await login(userId, before)
  const kicked = await server.ok<{ ValidAfter: number }>('im_open_login_svc/kick', { UserID: userId })
  const after = sign()
  const [withOld, withNew] = [await login(userId, before), await login(userId, after)]
  const gone = await first.socket.closed
  withNew.socket.close()
  return { first: first.code, withOld: withOld.code, withNew: withNew.code, gone: gone.code, kicked }
}

const WANTED = { first: 0, withOld: 70052, withNew: 0, gone: 4500 }

test('a UserSig signed right after the answer of a kick logs in, one signed before does not, at 20 moments of a second', async () => {
  const trials = Array.from({ length: 20 }, (_, i) => trial(`user-${i}`, Math.random() * 1000, 0))
  for (const outcome of await Promise.all(trials)) expect(outcome).toMatchObject(WANTED)
}, 20_000)

test('so it is when the clock that signs is ahead of the server, by seconds and by parts of one', async () => {
  const trials = Array.from({ length: 20 }, (_, i) =>
    trial(`fast-${i}`, Math.random() * 1000, [250_000, 500, 999, 1500][i % 4] ?? 0),
  )
  for (const outcome of await Promise.all(trials)) expect(outcome).toMatchObject(WANTED)
}, 20_000)

test('the mark of a kick is at least the second of the kick and the newest ticket that was used', async () => {
  const now = Math.floor(Date.now() / 1000)
  await login('ahead', server.userSig('ahead', { now: now + 200 }))
  const kick = () =>
    server.ok<{ ValidAfter: number }>('im_open_login_svc/kick', { UserID: 'ahead', NoWait: 1 })
  expect((await kick()).ValidAfter).toBe(now + 200)
  expect((await kick()).ValidAfter).toBe(now + 200)
})

test('the devices are told and closed at once, while the answer of the kick waits for the second to end', async () => {
  const devices = await Promise.all([server.connect('victim'), server.connect('victim')])
  await Bun.sleep(1000 - (Date.now() % 1000))
  let answered = false
  const answer = server.ok('im_open_login_svc/kick', { UserID: 'victim' }).then(() => {
    answered = true
  })
  for (const device of devices) {
    expect(await device.event('kicked')).toMatchObject({ Type: 'REST_API_Kick' })
    expect(await device.closed).toEqual({ code: 4500, reason: 'REST_API_Kick' })
  }
  expect(answered).toBe(false)
  await answer
})

test('with NoWait the answer comes at once and names the second that a new UserSig must pass', async () => {
  await server.connect('hurried')
  const kicked = await server.ok<{ ValidAfter: number }>('im_open_login_svc/kick', {
    UserID: 'hurried',
    NoWait: 1,
  })
  const later = server.userSig('hurried', { now: kicked.ValidAfter + 1 })
  expect((await login('hurried', server.userSig('hurried', { now: kicked.ValidAfter }))).code).toBe(70052)
  expect((await login('hurried', later)).code).toBe(0)
})

test('a login that races with a kick never survives it', async () => {
  for (let round = 0; round < 10; round++) {
    const user = `racer-${round}`
    await server.ok('im_open_login_svc/account_import', { UserID: user })
    const usersig = server.userSig(user)
    const sockets = await Promise.all(Array.from({ length: 6 }, () => server.socket()))
    const body = { sdkappid: TEST_APP, identifier: user, usersig }
    const half = sockets.slice(0, 3).map(socket => socket.call('session/login', body))
    const kick = server.ok('im_open_login_svc/kick', { UserID: user, NoWait: 1 })
    const answers = await Promise.all([
      ...half,
      ...sockets.slice(3).map(socket => socket.call('session/login', body)),
    ])
    await kick
    for (const [index, { ErrorCode }] of answers.entries()) {
      expect([0, 70052]).toContain(ErrorCode)
      if (ErrorCode === 0) expect(await sockets[index]?.closed).toMatchObject({ code: 4500 })
      else sockets[index]?.close()
    }
    const { store } = server.running.services
    const alive = await store.read
      .selectFrom('session')
      .innerJoin('account', 'account.account_id', 'session.account_id')
      .select('session_id')
      .where('account.user_id', '=', user)
      .where('ended', '=', '')
      .execute()
    expect(alive).toEqual([])
  }
}, 20_000)

test('a reconnect with the session of a kicked device is told the kick, also with a new UserSig', async () => {
  const device = await server.connect('returner')
  await server.ok('im_open_login_svc/kick', { UserID: 'returner' })
  const { SessionId: id, Generation: generation, SessionToken: token } = device.login
  const socket = await server.socket()
  const session = { id, generation, token }
  const body = { sdkappid: TEST_APP, identifier: 'returner', usersig: server.userSig('returner') }
  expect(await socket.call('session/login', { ...body, session })).toMatchObject({
    ErrorCode: 70221,
    ErrorDetail: { check: 'session-ended', ended: 'REST_API_Kick' },
  })
  await socket.ok('session/login', body)
  socket.close()
})

test('the REST calls of a kicked app admin are refused until a new ticket comes', async () => {
  const old = server.userSig('second-admin')
  const call = (usersig: string) =>
    server.restWith('im_open_login_svc/account_check', {
      query: { identifier: 'second-admin', usersig },
      body: { CheckItem: [{ UserID: TEST_ADMIN }] },
    })
  expect(await call(old)).toMatchObject({ ErrorCode: 0 })
  await server.ok('im_open_login_svc/kick', { UserID: 'second-admin' })
  expect(await call(old)).toMatchObject({ ErrorCode: 70052, ErrorDetail: { check: 'revoked' } })
  expect(await call(server.userSig('second-admin'))).toMatchObject({ ErrorCode: 0 })
})

test('a ticket that an app admin used over REST only counts for the mark too', async () => {
  const now = Math.floor(Date.now() / 1000)
  const ahead = server.userSig('second-admin', { now: now + 100 })
  expect(
    await server.restWith('im_open_login_svc/account_check', {
      query: { identifier: 'second-admin', usersig: ahead },
      body: { CheckItem: [{ UserID: TEST_ADMIN }] },
    }),
  ).toMatchObject({ ErrorCode: 0 })
  const kicked = await server.ok<{ ValidAfter: number }>('im_open_login_svc/kick', {
    UserID: 'second-admin',
    NoWait: 1,
  })
  expect(kicked.ValidAfter).toBeGreaterThanOrEqual(now + 100)
})

test('kicking an unknown account gives 70107', async () => {
  expect(await server.rest('im_open_login_svc/kick', { UserID: 'nobody' })).toMatchObject({
    ErrorCode: 70107,
  })
})
