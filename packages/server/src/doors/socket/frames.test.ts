import { afterAll, beforeAll, expect, test } from 'bun:test'
import { BareClient } from '../../testing/bare-client.ts'
import type { SocketClient } from '../../testing/socket-client.ts'
import { startTestServer, TEST_APP, type TestServer } from '../../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    settings: {
      'usersig.failuresPerMinute': 10_000,
      'session.loginSeconds': 1,
      'session.inFlightMax': 4,
      'session.commandsPerSec': 20,
      'session.webLoss': 5,
      'login.evictionsPerMinute': 20,
    },
  })
})

afterAll(() => server.stop())

async function closeOf(client: SocketClient): Promise<number> {
  return (await client.closed).code
}

const NOT_FRAMES: readonly (readonly [string, string])[] = [
  ['no JSON', '{"id":1,'],
  ['a JSON text', '"hello"'],
  ['null', 'null'],
  ['a list', '[1,"session/login",{}]'],
  ['without an id', '{"cmd":"session/login","body":{}}'],
  ['with an id that is text', '{"id":"1","cmd":"session/login"}'],
  ['with an id that is a fraction', '{"id":1.5,"cmd":"session/login"}'],
  ['without a command', '{"id":1,"body":{}}'],
  ['with a command that is no text', '{"id":1,"cmd":7}'],
  ['nested 33 deep', `{"id":1,"cmd":"session/login","body":${'['.repeat(32)}${']'.repeat(32)}}`],
  ['empty', ''],
]

for (const [what, text] of NOT_FRAMES) {
  test(`a first frame that is ${what} closes the socket with 4501`, async () => {
    const socket = await server.socket()
    socket.sendText(text)
    expect(await closeOf(socket)).toBe(4501)
  })

  test(`after the login a frame that is ${what} closes the socket with 4501`, async () => {
    const device = await server.connect('alice')
    device.sendText(text)
    expect(await closeOf(device)).toBe(4501)
  })
}

test('a binary frame closes the socket with 4501, before and after the login', async () => {
  const [socket, device] = [await server.socket(), await server.connect('alice')]
  socket.sendBytes(new TextEncoder().encode('{"id":1,"cmd":"session/login"}'))
  device.sendBytes(new Uint8Array([1, 2, 3]))
  expect([await closeOf(socket), await closeOf(device)]).toEqual([4501, 4501])
})

test('a first frame that is another command closes the socket with 4501', async () => {
  for (const cmd of ['openim/sendmsg', 'session/ping', 'im_open_login_svc/kick', '']) {
    const socket = await server.socket()
    socket.sendText(JSON.stringify({ id: 1, cmd, body: {} }))
    expect(await closeOf(socket)).toBe(4501)
  }
})

test('a login of more than 16 KiB closes the socket with 4501', async () => {
  const socket = await server.socket()
  const padding = 'x'.repeat(16_384)
  socket.sendText(JSON.stringify({ id: 1, cmd: 'session/login', body: { padding } }))
  expect(await closeOf(socket)).toBe(4501)
})

test('a second frame before the answer to the login closes the socket with 4005', async () => {
  const socket = await server.socket()
  const login = JSON.stringify({
    id: 1,
    cmd: 'session/login',
    body: { sdkappid: TEST_APP, identifier: 'alice', usersig: server.userSig('alice') },
  })
  socket.sendText(login)
  socket.sendText(login)
  expect(await closeOf(socket)).toBe(4005)
})

test('three refused logins close the socket with 4502', async () => {
  const socket = await server.socket()
  const login = { sdkappid: TEST_APP, identifier: 'alice', usersig: 'x' }
  const codes: number[] = []
  for (let i = 0; i < 3; i++) codes.push((await socket.call('session/login', login)).ErrorCode)
  expect(codes).toEqual([70003, 70003, 70003])
  expect(await closeOf(socket)).toBe(4502)
})

test('two refused logins and a good one are fine', async () => {
  const socket = await server.socket()
  const login = { sdkappid: TEST_APP, identifier: 'alice', usersig: 'x' }
  for (let i = 0; i < 2; i++) await socket.call('session/login', login)
  await socket.ok('session/login', { ...login, usersig: server.userSig('alice') })
  await socket.ok('session/ping')
  socket.close()
})

test('a socket without a login is closed with 4004 after the time for it', async () => {
  const socket = await server.socket()
  expect(await closeOf(socket)).toBe(4004)
})

test('a device that gives no sign of life is dropped with 4003; one that only answers pings is not', async () => {
  const quiet = await server.connect('bob')
  const silent = await BareClient.open(server.running.port)
  const login = { sdkappid: TEST_APP, identifier: 'alice', usersig: server.userSig('alice') }
  await silent.send(JSON.stringify({ id: 1, cmd: 'session/login', body: login }), '"SilenceLimit":5')
  const start = Date.now()
  const last = await silent.closed
  // An empty ping, and a closing frame with its code.
  expect(last.includes(new Uint8Array([0x89, 0]))).toBe(true)
  const code = Buffer.alloc(2)
  code.writeUInt16BE(4003)
  expect(last.includes(Buffer.concat([code, Buffer.from('no sign of life came for too long')]))).toBe(true)
  expect(Date.now() - start).toBeGreaterThan(4000)
  // Its own limit is over too: it was there first.
  await quiet.ok('session/ping')
  expect(quiet.events).toEqual([])
  quiet.close()
}, 15_000)

