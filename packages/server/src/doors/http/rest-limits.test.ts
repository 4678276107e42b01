import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { startTestServer, TEST_ADMIN, TEST_APP, textBody } from '../../testing/test-server.ts'

const kick = { UserID: 'alice', NoWait: 1 }

test('over the rate of a command a call is told when to come again, and other commands go on', async () => {
  await using server = await startTestServer({ settings: { 'rate.rest.default': 5 } })
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => server.rest('im_open_login_svc/kick', kick)),
  )
  const refused = answers.filter(answer => answer.ErrorCode === 60007)
  expect(refused.length).toBeGreaterThanOrEqual(5)
  expect(refused[0]?.ErrorDetail).toMatchObject({ check: 'command-rate', retryAfterMs: expect.any(Number) })
  expect(await server.rest('openim/sendmsg', {})).toMatchObject({ ErrorCode: 90003 })
})

test('over the rate of the app every command waits', async () => {
  await using server = await startTestServer({ settings: { 'rate.rest.app': 3 } })
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.rest('im_open_login_svc/kick', kick)),
  )
  expect(answers.filter(answer => answer.ErrorCode === 60011).length).toBeGreaterThanOrEqual(4)
})

test('calls with a bad ticket do not spend the rate of the app', async () => {
  await using server = await startTestServer({
    settings: { 'rate.rest.default': 1, 'usersig.failuresPerMinute': 1000 },
  })
  const query = { identifier: TEST_ADMIN, usersig: server.userSig('alice') }
  for (let i = 0; i < 20; i++)
    expect(await server.restWith('im_open_login_svc/kick', { query })).toMatchObject({ ErrorCode: 70013 })
  expect(await server.rest('im_open_login_svc/kick', kick)).toMatchObject({ ErrorCode: 0 })
})

test('after too many bad tickets of one name only bad tickets are locked out for a minute', async () => {
  await using server = await startTestServer({ settings: { 'usersig.failuresPerMinute': 3 } })
  const bad = {
    query: { identifier: TEST_ADMIN, usersig: server.userSig(TEST_ADMIN, { key: '0'.repeat(64) }) },
  }
  for (let i = 0; i < 3; i++)
    expect(await server.restWith('im_open_login_svc/kick', bad)).toMatchObject({ ErrorCode: 70009 })
  expect(await server.restWith('im_open_login_svc/kick', bad)).toMatchObject({
    ErrorCode: 70050,
    ErrorDetail: { check: 'failure-limit', retryAfterMs: 60_000 },
  })
  expect(await server.rest('im_open_login_svc/kick', kick)).toMatchObject({ ErrorCode: 0 })
  const other = { query: { identifier: 'alice', usersig: server.userSig('alice', { key: '0'.repeat(64) }) } }
  expect(await server.restWith('im_open_login_svc/kick', other)).toMatchObject({ ErrorCode: 70009 })
})

test('a body over the bound is refused, with and without a length in front', async () => {
  await using server = await startTestServer({ settings: { 'rest.bodyBytes': 20_000 } })
  const fits = JSON.stringify({ ...kick, x: 'x'.repeat(19_000) })
  expect(await server.rest('im_open_login_svc/kick', fits)).toMatchObject({ ErrorCode: 0 })
  const large = JSON.stringify({ ...kick, x: 'x'.repeat(20_001) })
  expect(await server.rest('im_open_login_svc/kick', large)).toMatchObject({
    ErrorCode: 80002,
    ErrorDetail: { check: 'body-size', maxBytes: 20_000 },
  })
  expect(await chunked(server.running.port, server.userSig(TEST_ADMIN), large)).toContain('"ErrorCode":80002')
})

test('a message over its bound is refused with the code of REST, and the next call is served', async () => {
  await using server = await startTestServer()
  const send = (text: string) =>
    server.rest('openim/sendmsg', { To_Account: 'bob', MsgRandom: 1, MsgBody: textBody(text) })
  expect(await send('x'.repeat(12_289))).toMatchObject({ ErrorCode: 93000 })
  expect(await send('x')).toMatchObject({ ErrorCode: 0 })
})

/** A POST whose body comes in chunks, so that its length is not known in front. */
function chunked(port: number, usersig: string, body: string): Promise<string> {
  const path = `/v4/im_open_login_svc/kick?sdkappid=${TEST_APP}&identifier=${TEST_ADMIN}&usersig=${encodeURIComponent(usersig)}`
  const parts = [body.slice(0, 10_000), body.slice(10_000)].map(
    part => `${part.length.toString(16)}\r\n${part}\r\n`,
  )
  const request = [
    `POST ${path} HTTP/1.1`,
    'host: localhost',
    'transfer-encoding: chunked',
    'connection: close',
    '',
    `${parts.join('')}0\r\n\r\n`,
  ].join('\r\n')
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.on('data', data => {
      answer += data.toString()
      if (answer.endsWith('}')) socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
