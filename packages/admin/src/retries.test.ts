import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { type Admin, AdminError, createAdmin, type RoamMessage, TransportError } from './admin.ts'
import { FlakyProxy } from './testing/flaky-proxy.ts'

let server: TestServer
let proxy: FlakyProxy
let admin: Admin

beforeAll(async () => {
  server = await startTestServer()
  proxy = await FlakyProxy.start(server.url)
  admin = createAdmin({ host: proxy.url, sdkAppId: TEST_APP, key: server.key, timeoutMs: 5000 })
})

afterAll(async () => {
  await proxy.stop()
  await server.stop()
})

const overloaded = (retryAfterMs?: number) => ({
  answer: {
    ActionStatus: 'FAIL',
    ErrorCode: 60022,
    ErrorInfo: 'Too much at once.',
    ...(retryAfterMs !== undefined && { ErrorDetail: { check: 'load', retryAfterMs } }),
  },
})

const text = (Text: string) => [{ MsgType: 'TIMTextElem', MsgContent: { Text } } as const]

async function history(): Promise<readonly RoamMessage[]> {
  const pages = admin.pages('openim/admin_getroammsg', { Operator_Account: 'alice', Peer_Account: 'bob' })
  return (await Array.fromAsync(pages)).flatMap(page => page.MsgList)
}

const storedTexts = async (): Promise<readonly string[]> =>
  (await history()).map(({ MsgBody: [element] }) =>
    element?.MsgType === 'TIMTextElem' ? element.MsgContent.Text : '',
  )

async function failure(call: Promise<unknown>): Promise<AdminError | TransportError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (error instanceof AdminError || error instanceof TransportError) return error
  throw new Error(`The call did not fail as it should: ${String(error)}`)
}

const send = (Text: string, options?: object) =>
  admin.call(
    'openim/sendmsg',
    { From_Account: 'alice', To_Account: 'bob', MsgBody: text(Text) },
    { ...options },
  )

for (const fault of ['drop-before', 'drop-after'] as const)
  test(`a send whose connection breaks (${fault}) is sent again with the same key and stored once`, async () => {
    proxy.expect(fault)
    const { MsgKey } = await send(fault)
    const [first, second] = proxy.seen.map(({ body }) => JSON.parse(body))
    expect(proxy.seen).toHaveLength(2)
    expect(second).toEqual(first)
    expect(MsgKey).toStartWith(`${first.MsgSeq}_${first.MsgRandom}_`)
    // The server carried it out as often as it saw it, and named the same message.
    expect(proxy.answers).toHaveLength(fault === 'drop-after' ? 2 : 1)
    for (const answer of proxy.answers) expect(JSON.parse(answer).MsgKey).toBe(MsgKey)
    expect((await storedTexts()).filter(one => one === fault)).toHaveLength(1)
  })

test('a send whose answer does not come in time is sent again and stored once', async () => {
  proxy.expect('silent-after')
  await send('slow', { timeoutMs: 300 })
  expect(proxy.seen).toHaveLength(2)
  expect((await storedTexts()).filter(one => one === 'slow')).toHaveLength(1)
})

test('a batch and an import that are sent again are stored once each', async () => {
  proxy.expect('drop-after')
  await admin.call('openim/batchsendmsg', {
    From_Account: 'alice',
    To_Account: ['bob'],
    MsgBody: text('batch'),
  })
  proxy.expect('drop-after')
  await admin.call('openim/importmsg', {
    SyncFromOldSystem: 2,
    From_Account: 'alice',
    To_Account: 'bob',
    MsgTimeStamp: Math.floor(Date.now() / 1000) - 100,
    MsgBody: text('import'),
  })
  expect(proxy.seen).toHaveLength(2)
  const texts = await storedTexts()
  expect(texts.filter(one => one === 'batch')).toHaveLength(1)
  expect(texts.filter(one => one === 'import')).toHaveLength(1)
})

test('each call has a key of its own, and a key that the caller chose stays', async () => {
  proxy.expect()
  await send('one')
  await send('one')
  await admin.call('openim/sendmsg', { To_Account: 'bob', MsgRandom: 77, MsgBody: text('chosen') })
  const [first, second, chosen] = proxy.seen.map(({ body }) => JSON.parse(body))
  expect([second.MsgSeq, second.MsgRandom]).not.toEqual([first.MsgSeq, first.MsgRandom])
  expect(chosen.MsgRandom).toBe(77)
  expect(chosen.MsgSeq).toBeInteger()
  expect((await storedTexts()).filter(one => one === 'one')).toHaveLength(2)
})

test('an online-only send is not repeated when it may have been delivered', async () => {
  proxy.expect('drop-after')
  const error = await failure(
    admin.call('openim/sendmsg', { To_Account: 'bob', OnlineOnlyFlag: 1, MsgBody: text('now') }),
  )
  expect(error).toMatchObject({ kind: 'lost', attempts: 1, mayHaveHappened: true, retryable: true })
  expect(proxy.seen).toHaveLength(1)
})

