import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  type Attempt,
  claimOf,
  type Failing,
  packed,
  seedAttempts,
  ticketFailures,
} from '../../testing/failing-logins.ts'
import { startTestServer, TEST_APP, type TestServer } from '../../testing/test-server.ts'

const GOOD_PAGE = 'https://app.example.org'

interface BadLogin extends Attempt {
  readonly origin?: string
  readonly body?: object
}

interface FailingLogin extends Failing {
  readonly attempt: BadLogin
}

/** In the order in which they are made (DESIGN-SECURITY 1). */
const CHECKS: readonly FailingLogin[] = ticketFailures(70020).flatMap((failing): FailingLogin[] =>
  failing.check === 'account-enabled'
    ? [{ check: 'origin', code: 70114, attempt: { origin: 'https://elsewhere.example' } }, failing]
    : [failing],
)

let server: TestServer

beforeAll(async () => {
  server = await startTestServer(
    { settings: { 'usersig.failuresPerMinute': 10_000, 'session.failedLoginsMax': 100 } },
    async prepared => {
      await seedAttempts(prepared)
      await prepared.sql('update app set allowed_origins = ?', JSON.stringify([GOOD_PAGE]))
    },
  )
})

afterAll(() => server.stop())

async function login(attempt: BadLogin) {
  const socket = await server.socket({ origin: attempt.origin ?? GOOD_PAGE })
  const answer = await socket.call('session/login', { ...claimOf(server, attempt), ...attempt.body })
  socket.close()
  return answer
}

test('a login with nothing wrong gets a session', async () => {
  const now = Math.floor(Date.now() / 1000)
  const answer = await login({})
  expect(answer).toMatchObject({
    ActionStatus: 'OK',
    ErrorCode: 0,
    SessionId: expect.stringMatching(/^[\w-]{16}$/),
    SessionToken: expect.stringMatching(/^[\w-]{24}$/),
    Generation: 1,
    Resumed: 0,
    SilenceLimit: 60,
    MaxFrameBytes: 65_536,
    LogNo: 0,
  })
  expect(Number(answer.ExpiresAt) - now).toBeGreaterThanOrEqual(3599)
  expect(Math.abs(Number(answer.ServerTimeMs) - Date.now())).toBeLessThan(5000)
})

for (const { check, code, attempt } of CHECKS)
  test(`a login that fails at ${check} gives ${code} and names the check`, async () => {
    expect(await login(attempt)).toMatchObject({
      ActionStatus: 'FAIL',
      ErrorCode: code,
      ErrorDetail: { check },
    })
  })

for (const [place, first] of CHECKS.slice(0, -1).entries())
  test(`a login that also fails a later check still gives ${first.code} (${first.check})`, async () => {
    for (const second of CHECKS.slice(place + 1)) {
      const { ErrorCode } = await login({ ...second.attempt, ...first.attempt })
      expect({ second: second.check, ErrorCode }).toEqual({ second: second.check, ErrorCode: first.code })
    }
  })

const FORMS: readonly (readonly [string, object, number])[] = [
  ['no sdkappid', { sdkappid: undefined }, 70020],
  ['an sdkappid that is no number', { sdkappid: 'x' }, 70020],
  ['an sdkappid of 0', { sdkappid: 0 }, 70020],
  ['an sdkappid beyond 32 bits', { sdkappid: 2 ** 32 }, 70020],
  ['no identifier', { identifier: undefined }, 60004],
  ['an empty identifier', { identifier: '' }, 60004],
  ['an identifier that is no text', { identifier: 7 }, 60004],
  ['no usersig', { usersig: undefined }, 70002],
  ['a usersig that is no text', { usersig: {} }, 70002],
  ['a usersig of 9,000 characters', { usersig: 'A'.repeat(9000) }, 70003],
  ['a ticket whose document is no object', { usersig: packed([1]) }, 70005],
  ['an unknown platform', { platform: 'Amiga' }, 70402],
  ['a session without its token', { session: { id: 'x', generation: 1 } }, 70402],
  ['a session that is a list', { session: [] }, 70402],
]

for (const [what, body, code] of FORMS)
  test(`a login with ${what} gives ${code}`, async () => {
    expect(await login({ body })).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: code })
  })

test('a login may write its app number as text, and null for what it leaves out', async () => {
  expect(
    await login({ body: { sdkappid: String(TEST_APP), platform: null, session: null, instance: null } }),
  ).toMatchObject({ ErrorCode: 0 })
})

test('the first login of an unknown UserID registers it, until the app has its accounts', async () => {
  await using small = await startTestServer({ settings: { 'account.max': 4 } })
  const first = await small.connect('carol')
  const second = await small.connect('carol')
  expect(second.login.TinyID).toBe(first.login.TinyID)
  const refused = await small.socket()
  expect(
    await refused.call('session/login', {
      sdkappid: TEST_APP,
      identifier: 'dave',
      usersig: small.userSig('dave'),
    }),
  ).toMatchObject({ ErrorCode: 70398 })
  expect((await small.connect('alice')).login.Resumed).toBe(0)
})

test("programs without an origin pass an app's list of origins; the list ignores upper and lower case", async () => {
  const plain = await server.socket()
  expect(await plain.call('session/login', claimOf(server, {}))).toMatchObject({ ErrorCode: 0 })
  expect(await login({ origin: 'HTTPS://App.Example.org' })).toMatchObject({ ErrorCode: 0 })
  expect(await login({ origin: 'null' })).toMatchObject({
    ErrorCode: 70114,
    ErrorDetail: { check: 'origin' },
  })
  expect(await login({ origin: 'https://app.example.org.evil.example' })).toMatchObject({ ErrorCode: 70114 })
})
