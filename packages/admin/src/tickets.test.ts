import { afterAll, beforeAll, expect, setSystemTime, test } from 'bun:test'
import { startTestServer, TEST_ADMIN, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { decode } from '@rookery/usersig'
import { type AdminError, createAdmin, TransportError } from './admin.ts'
import { FlakyProxy } from './testing/flaky-proxy.ts'

let server: TestServer
let proxy: FlakyProxy

beforeAll(async () => {
  server = await startTestServer()
  proxy = await FlakyProxy.start(server.url)
})

afterAll(async () => {
  await proxy.stop()
  await server.stop()
})

const common = () => ({ host: proxy.url, sdkAppId: TEST_APP })
const check = { CheckItem: [{ UserID: 'alice' }] }

const tickets = () => proxy.seen.map(({ authorization }) => authorization.replace(/^UserSig /, ''))

function issuedAt(ticket: string | undefined): number {
  const said = decode(ticket ?? '')
  if (!said.ok) throw new Error(`Not a UserSig: ${said.detail}`)
  return said.time
}

const refusal = (ErrorCode: number, ErrorDetail?: object) => ({
  answer: { ActionStatus: 'FAIL', ErrorCode, ErrorInfo: 'Refused.', ...(ErrorDetail && { ErrorDetail }) },
})

test('the UserSig travels in the header only, and lives ten minutes or shorter', async () => {
  proxy.expect()
  const admin = createAdmin({ ...common(), key: server.key })
  await admin.call('im_open_login_svc/account_check', check)
  await createAdmin({ ...common(), key: server.key, ticketSeconds: 60 }).call(
    'im_open_login_svc/account_check',
    check,
  )
  const said = tickets().map(ticket => decode(ticket))
  expect(said).toMatchObject([
    { ok: true, userId: TEST_ADMIN, sdkAppId: TEST_APP, expire: 600 },
    { ok: true, userId: TEST_ADMIN, sdkAppId: TEST_APP, expire: 60 },
  ])
  expect(proxy.seen[0]?.url).toMatch(
    /^\/v4\/im_open_login_svc\/account_check\?sdkappid=1400000001&identifier=administrator&random=\d+&contenttype=json$/,
  )
})

test('calls share one UserSig; the key provider is asked once for it', async () => {
  proxy.expect()
  let asked = 0
  const keyProvider = async () => {
    asked++
    return server.key
  }
  const admin = createAdmin({ ...common(), keyProvider })
  await Promise.all([1, 2, 3].map(() => admin.call('im_open_login_svc/account_check', check)))
  await admin.call('im_open_login_svc/account_check', check)
  expect(new Set(tickets()).size).toBe(1)
  expect(asked).toBe(1)
})

test('a new UserSig is signed before the old one ends', async () => {
  const issued: number[] = []
  const admin = createAdmin({
    ...common(),
    key: server.key,
    fetch: async (_, { headers }) => {
      issued.push(issuedAt(new Headers(headers).get('authorization')?.slice('UserSig '.length)))
      return Response.json({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', ResultItem: [] })
    },
  })
  try {
    for (const second of [0, 479, 481, 900, 1000]) {
      setSystemTime(new Date((1_800_000_000 + second) * 1000))
      await admin.call('im_open_login_svc/account_check', check)
    }
  } finally {
    setSystemTime()
  }
  expect(issued.map(second => second - 1_800_000_000)).toEqual([0, 0, 481, 481, 1000])
})

test('a UserSig that has ended for the server is signed anew by the time that the server tells', async () => {
  const serverTime = Math.floor(Date.now() / 1000) + 250
  const admin = createAdmin({ ...common(), key: server.key })
  proxy.expect(refusal(70001, { check: 'expiry', serverTime }))
  await admin.call('im_open_login_svc/kick', { UserID: 'alice', NoWait: 1 }, { retries: 0 })
  expect(issuedAt(tickets()[1])).toBeGreaterThanOrEqual(serverTime)
  expect(proxy.seen).toHaveLength(2)
})

test('a refusal that stays is told after two new signatures', async () => {
  proxy.expect(...Array.from({ length: 9 }, () => refusal(70001)))
  const admin = createAdmin({ ...common(), key: server.key })
  const error = await admin
    .call('im_open_login_svc/account_check', check)
    .catch((error: unknown) => error as AdminError)
  expect(error).toMatchObject({ code: 70001, name: 'USERSIG_EXPIRED', attempts: 3 })
})

test('a key that was rotated away is asked for anew; a key that never worked is told at once', async () => {
  const keys = ['not-the-key-of-this-app-at-all!!!', server.key, server.key]
  const admin = createAdmin({ ...common(), keyProvider: () => keys.shift() ?? '' })
  proxy.expect()
  const wrong = await admin
    .call('im_open_login_svc/account_check', check)
    .catch((error: unknown) => error as AdminError)
  expect(wrong).toMatchObject({ code: 70009, attempts: 1 })
  expect(keys).toHaveLength(2)
  await admin.call('im_open_login_svc/account_check', check)
  proxy.expect(refusal(70009))
  await admin.call('im_open_login_svc/account_check', check)
  expect(keys).toHaveLength(0)
})

test('a key provider that fails or hangs is told as such, and nothing was sent', async () => {
  proxy.expect()
  const reason = new Error('The vault is sealed.')
  const failing = createAdmin({ ...common(), keyProvider: () => Promise.reject(reason) })
  const hanging = createAdmin({ ...common(), keyProvider: () => new Promise<string>(() => {}) })
  const kick = { UserID: 'alice' }
  const failed = failing.call('im_open_login_svc/kick', kick).catch((error: unknown) => error)
  expect(await failed).toMatchObject({ kind: 'key', cause: reason, mayHaveHappened: false, attempts: 1 })
  const hung = hanging
    .call('im_open_login_svc/kick', kick, { timeoutMs: 50, retries: 1 })
    .catch((error: unknown) => error)
  expect(await hung).toMatchObject({ kind: 'timeout', mayHaveHappened: false, attempts: 2 })
  expect(await hung).toBeInstanceOf(TransportError)
  expect(proxy.seen).toEqual([])
})

// Last: it makes the UserSigs of this second invalid for all.
test('after a kick of the admin itself the next call signs anew at once and goes through', async () => {
  const admin = createAdmin({ ...common(), key: server.key })
  const kicked = await admin.call('im_open_login_svc/kick', { UserID: TEST_ADMIN, NoWait: 1 })
  proxy.expect()
  await admin.call('im_open_login_svc/account_check', check, { retries: 0 })
  expect(tickets().map(issuedAt).at(-1)).toBe(kicked.ValidAfter + 1)
  expect(proxy.seen).toHaveLength(2)
})
