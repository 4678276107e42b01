import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  type Attempt,
  claimOf,
  type Failing,
  seedAttempts,
  ticketFailures,
} from '../../testing/failing-logins.ts'
import {
  type RestAnswer,
  type RestCall,
  startTestServer,
  type TestServer,
} from '../../testing/test-server.ts'

/** What of a REST call may be bad beside the login itself. */
interface BadCall extends Attempt {
  readonly method?: string
  readonly command?: string
  readonly drop?: 'sdkappid' | 'identifier' | 'usersig'
  readonly sdkappid?: string
  readonly body?: unknown
}

interface FailingCall extends Failing {
  readonly attempt: BadCall
}

/** In the order in which the checks are made (login-usersig 3.3, DESIGN-SECURITY 1). */
const CHECKS: readonly FailingCall[] = [
  { check: 'method', code: 60002, attempt: { method: 'GET' } },
  { check: 'command', code: 60009, attempt: { command: 'openim/no_such_thing' } },
  { check: 'sdkappid', code: 60012, attempt: { drop: 'sdkappid' } },
  { check: 'sdkappid', code: 60006, attempt: { sdkappid: '14x' } },
  { check: 'identifier', code: 60004, attempt: { drop: 'identifier' } },
  { check: 'usersig', code: 60005, attempt: { drop: 'usersig' } },
  ...ticketFailures(60006),
  { check: 'admin', code: 60010, attempt: { plainUser: true } },
  { check: 'address', code: 60021, attempt: { barredAddress: true } },
  { check: 'body-size', code: 80002, attempt: { body: `{"UserID":"${'x'.repeat(20_000)}"}` } },
  { check: 'request', code: 70402, attempt: { body: {} } },
]

let server: TestServer

beforeAll(async () => {
  server = await startTestServer(
    { settings: { 'rest.bodyBytes': 16_384, 'usersig.failuresPerMinute': 10_000, 'rate.rest.default': 0 } },
    seedAttempts,
  )
})

afterAll(() => server.stop())

function call(attempt: BadCall): Promise<RestAnswer> {
  const claim = claimOf(server, attempt)
  const query: Record<string, string | undefined> = { ...claim, sdkappid: String(claim.sdkappid) }
  if (attempt.sdkappid !== undefined) query.sdkappid = attempt.sdkappid
  if (attempt.drop) query[attempt.drop] = undefined
  const rest: RestCall = {
    query,
    body: attempt.body ?? { UserID: 'alice', NoWait: 1 },
    ...(attempt.method && { method: attempt.method }),
  }
  return server.restWith(attempt.command ?? 'im_open_login_svc/kick', rest)
}

test('a call with nothing wrong is carried out', async () => {
  expect(await call({})).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0 })
})

for (const { check, code, attempt } of CHECKS)
  test(`a call that fails at ${check} gives ${code} with HTTP 200 and names the check`, async () => {
    const answer = await call(attempt)
    expect(answer).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: code })
    expect(answer.ErrorInfo).not.toBe('')
    if (code !== 70402) expect(answer.ErrorDetail).toMatchObject({ check })
  })

for (const [place, first] of CHECKS.slice(0, -1).entries())
  test(`a call that also fails a later check still gives ${first.code} (${first.check})`, async () => {
    for (const second of CHECKS.slice(place + 1)) {
      const { ErrorCode } = await call({ ...second.attempt, ...first.attempt })
      expect({ second: second.check, ErrorCode }).toEqual({ second: second.check, ErrorCode: first.code })
    }
  })

test('the clock check tells both clocks, the expiry check by how much it ended', async () => {
  const ahead = await call({ issued: 4000 })
  const detail = ahead.ErrorDetail as { issuedAt: number; serverTime: number }
  expect(detail.issuedAt - detail.serverTime).toBeGreaterThanOrEqual(3999)
  expect(await call({ issued: -100, lifetime: 60 })).toMatchObject({
    ErrorDetail: { check: 'expiry', expiresAt: expect.any(Number), serverTime: expect.any(Number) },
  })
})

test('an app admin that is switched off, or may not call this service, is no admin for it', async () => {
  await server.halt()
  await server.sql(`update app_admin set scopes = '["openim"]' where created_by = 'test' and account_id = 1`)
  await server.start()
  expect(await call({})).toMatchObject({ ErrorCode: 60010, ErrorDetail: { check: 'admin-scope' } })
  expect(await server.rest('openim/sendmsg', {})).toMatchObject({ ErrorDetail: { check: 'request' } })
  await server.halt()
  await server.sql(`update app_admin set scopes = '[]', disabled = 1 where account_id = 1`)
  await server.start()
  expect(await call({})).toMatchObject({ ErrorCode: 60010, ErrorDetail: { check: 'admin' } })
  await server.halt()
  await server.sql('update app_admin set disabled = 0, max_ticket_lifetime = 600 where account_id = 1')
  await server.start()
  expect(await call({ lifetime: 601 })).toMatchObject({ ErrorDetail: { check: 'admin-lifetime' } })
  expect(await call({ lifetime: 600 })).toMatchObject({ ErrorCode: 0 })
  await server.halt()
  await server.sql('update app_key set may_mint_admin = 0')
  await server.start()
  expect(await call({ lifetime: 600 })).toMatchObject({
    ErrorCode: 60010,
    ErrorDetail: { check: 'admin-key' },
  })
})