test('a command that must not be repeated is sent once when its outcome is unknown', async () => {
  const kick = () => admin.call('im_open_login_svc/kick', { UserID: 'bob', NoWait: 1 }, { timeoutMs: 300 })
  for (const [fault, expected] of [
    ['drop-after', { kind: 'lost' }],
    ['drop-before', { kind: 'lost' }],
    ['silent-after', { kind: 'timeout' }],
    [{ status: 502 }, { kind: 'http', status: 502 }],
    [{ answer: { ActionStatus: 'FAIL', ErrorCode: 70500, ErrorInfo: 'x' } }, { code: 70500 }],
  ] as const) {
    proxy.expect(fault)
    expect(await failure(kick())).toMatchObject({ ...expected, attempts: 1, mayHaveHappened: true })
    expect(proxy.seen).toHaveLength(1)
  }
})

test('after a refusal every command is tried again: nothing was done', async () => {
  proxy.expect(overloaded(), { status: 429, headers: { 'retry-after': '0' } })
  expect(await admin.call('im_open_login_svc/kick', { UserID: 'bob', NoWait: 1 })).toMatchObject({
    ActionStatus: 'OK',
  })
  expect(proxy.seen).toHaveLength(3)
})

test('reads are tried again after broken connections, 408, 429 and 5xx', async () => {
  proxy.expect('drop-after', { status: 503 }, { status: 408 }, { status: 429 })
  const answer = await admin.call('im_open_login_svc/account_check', { CheckItem: [{ UserID: 'bob' }] })
  expect(answer.ResultItem[0]?.AccountStatus).toBe('Imported')
  expect(proxy.seen).toHaveLength(5)
})

test('the delay that the server asks for is kept', async () => {
  proxy.expect(overloaded(400))
  await send('asked to wait')
  const [first, second] = proxy.seen
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(395)
})

test('a delay beyond the time of the call ends it at once with the error', async () => {
  proxy.expect(overloaded(60_000))
  const start = performance.now()
  const error = await failure(send('too long'))
  expect(error).toMatchObject({
    code: 60022,
    name: 'SERVICE_OVERLOAD',
    info: 'Too much at once.',
    detail: { retryAfterMs: 60_000 },
    command: 'openim/sendmsg',
    retryable: true,
    mayHaveHappened: false,
  })
  expect(performance.now() - start).toBeLessThan(2000)
})

test('the number of tries is bounded, and so is the time of all of them', async () => {
  const broken = Array.from({ length: 20 }, () => ({ status: 500 }))
  proxy.expect(...broken)
  expect(await failure(send('never', { retries: 2 }))).toMatchObject({ status: 500, attempts: 3 })
  expect(proxy.seen).toHaveLength(3)
  proxy.expect(...Array.from({ length: 20 }, () => 'silent-after' as const))
  const start = performance.now()
  expect(await failure(send('late', { timeoutMs: 100, totalMs: 700, retries: 10 }))).toMatchObject({
    kind: 'timeout',
  })
  expect(performance.now() - start).toBeLessThan(1500)
})

test('an error that stays is not tried again', async () => {
  for (const fault of [
    { status: 404 },
    { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
    { status: 200, body: '<html>' },
    { status: 200, body: '[]' },
  ]) {
    proxy.expect(fault)
    const error = await failure(send('x'))
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ attempts: 1, retryable: false })
    expect(error.message).toContain('host')
  }
  proxy.expect()
  expect(
    await failure(admin.call('openim/sendmsg', { To_Account: 'nobody', MsgBody: text('x') })),
  ).toMatchObject({
    code: 90012,
    name: 'MSG_RECEIVER_NOT_FOUND',
    attempts: 1,
    retryable: false,
    mayHaveHappened: false,
  })
})

test('a server that is not there is tried again, also with commands that must not be repeated', async () => {
  const gone = await FlakyProxy.start(server.url)
  const { url } = gone
  await gone.stop()
  const lost = createAdmin({ host: url, sdkAppId: TEST_APP, key: server.key, retries: 1 })
  expect(await failure(lost.call('im_open_login_svc/kick', { UserID: 'bob' }))).toMatchObject({
    kind: 'unreachable',
    attempts: 2,
    mayHaveHappened: false,
  })
})

test("the caller's signal ends a call, also in a pause, with its reason", async () => {
  const reason = new Error('The user left.')
  proxy.expect('silent-after')
  const controller = new AbortController()
  const call = send('left', { signal: controller.signal })
  await proxy.arrived
  controller.abort(reason)
  expect(await call.catch((error: unknown) => error)).toBe(reason)
  proxy.expect(overloaded(20_000))
  const signal = AbortSignal.timeout(200)
  const waiting = send('left', { signal })
  expect(await waiting.catch((error: unknown) => error)).toBe(signal.reason)
  expect(proxy.seen).toHaveLength(1)
  expect(await send('left', { signal: AbortSignal.abort(reason) }).catch((error: unknown) => error)).toBe(
    reason,
  )
})

test('a partial failure stays in the answer, a total one is in the error', async () => {
  proxy.expect()
  const batch = await admin.call('openim/batchsendmsg', {
    To_Account: ['bob', 'nobody'],
    MsgBody: text('some'),
  })
  expect(batch).toMatchObject({
    ActionStatus: 'SomeError',
    ErrorList: [{ To_Account: 'nobody', ErrorCode: 70107 }],
  })
  const error = await failure(admin.call('openim/query_online_status', { To_Account: ['nobody'] }))
  expect(error).toMatchObject({
    code: 70107,
    answer: { ErrorList: [{ To_Account: 'nobody', ErrorCode: 70107 }] },
  })
})
