import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol', "o'; drop table message; --"] })
})

afterAll(() => server.stop())

let random = 0
const send = (over: object = {}) => ({
  From_Account: 'alice',
  To_Account: 'bob',
  MsgRandom: ++random,
  MsgBody: textBody('hi'),
  ...over,
})
const code = async (over: object) => (await server.rest('openim/sendmsg', send(over))).ErrorCode

/** Exactly `bytes` of MsgBody text. */
function bodyOf(bytes: number): object[] {
  return textBody('x'.repeat(bytes - JSON.stringify(textBody('')).length))
}

test('each wrong field has its documented code', async () => {
  expect(await code({ To_Account: undefined })).toBe(90003)
  expect(await code({ To_Account: 7 })).toBe(90003)
  expect(await code({ To_Account: 'ghost' })).toBe(90012)
  expect(await code({ From_Account: 'ghost' })).toBe(20003)
  expect(await code({ From_Account: 5 })).toBe(90008)
  expect(await code({ MsgRandom: undefined })).toBe(90005)
  expect(await code({ MsgRandom: 4294967296 })).toBe(90005)
  expect(await code({ MsgRandom: -1 })).toBe(90005)
  expect(await code({ MsgSeq: 4294967296 })).toBe(90001)
  expect(await code({ MsgTimeStamp: 'yesterday' })).toBe(90006)
  expect(await code({ MsgBody: 'hi' })).toBe(90007)
  expect(await code({ MsgBody: [] })).toBe(90002)
  expect(await code({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: {} }] })).toBe(90010)
  expect(await code({ SyncOtherMachine: 3 })).toBe(90031)
  expect(await code({ MsgLifeTime: 'long' })).toBe(90044)
  expect(await code({ OfflinePushInfo: 'no' })).toBe(90043)
  expect((await server.rest('openim/sendmsg', '{"To_Account"')).ErrorCode).toBe(90001)
})

test('u32 numbers are taken to their last value, and come back in the MsgKey', async () => {
  const answer = await server.ok('openim/sendmsg', send({ MsgSeq: 4294967295, MsgRandom: 4294967295 }))
  expect(answer.MsgKey).toBe(`4294967295_4294967295_${answer.MsgTime}`)
})

test('a message of exactly 12 KB is stored, one byte more is 93000 on REST and 80002 for the SDK', async () => {
  expect(await code({ MsgBody: bodyOf(12_288) })).toBe(0)
  expect(await code({ MsgBody: bodyOf(12_288), CloudCustomData: 'x' })).toBe(93000)
  const alice = await server.connect('alice')
  const request = { To_Account: 'bob', MsgSeq: 1, MsgRandom: ++random, MsgClientTime: 1700000000 }
  expect(await alice.call('openim/sendmsg', { ...request, MsgBody: bodyOf(12_289) })).toMatchObject({
    ErrorCode: 80002,
    ErrorDetail: { check: 'size', bytes: 12_289, maxBytes: 12_288 },
  })
  expect(await alice.call('openim/sendmsg', { ...request, MsgBody: bodyOf(12_288) })).toMatchObject({
    ErrorCode: 0,
  })
  alice.close()
})

test('the receiver gets the body text for text, with unknown members and SQL in it', async () => {
  const bob = await server.connect('bob')
  const text = `'); delete from message; -- "\\ \u2028 ☃`
  const body = [{ MsgType: 'TIMTextElem', MsgContent: { Text: text, Later: [null, 1.5] } }]
  await server.ok('openim/sendmsg', send({ MsgBody: body, CloudCustomData: text }))
  const { m } = await bob.event('message')
  expect<unknown>(m.MsgBody).toEqual(body)
  expect(m.CloudCustomData).toBe(text)
  bob.close()
})

test('a UserID that looks like SQL is a UserID', async () => {
  const name = "o'; drop table message; --"
  const client = await server.connect(name)
  await server.ok('openim/sendmsg', send({ From_Account: name, To_Account: name }))
  expect((await client.event('message')).m).toMatchObject({ From_Account: name, To_Account: name })
  client.close()
})