test('an unknown command, and one of the admins only, give 60009; the socket stays', async () => {
  const device = await server.connect('alice')
  for (const cmd of [
    'openim/nothing',
    'im_open_login_svc/kick',
    'session/login',
    '__proto__/x',
    'constructor/x',
  ])
    expect(await device.call(cmd, {})).toMatchObject({ ErrorCode: 60009, ErrorDetail: { check: 'command' } })
  await device.ok('session/ping')
  device.close()
})

test('wrong types of fields give the code of the field and its name', async () => {
  const device = await server.connect('alice')
  const send = { To_Account: 'bob', MsgSeq: 1, MsgRandom: 1, MsgClientTime: 1, MsgBody: [] }
  const bad: readonly (readonly [object, number, string])[] = [
    [{ To_Account: 7 }, 90003, 'To_Account'],
    [{ MsgRandom: 'x' }, 90005, 'MsgRandom'],
    [{ MsgRandom: -1 }, 90005, 'MsgRandom'],
    [{ MsgBody: 'x' }, 90007, 'MsgBody'],
    [{ MsgClientTime: undefined }, 90001, 'MsgClientTime'],
  ]
  for (const [fields, code, field] of bad)
    expect(await device.call('openim/sendmsg', { ...send, ...fields })).toMatchObject({
      ErrorCode: code,
      ErrorDetail: { check: 'request', field },
    })
  expect(await device.call('openim/sendmsg', [])).toMatchObject({ ErrorCode: 90001 })
  expect(await device.call('openim/sendmsg', 'text')).toMatchObject({ ErrorCode: 90001 })
  device.close()
})

test('a frame over 64 KiB is answered with 80002, and the socket goes on', async () => {
  const device = await server.connect('alice')
  expect(await device.call('session/ping', { padding: 'ä'.repeat(33_000) })).toMatchObject({
    ErrorCode: 80002,
    ErrorDetail: { check: 'frame-size', maxBytes: 65_536 },
  })
  await device.ok('session/ping', { padding: 'x'.repeat(65_000) })
  device.sendText(JSON.stringify({ cmd: 'session/ping', id: 5, padding: 'x'.repeat(66_000) }))
  expect(await closeOf(device)).toBe(4005)
})

test('over the commands in flight the surplus gets 60022 with a delay', async () => {
  const device = await server.connect('alice')
  const peers = Array.from({ length: 8 }, (_, i) =>
    device.call('openim/sendmsg', {
      To_Account: 'bob',
      MsgSeq: i,
      MsgRandom: i,
      MsgClientTime: 1_700_000_000,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'x' } }],
    }),
  )
  const answers = await Promise.all(peers)
  expect(answers.filter(answer => answer.ErrorCode === 0).length).toBeGreaterThanOrEqual(4)
  const refused = answers.filter(answer => answer.ErrorCode === 60022)
  expect(refused.length).toBeGreaterThanOrEqual(1)
  expect(refused[0]).toMatchObject({ ErrorDetail: { check: 'in-flight', retryAfterMs: 100 } })
  await device.ok('session/ping')
  device.close()
})

test('over the commands of a second the surplus gets 60022; a flood closes the socket with 4005', async () => {
  const device = await server.connect('alice')
  const codes: number[] = []
  for (let i = 0; i < 45; i++) codes.push((await device.call('session/ping')).ErrorCode)
  expect(codes.slice(0, 20)).toEqual(Array(20).fill(0))
  expect(codes).toContain(60022)
  for (let i = 0; i < 200; i++) device.sendText('{"id":1000,"cmd":"session/ping"}')
  expect(await closeOf(device)).toBe(4005)
})

test('a user cannot reach what only the admin form of a command has', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const sent = await alice.ok<{ Seq: number }>('openim/sendmsg', {
    To_Account: 'bob',
    From_Account: 'administrator',
    MsgSeq: 1,
    MsgRandom: 77,
    MsgClientTime: 1_700_000_001,
    MsgTimeStamp: 1,
    SyncOtherMachine: 2,
    MsgLifeTime: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'as myself' } }],
  })
  expect(sent.Seq).toBeGreaterThan(0)
  const { m } = await bob.event('message', event => event.m.Seq === sent.Seq)
  expect(m.From_Account).toBe('alice')
  alice.close()
  bob.close()
})

test('logout ends the session: the socket closes with 4500 and the session cannot come back', async () => {
  const device = await server.connect('alice')
  await device.ok('session/logout')
  expect(await device.closed).toEqual({ code: 4500, reason: 'logout' })
  const { SessionId: id, Generation: generation, SessionToken: token } = device.login
  const again = await server.connect('alice', { session: { id, generation, token } })
  expect(again.login).toMatchObject({ Resumed: 0, Generation: 1 })
  expect(again.login.SessionId).not.toBe(id)
  expect(again.login.SessionToken).not.toBe(token)
  again.close()
})
