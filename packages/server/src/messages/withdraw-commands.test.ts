import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
})

afterAll(() => server.stop())

let random = 0
async function sent(over: object = {}): Promise<string> {
  const answer = await server.ok<{ MsgKey: string }>('openim/sendmsg', {
    From_Account: 'alice',
    To_Account: 'bob',
    MsgRandom: ++random,
    MsgBody: textBody('hi'),
    ...over,
  })
  return answer.MsgKey
}
const withdraw = (MsgKey: unknown, over: object = {}) =>
  server.rest('openim/admin_msgwithdraw', { From_Account: 'alice', To_Account: 'bob', MsgKey, ...over })

test('an admin`s recall reaches all devices of both sides once, and a second one is 20023', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const key = await sent({ CloudCustomData: 'c' })
  expect(await withdraw(key)).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0 })
  for (const client of [alice, bob]) {
    const event = await client.event('change')
    expect(event.kind).toBe('recall')
    expect(event.m).toMatchObject({
      MsgKey: key,
      MsgFlagBits: 8,
      MsgBody: [],
      CloudCustomData: '',
      Revoker_Account: 'administrator',
      ChangeNo: 1,
    })
  }
  expect(await withdraw(key)).toMatchObject({ ErrorCode: 20023, ErrorInfo: 'message already recalled' })
  alice.close()
  bob.close()
})

test('a recalled unread message is no longer counted', async () => {
  const [one, two] = [await sent({ From_Account: 'carol' }), await sent({ From_Account: 'carol' })]
  const uncounted = () =>
    server.running.services.store.read
      .selectFrom('message_uncounted')
      .innerJoin('message', join =>
        join
          .onRef('message.conv_id', '=', 'message_uncounted.conv_id')
          .onRef('message.seq', '=', 'message_uncounted.seq'),
      )
      .select('message.random')
      .where('message.random', '>=', random - 1)
      .execute()
  expect(await uncounted()).toEqual([])
  await withdraw(one, { From_Account: 'carol' })
  expect(await uncounted()).toEqual([{ random: random - 1 }])
  const silent = await sent({ From_Account: 'carol', SendMsgControl: ['NoUnread'] })
  await withdraw(silent, { From_Account: 'carol' })
  expect(await uncounted()).toHaveLength(0)
  expect(two).toContain(`_${random - 1}_`)
})

test('a message that only the receiver sees can be recalled by an admin; the sender learns the number only', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const key = await sent({ SyncOtherMachine: 2 })
  expect((await withdraw(key)).ErrorCode).toBe(0)
  const { m } = await bob.event('change')
  expect(await alice.event('cover', event => event.ChangeNo !== undefined)).toEqual({
    ev: 'cover',
    ConvId: m.ConvId,
    ChangeNo: m.ChangeNo as number,
  })
  alice.close()
  bob.close()
})

test('wrong keys, names and directions have their codes', async () => {
  const key = await sent()
  expect((await withdraw(key, { From_Account: 'bob', To_Account: 'alice' })).ErrorCode).toBe(20022)
  expect((await withdraw(key, { To_Account: 'carol' })).ErrorCode).toBe(20022)
  expect((await withdraw('1_2_3')).ErrorCode).toBe(20022)
  expect((await withdraw('4294967295_4294967295_4294967295')).ErrorCode).toBe(20022)
  for (const bad of ['1_2', 'x', '4294967296_1_1', "1_1_1' or 1=1", '1_2_3_4', '', 7])
    expect((await withdraw(bad)).ErrorCode).toBe(90054)
  expect((await withdraw(undefined)).ErrorCode).toBe(90054)
  expect((await withdraw(key, { From_Account: 'ghost' })).ErrorCode).toBe(90008)
  expect((await withdraw(key, { To_Account: 'ghost' })).ErrorCode).toBe(90003)
  expect((await withdraw(key)).ErrorCode).toBe(0)
})

test('a user recalls an own message, told on the same device too, but nobody else`s', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const answer = await alice.ok('openim/sendmsg', {
    To_Account: 'bob',
    MsgSeq: 1,
    MsgRandom: ++random,
    MsgClientTime: 1700000000,
    MsgBody: textBody('hi'),
  })
  const MsgKey = answer.MsgKey
  expect(await bob.call('openim/msg_withdraw', { To_Account: 'alice', MsgKey })).toMatchObject({
    ErrorCode: 20022,
  })
  expect(await alice.call('openim/msg_withdraw', { To_Account: 'carol', MsgKey })).toMatchObject({
    ErrorCode: 20022,
  })
  await alice.ok('openim/msg_withdraw', { To_Account: 'bob', MsgKey })
  expect((await alice.event('change')).m).toMatchObject({ MsgKey, Revoker_Account: 'alice' })
  expect((await bob.event('change')).kind).toBe('recall')
  expect(await alice.call('openim/msg_withdraw', { To_Account: 'bob', MsgKey })).toMatchObject({
    ErrorCode: 20023,
  })
  expect(await alice.call('openim/admin_msgwithdraw', { To_Account: 'bob', MsgKey })).toMatchObject({
    ErrorCode: 60009,
  })
  alice.close()
  bob.close()
})

test('after the recall window a user is told 20016, an admin still recalls', async () => {
  const time = Math.floor(Date.now() / 1000) - 121
  await server.ok('openim/importmsg', {
    SyncFromOldSystem: 2,
    From_Account: 'alice',
    To_Account: 'carol',
    MsgSeq: 1,
    MsgRandom: 1,
    MsgTimeStamp: time,
    MsgBody: textBody('late'),
  })
  const alice = await server.connect('alice')
  const MsgKey = `1_1_${time}`
  expect(await alice.call('openim/msg_withdraw', { To_Account: 'carol', MsgKey })).toMatchObject({
    ErrorCode: 20016,
    ErrorDetail: { check: 'recall-window', window: 120 },
  })
  expect((await withdraw(MsgKey, { To_Account: 'carol' })).ErrorCode).toBe(0)
  alice.close()
})

test('of two messages under one key both can be recalled', async () => {
  const at = { SyncFromOldSystem: 2, MsgSeq: 3, MsgRandom: 3, MsgTimeStamp: Math.floor(Date.now() / 1000) }
  await server.ok('openim/importmsg', {
    ...at,
    From_Account: 'alice',
    To_Account: 'bob',
    MsgBody: textBody('imported'),
  })
  const row = { MsgSeq: 3, MsgRandom: 3, MsgBody: textBody('sent') }
  await server.ok('openim/batchsendmsg', { ...row, From_Account: 'alice', To_Account: ['bob'] })
  const keys = await server.running.services.store.read
    .selectFrom('message')
    .select(['time'])
    .where('msg_seq', '=', 3)
    .where('random', '=', 3)
    .execute()
  for (const { time } of keys) expect((await withdraw(`3_3_${time}`)).ErrorCode).toBe(0)
  for (const { time } of keys) expect((await withdraw(`3_3_${time}`)).ErrorCode).toBe(20023)
})
