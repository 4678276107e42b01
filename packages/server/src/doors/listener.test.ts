import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { startTestServer, TEST_ADMIN, TEST_APP, type TestServer } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    server: { publicHosts: ['Chat.Example.org', 'other.example:8443'], trustedProxies: ['127.0.0.1'] },
  })
})

afterAll(() => server.stop())

/** A request written by hand, for what no client lets one send. Resolves with the whole answer. */
function raw(lines: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(server.running.port, '127.0.0.1', () =>
      socket.write([...lines, 'connection: close', `content-length: ${body.length}`, '', body].join('\r\n')),
    )
    socket.on('data', data => {
      answer += data.toString()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

for (const host of [
  'localhost',
  'LOCALHOST:8080',
  'app.localhost',
  '127.0.0.1',
  '[::1]:9000',
  '192.0.2.7:8080',
  '[2001:db8::1]',
  'chat.example.org',
  'CHAT.EXAMPLE.ORG:443',
  'other.example',
])
  test(`the host name ${host} is served`, async () => {
    expect(statusOf(await raw(['GET /healthz HTTP/1.1', `host: ${host}`]))).toBe(200)
  })

for (const host of [
  'evil.example',
  'chat.example.org.evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'xlocalhost',
])
  test(`a page that points ${host} at this server gets nothing, not even with a good ticket`, async () => {
    const query = `sdkappid=${TEST_APP}&identifier=${TEST_ADMIN}&usersig=${server.userSig(TEST_ADMIN)}`
    const answer = await raw([`POST /v4/im_open_login_svc/kick?${query} HTTP/1.1`, `host: ${host}`], '{}')
    expect(statusOf(answer)).toBe(421)
    expect(answer).toContain('server.publicHosts')
    for (const path of ['/ws', '/docs', '/metrics'])
      expect(statusOf(await raw([`GET ${path} HTTP/1.1`, `host: ${host}`]))).toBe(421)
  })

test('a path that is nothing says where to look, without its query', async () => {
  const response = await fetch(`${server.url}/nothing?usersig=secret`)
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('There is nothing here. The API is at /v4/, its reference at /docs.')
})

test('the WebSocket address tells a plain request what it is', async () => {
  expect((await fetch(`${server.url}/ws`)).status).toBe(426)
})

test('an app admin of one address is let in by the address that the trusted proxy tells', async () => {
  await server.halt()
  await server.sql(`update app_admin set addresses = '["203.0.113.0/24"]'`)
  await server.start()
  const call = (headers: Record<string, string>) =>
    server.restWith('im_open_login_svc/account_check', {
      headers,
      body: { CheckItem: [{ UserID: 'alice' }] },
    })
  expect(await call({})).toMatchObject({ ErrorCode: 60021 })
  expect(await call({ 'x-forwarded-for': '203.0.113.77' })).toMatchObject({ ErrorCode: 0 })
  expect(await call({ 'x-forwarded-for': '203.0.113.77, 198.51.100.1' })).toMatchObject({ ErrorCode: 60021 })
})

test('an address that opens too many sockets is refused with 429 and a delay; others, and this machine, are not', async () => {
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const sockets = await Promise.all(Array.from({ length: 200 }, () => server.socket(from('198.51.100.9'))))
  const upgrade = (address: string) =>
    fetch(`${server.url}/ws`, {
      headers: {
        ...from(address),
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      },
    })
  const refusals = await Promise.all(Array.from({ length: 20 }, () => upgrade('198.51.100.9')))
  const refused = refusals.find(response => response.status === 429)
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(await refused?.text()).toMatch(
    /^Too many connections from 198\.51\.100\.9; wait \d+ ms \(70114\)\.$/,
  )
  for (const address of ['198.51.100.10', '127.0.0.1']) (await server.socket(from(address))).close()
  for (const socket of sockets) socket.close()
})
