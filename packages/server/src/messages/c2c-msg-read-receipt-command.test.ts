import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol'], settings: { 'receipt.reportMax': 30 } })
})

afterAll(() => server.stop())

let random = 0
async function sent(over: object = {}): Promise<{ MsgKey: string; MsgTime: number }> {
  return server.ok<{ MsgKey: string; MsgTime: number }>('openim/sendmsg', {
    From_Account: 'alice',
    To_Account: 'bob',
    MsgSeq: 1,
    MsgRandom: ++random,
    IsNeedReadReceipt: 1,
    MsgBody: textBody('read me'),
    ...over,
  })
}
const report = (C2CMsgInfo: unknown, over: object = {}) =>
  server.rest('openim/c2c_msg_read_receipt', {
    Operator_Account: 'bob',
    Peer_Account: 'alice',
    C2CMsgInfo,
    ...over,
  })
const isPeerRead = async (MsgKey: string) =>
  (
    await server.ok<{ MsgList: { MsgKey: string; IsPeerRead: number }[] }>('openim/admin_getroammsg', {
      Operator_Account: 'alice',
      Peer_Account: 'bob',
      MaxCnt: 100,
      MinTime: 0,
      MaxTime: 4294967295,
    })
  ).MsgList.find(item => item.MsgKey === MsgKey)?.IsPeerRead

test('a receipt by key tells the sender once, and the history shows it', async () => {
  const alice = await server.connect('alice')
  const { MsgKey } = await sent()
  expect(await isPeerRead(MsgKey)).toBe(0)
  expect(await report([{ From_Account: 'alice', To_Account: 'bob', MsgKey }])).toMatchObject({ ErrorCode: 0 })
  const event = await alice.event('change')
  expect(event.kind).toBe('receipt')
  expect(event.m).toMatchObject({ MsgKey, IsPeerRead: 1, IsNeedReadReceipt: 1 })
  expect(event.m.PeerReadTime).toBeGreaterThan(1_700_000_000)
  expect(await isPeerRead(MsgKey)).toBe(1)
  await report([{ MsgKey }])
  await alice.ok('session/ping')
  expect(alice.events.filter(one => one.ev === 'change')).toHaveLength(1)
  alice.close()
})

test('a receipt by sequence, random and time works, with the numbers as text too', async () => {
  const { MsgKey, MsgTime } = await sent()
  await report([{ MsgSeq: 1, MsgRandom: String(random), MsgTime: String(MsgTime), MsgClientTime: 1 }])
  expect(await isPeerRead(MsgKey)).toBe(1)
})

test('the receiver reports over the socket, several at once; messages that asked for none are left out', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const [one, two, none] = [await sent(), await sent(), await sent({ IsNeedReadReceipt: 0 })]
  await bob.ok('openim/c2c_msg_read_receipt', {
    Peer_Account: 'alice',
    C2CMsgInfo: [one, two, none].map(({ MsgKey }) => ({ MsgKey })),
  })
  const [first, second] = [await alice.event('change'), await alice.event('change')]
  expect([first.m.MsgKey, second.m.MsgKey]).toEqual([one.MsgKey, two.MsgKey])
  expect(second.m.ChangeNo).toBe((first.m.ChangeNo ?? 0) + 1)
  expect(await isPeerRead(none.MsgKey)).toBe(0)
  alice.close()
  bob.close()
})

test('the sender itself, or somebody else, cannot receipt a message', async () => {
  const { MsgKey } = await sent()
  const [alice, carol] = [await server.connect('alice'), await server.connect('carol')]
  await alice.ok('openim/c2c_msg_read_receipt', { Peer_Account: 'bob', C2CMsgInfo: [{ MsgKey }] })
  await carol.ok('openim/c2c_msg_read_receipt', { Peer_Account: 'alice', C2CMsgInfo: [{ MsgKey }] })
  expect(await isPeerRead(MsgKey)).toBe(0)
  alice.close()
  carol.close()
})

test('30 messages are one report, 31 are refused; wrong requests have their codes', async () => {
  const many = (count: number) => Array.from({ length: count }, () => ({ MsgKey: '1_2_3' }))
  const code = async (info: unknown, over: object = {}) => (await report(info, over)).ErrorCode
  expect(await code(many(30))).toBe(0)
  expect(await code(many(31))).toBe(20001)
  expect(await code([])).toBe(20001)
  expect(await code('x')).toBe(20001)
  expect(await code([{ MsgKey: 'x' }])).toBe(90054)
  expect(await code([{ MsgSeq: 1, MsgRandom: 2 }])).toBe(90054)
  expect(await code([{ MsgSeq: 1, MsgRandom: 4294967296, MsgTime: 1 }])).toBe(90005)
  expect(await code([{ From_Account: 'bob', To_Account: 'alice', MsgKey: '1_2_3' }])).toBe(20001)
  expect(await code(many(1), { Operator_Account: 'ghost' })).toBe(90008)
  expect(await code(many(1), { Peer_Account: 'ghost' })).toBe(90003)
})