test('a repeated REST send within its window gives the first MsgKey and reaches nobody again', async () => {
  const bob = await server.connect('bob')
  const request = send({ MsgSeq: 9, MsgBody: textBody('once') })
  const first = await server.ok('openim/sendmsg', request)
  expect(await server.ok('openim/sendmsg', request)).toMatchObject({ MsgKey: first.MsgKey })
  await bob.event('message')
  await server.ok('openim/sendmsg', { ...request, MsgBody: textBody('other content') })
  expect<unknown>((await bob.event('message')).m.MsgBody).toEqual(textBody('other content'))
  bob.close()
})

test('whose devices are told: the sender only with SyncOtherMachine 1, else it learns the number', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  await server.ok('openim/sendmsg', send({ SyncOtherMachine: 1 }))
  const { m } = await alice.event('message')
  expect(m.Seq).toBe((await bob.event('message')).m.Seq as number)
  for (const SyncOtherMachine of [2, undefined]) {
    await server.ok('openim/sendmsg', send({ SyncOtherMachine }))
    const seen = (await bob.event('message')).m
    expect(await alice.event('cover')).toEqual({ ev: 'cover', ConvId: seen.ConvId, Seq: seen.Seq as number })
  }
  alice.close()
  bob.close()
})

test('an online-only message reaches who is online and is not stored, in either spelling', async () => {
  const carol = await server.connect('carol')
  for (const how of [{ OnlineOnlyFlag: 1 }, { MsgLifeTime: 0 }]) {
    const answer = await server.ok('openim/sendmsg', send({ To_Account: 'carol', ...how }))
    const { m } = await carol.event('online')
    expect(m.MsgKey).toBe(answer.MsgKey as string)
    expect(m.Seq).toBeUndefined()
  }
  expect(
    await server.ok('openim/admin_getroammsg', {
      Operator_Account: 'carol',
      Peer_Account: 'alice',
      MaxCnt: 10,
      MinTime: 0,
      MaxTime: 4294967295,
    }),
  ).toMatchObject({ Complete: 1, MsgCnt: 0, LastMsgTime: 0, LastMsgKey: '', MsgList: [] })
  carol.close()
})

test('a lifetime over seven days and callback controls are accepted', async () => {
  expect(await code({ MsgLifeTime: 604801, ForbidCallbackControl: ['ForbidBeforeSendMsgCallback'] })).toBe(0)
})

test('a user writes to itself and its other device gets it', async () => {
  const [one, two] = [await server.connect('carol'), await server.connect('carol')]
  const sent = await one.ok('openim/sendmsg', {
    To_Account: 'carol',
    MsgSeq: 1,
    MsgRandom: ++random,
    MsgClientTime: 1700000000,
    MsgBody: textBody('note'),
  })
  expect((await two.event('message')).m.Seq).toBe(sent.Seq as number)
  await server.ok('openim/sendmsg', send({ From_Account: 'carol', To_Account: 'carol', SyncOtherMachine: 2 }))
  expect((await one.event('message')).m.Seq).toBe((sent.Seq as number) + 1)
  one.close()
  two.close()
})

test('on the socket the sender is who logged in, and one client key takes one content', async () => {
  const bob = await server.connect('bob')
  const request = {
    From_Account: 'alice',
    To_Account: 'carol',
    MsgSeq: 1,
    MsgRandom: ++random,
    MsgClientTime: 1700000000,
    MsgBody: textBody('mine'),
  }
  const carol = await server.connect('carol')
  await bob.ok('openim/sendmsg', request)
  expect((await carol.event('message')).m.From_Account).toBe('bob')
  expect(await bob.call('openim/sendmsg', { ...request, MsgBody: textBody('not mine') })).toMatchObject({
    ErrorCode: 20001,
    ErrorDetail: { check: 'client-key' },
  })
  expect(await bob.call('openim/sendmsg', { ...request, To_Account: 'ghost' })).toMatchObject({
    ErrorCode: 20003,
  })
  expect(await bob.call('openim/sendmsg', { ...request, MsgClientTime: undefined })).toMatchObject({
    ErrorCode: 90001,
  })
  bob.close()
  carol.close()
})
