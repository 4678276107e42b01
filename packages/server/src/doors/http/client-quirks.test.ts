import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  startTestServer,
  TEST_ADMIN,
  TEST_APP,
  type TestServer,
  textBody,
} from '../../testing/test-server.ts'

let server: TestServer
let random = 0

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

/** A body that no other test sent. */
const message = (more: object = {}) => ({
  From_Account: 'alice',
  To_Account: 'bob',
  MsgRandom: ++random,
  MsgBody: textBody('hello'),
  ...more,
})

for (const type of [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'nonsense',
])
  test(`the body is read as JSON when the content type is ${type}`, async () => {
    const answer = await server.restWith('openim/sendmsg', {
      body: message(),
      headers: { 'content-type': type },
    })
    expect(answer).toMatchObject({ ErrorCode: 0, MsgKey: expect.any(String) })
  })

test('a body without any content type is read as JSON', async () => {
  const bytes = new TextEncoder().encode(JSON.stringify(message()))
  expect(await server.restWith('openim/sendmsg', { body: bytes })).toMatchObject({ ErrorCode: 0 })
})

test('random and contenttype may be missing, and other parameters may be there, in any order', async () => {
  const usersig = server.userSig(TEST_ADMIN)
  const url = `${server.url}/v4/openim/sendmsg?usersig=${usersig}&ver=v4&servicename=openim&command=sendmsg&identifier=${TEST_ADMIN}&sdkappid=${TEST_APP}`
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(message()) })
  expect(await response.json()).toMatchObject({ ErrorCode: 0 })
})

test('a random that is no number does not matter, nor does the same one twice', async () => {
  for (const value of ['abc', 'abc', '-1', ''])
    expect(
      await server.restWith('openim/sendmsg', { body: message(), query: { random: value } }),
    ).toMatchObject({ ErrorCode: 0 })
})

test('a ticket with * or / or + in its alphabet arrives raw and encoded', async () => {
  // Tickets of different seconds differ, so that all three special characters come up.
  const now = Math.floor(Date.now() / 1000)
  const tickets = Array.from({ length: 400 }, (_, i) =>
    server.userSig(TEST_ADMIN, { now: now - i, expire: 3600 }),
  )
  const starred = tickets.find(ticket => ticket.includes('*'))
  expect(starred).toBeDefined()
  for (const ticket of [starred, starred?.replaceAll('*', '%2A'), starred?.replaceAll('*', '%2a')]) {
    const url = `${server.url}/v4/openim/sendmsg?sdkappid=${TEST_APP}&identifier=${TEST_ADMIN}&usersig=${ticket}`
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(message()) })
    expect(await response.json()).toMatchObject({ ErrorCode: 0 })
  }
})

test('the ticket may come in a header, so that it stands in no URL; the header wins', async () => {
  const ticket = server.userSig(TEST_ADMIN)
  for (const authorization of [`UserSig ${ticket}`, `usersig   ${ticket}`])
    for (const usersig of [undefined, 'rubbish'])
      expect(
        await server.restWith('openim/sendmsg', {
          body: message(),
          query: { usersig },
          headers: { authorization },
        }),
      ).toMatchObject({ ErrorCode: 0 })
  expect(
    await server.restWith('openim/sendmsg', {
      query: { usersig: undefined },
      headers: { authorization: 'Basic eDp5' },
    }),
  ).toMatchObject({ ErrorCode: 60005 })
})

test('an empty body counts as an empty object', async () => {
  for (const body of ['', ' \n'])
    expect(await server.restWith('im_open_login_svc/kick', { body })).toMatchObject({
      ErrorCode: 70402,
      ErrorInfo: 'UserID is missing.',
    })
})

test('null means absent, also inside of objects; numbers may come as text', async () => {
  const answer = await server.rest('openim/sendmsg', {
    ...message({ MsgRandom: String(++random), MsgSeq: '7' }),
    CloudCustomData: null,
    OfflinePushInfo: null,
    SyncOtherMachine: null,
    MsgLifeTime: null,
  })
  expect(answer).toMatchObject({ ErrorCode: 0, MsgKey: expect.stringMatching(/^7_/) })
})

test('older names of fields are taken', async () => {
  expect(await server.rest('im_open_login_svc/kick', { Identifier: 'alice', NoWait: 1 })).toMatchObject({
    ErrorCode: 0,
  })
})

test('unknown fields are ignored', async () => {
  expect(await server.rest('openim/sendmsg', message({ Future: { a: [1] } }))).toMatchObject({ ErrorCode: 0 })
})

test('a body that is no JSON object gives the code of its family', async () => {
  const bodies = ['{', '[]', '"text"', '1', 'null', '{"a":1}x', '{"a":NaN}', "{'a':1}"]
  for (const body of bodies) {
    expect(await server.rest('openim/sendmsg', body)).toMatchObject({
      ErrorCode: 90001,
      ErrorInfo: 'Fail to Parse json data of body, Please check it',
    })
    expect(await server.rest('im_open_login_svc/kick', body)).toMatchObject({ ErrorCode: 60003 })
  }
})

test('a body that is not UTF-8, or nests too deep, is no JSON; a byte order mark does no harm', async () => {
  const latin = new Uint8Array([...new TextEncoder().encode('{"UserID":"'), 0xe4, 0x22, 0x7d])
  expect(await server.rest('im_open_login_svc/kick', latin)).toMatchObject({ ErrorCode: 60003 })
  const deep = `{"UserID":"alice","NoWait":1,"x":${'['.repeat(32)}${']'.repeat(32)}}`
  expect(await server.rest('im_open_login_svc/kick', deep)).toMatchObject({ ErrorCode: 60003 })
  const allowed = `\uFEFF{"UserID":"alice","NoWait":1,"x":${'['.repeat(31)}${']'.repeat(31)}}`
  expect(await server.rest('im_open_login_svc/kick', allowed)).toMatchObject({ ErrorCode: 0 })
})

test('a text with half of a surrogate pair or U+0000 is refused, whole emoji are not', async () => {
  for (const bad of ['\\ud83d', 'a\\u0000b', '\\udc00\\ud800'])
    expect(
      await server.rest(
        'openim/sendmsg',
        JSON.stringify(message({ CloudCustomData: '?' })).replace('?', bad),
      ),
    ).toMatchObject({ ErrorCode: 90001, ErrorDetail: { check: 'text' } })
  expect(
    await server.rest(
      'openim/sendmsg',
      JSON.stringify(message({ CloudCustomData: '?' })).replace('?', '\\ud83d\\ude00'),
    ),
  ).toMatchObject({ ErrorCode: 0 })
})

test('a text that holds SQL is only a text', async () => {
  const text = `'); drop table account; --`
  await server.ok('openim/sendmsg', message({ MsgBody: textBody(text), CloudCustomData: text }))
  expect(await server.rest('im_open_login_svc/kick', { UserID: `alice' or '1'='1` })).toMatchObject({
    ErrorCode: 70107,
  })
  expect(await server.rest('openim/sendmsg', message())).toMatchObject({ ErrorCode: 0 })
})

test('every answer carries an id for the log, is not cached, and grants nothing to other origins', async () => {
  const ids = new Set<string | null>()
  for (const origin of ['https://elsewhere.example', 'null']) {
    const response = await server.fetch('openim/sendmsg', { body: message(), headers: { origin } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect([...response.headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([])
    ids.add(response.headers.get('x-request-id'))
  }
  expect(ids.size).toBe(2)
  const preflight = await server.fetch('openim/sendmsg', {
    method: 'OPTIONS',
    headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
  })
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
})
