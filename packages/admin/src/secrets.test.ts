import { afterAll, beforeAll, expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { createAdmin } from './admin.ts'
import type { AdminOptions } from './admin-options.ts'
import { type Fault, FlakyProxy } from './testing/flaky-proxy.ts'

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

function everyFormOf(value: unknown): string {
  const shown = [
    inspect(value, { depth: Infinity, showHidden: true }),
    Bun.inspect(value, { depth: 20 }),
    String(value),
    JSON.stringify(value),
  ]
  return shown.join('\n') + (value instanceof Error ? `${value.stack}${everyFormOf(value.cause)}` : '')
}

test('neither the key nor a UserSig is in the client, in any error, or in any URL', async () => {
  const admin = createAdmin({
    host: proxy.url,
    sdkAppId: TEST_APP,
    key: server.key,
    retries: 0,
    timeoutMs: 300,
  })
  const wrongKey = 'k'.repeat(40)
  const wrong = createAdmin({ host: proxy.url, sdkAppId: TEST_APP, key: wrongKey, retries: 0 })
  const gone = createAdmin({ host: 'http://127.0.0.1:9', sdkAppId: TEST_APP, key: server.key, retries: 0 })
  const faults: readonly Fault[] = [
    'drop-before',
    'silent-after',
    { status: 500 },
    { status: 200, body: '{' },
    { answer: { ActionStatus: 'FAIL', ErrorCode: 70001, ErrorInfo: 'x' } },
  ]
  const texts: string[] = []
  const tickets = new Set<string>()
  const fail = async (client = admin) => {
    const call = client.call('im_open_login_svc/kick', { UserID: 'nobody' })
    const error = await call.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Error)
    texts.push(everyFormOf(error), ...proxy.seen.map(({ url }) => url))
    for (const { authorization } of proxy.seen) tickets.add(authorization.slice('UserSig '.length))
  }
  for (const fault of faults) {
    proxy.expect(fault, fault, fault)
    await fail()
  }
  proxy.expect()
  for (const client of [admin, wrong, gone]) await fail(client)
  for (const client of [admin, wrong, gone]) texts.push(everyFormOf(client))
  expect(tickets.size).toBeGreaterThan(1)
  const all = texts.join('\n')
  expect(all).toContain('nobody')
  for (const secret of [server.key, wrongKey, ...tickets]) expect(all).not.toContain(secret)
})

test('a bad option is named, without the values that may be secret', () => {
  const key = 'the-secret-key-of-an-app-in-a-test'
  const good = { host: 'https://im.example.com', sdkAppId: TEST_APP, key }
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ host: 'im.example.com' }, /full address/],
    [{ host: `https://root:${key}@im.example.com` }, /user name/],
    [{ host: `https://im.example.com/?k=${key}` }, /query/],
    [{ host: 'ftp://im.example.com' }, /full address/],
    [{ sdkAppId: 0 }, /sdkAppId/],
    [{ admin: '' }, /userId/],
    [{ key: '' }, /key is empty/],
    [{ key: undefined }, /either key/],
    [{ keyProvider: () => key }, /either key/],
    [{ ticketSeconds: 601 }, /ticketSeconds/],
    [{ timeoutMs: 0 }, /timeoutMs/],
    [{ totalMs: 120_000 }, /totalMs/],
    [{ retries: -1 }, /retries/],
  ]
  for (const [change, expected] of cases) {
    let error: unknown
    try {
      createAdmin({ ...good, ...change } as AdminOptions)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toMatch(expected)
    expect(everyFormOf(error)).not.toContain(key)
  }
  expect(createAdmin(good)).toBeDefined()
})

test('limits of a call that make no sense are refused before anything is sent', async () => {
  proxy.expect()
  const admin = createAdmin({ host: proxy.url, sdkAppId: TEST_APP, key: server.key })
  const call = admin.call('im_open_login_svc/kick', { UserID: 'alice' }, { totalMs: 1_000_000 })
  expect(await call.catch(String)).toMatch(/RangeError: totalMs/)
  expect(proxy.seen).toEqual([])
})
