import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

test('an app admin sends over REST and the receiver sees it at once, with its number', async () => {
  const bob = await server.connect('bob')
  const answer = await server.ok<{ MsgTime: number; MsgKey: string }>('openim/sendmsg', {
    From_Account: 'alice',
    To_Account: 'bob',
    MsgSeq: 7,
    MsgRandom: 3141592,
    MsgBody: textBody('hello'),
  })
  expect(answer.MsgKey).toBe(`7_3141592_${answer.MsgTime}`)
  const { m } = await bob.event('message')
  expect(m).toMatchObject({ Seq: 1, From_Account: 'alice', To_Account: 'bob', MsgBody: textBody('hello') })
  bob.close()
})

test('a user sends over the socket: the peer and the other device get it, the sending device does not', async () => {
  const [alice, tablet, bob] = [
    await server.connect('alice'),
    await server.connect('alice'),
    await server.connect('bob'),
  ]
  const send = {
    To_Account: 'bob',
    MsgSeq: 1,
    MsgRandom: 11,
    MsgClientTime: 1700000000,
    MsgBody: textBody('from the socket'),
  }
  const sent = await alice.ok<{ Seq: number }>('openim/sendmsg', send)
  expect((await bob.event('message')).m.Seq).toBe(sent.Seq)
  expect((await tablet.event('message')).m.Seq).toBe(sent.Seq)
  expect(await alice.ok('openim/sendmsg', send)).toMatchObject({ Seq: sent.Seq, Duplicate: 1 })
  await alice.ok('session/ping')
  expect(alice.events).toEqual([])
  for (const client of [alice, tablet, bob]) client.close()
})

test('logging in with a bad UserSig tells the code and the failed check', async () => {
  const socket = await server.socket()
  const login = (usersig: string, identifier = 'alice') =>
    socket.call('session/login', { sdkappid: 1400000001, identifier, usersig })
  expect(await login('')).toMatchObject({ ErrorCode: 70002 })
  expect(await login(server.userSig('bob'))).toMatchObject({
    ErrorCode: 70013,
    ErrorDetail: { check: 'user-id' },
  })
  expect(await login(server.userSig('alice', { now: 1000, expire: 10 }))).toMatchObject({ ErrorCode: 70001 })
  expect((await socket.closed).code).toBe(4502)
})
