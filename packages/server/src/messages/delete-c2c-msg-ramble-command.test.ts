import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
})

afterAll(() => server.stop())

let random = 0
async function sent(to = 'bob', text = 'hi'): Promise<string> {
  const answer = await server.ok<{ MsgKey: string }>('openim/sendmsg', {
    From_Account: 'alice',
    To_Account: to,
    MsgRandom: ++random,
    MsgBody: textBody(text),
  })
  return answer.MsgKey
}
const keys = async (owner: string, peer: string) =>
  (
    await server.ok<{ MsgList: { MsgKey: string }[] }>('openim/admin_getroammsg', {
      Operator_Account: owner,
      Peer_Account: peer,
      MaxCnt: 100,
      MinTime: 0,
      MaxTime: 4294967295,
    })
  ).MsgList.map(item => item.MsgKey)
const remove = (body: object) =>
  server.rest('openim/delete_c2c_msg_ramble', { Operator_Account: 'bob', Peer_Account: 'alice', ...body })

test('a delete takes the message out of one side`s history only, and lists badly formed keys', async () => {
  const [one, two] = [await sent(), await sent()]
  expect(await remove({ MsgKeyList: [one, 'bad', "1' or '1'='1"] })).toEqual({
    ActionStatus: 'OK',
    ErrorCode: 0,
    ErrorInfo: '',
    InvalidMsgKeyList: ['bad', "1' or '1'='1"],
  })
  expect(await keys('bob', 'alice')).toEqual([two])
  expect(await keys('alice', 'bob')).toEqual([one, two])
})

test('the owner`s devices get the new state of the conversation, the peer gets nothing', async () => {
  const [alice, carol] = [await server.connect('alice'), await server.connect('carol')]
  const [first, last] = [await sent('carol', 'first'), await sent('carol', 'last')]
  await carol.ok('openim/delete_c2c_msg_ramble', { Peer_Account: 'alice', MsgKeyList: [last] })
  const { c, LogNo } = await carol.event('conversation')
  expect(c).toMatchObject({ To_Account: 'alice', UnreadMsgNum: 1, LastMsg: { MsgKey: first } })
  expect(c.LogNo).toBe(LogNo)
  await carol.ok('openim/delete_c2c_msg_ramble', { Peer_Account: 'alice', MsgKeyList: [last, '1_2_3'] })
  await carol.ok('session/ping')
  expect(carol.events.filter(event => event.ev === 'conversation')).toHaveLength(1)
  await alice.ok('session/ping')
  expect(alice.events.filter(event => event.ev === 'conversation')).toEqual([])
  alice.close()
  carol.close()
})

test('what one side deleted, it can no longer edit or receipt, and it is not pulled', async () => {
  const carol = await server.connect('carol')
  const key = await sent('carol')
  const { m } = await carol.event('message')
  await carol.ok('openim/delete_c2c_msg_ramble', { Peer_Account: 'alice', MsgKeyList: [key] })
  expect(
    await carol.call('openim/modify_c2c_msg', {
      From_Account: 'alice',
      To_Account: 'carol',
      MsgKey: key,
      CloudCustomData: 'x',
    }),
  ).toMatchObject({ ErrorCode: 20026 })
  const pulled = await carol.ok('sync/pull', {
    To_Account: 'alice',
    ConvId: m.ConvId,
    AfterSeq: (m.Seq ?? 0) - 1,
    AfterChangeNo: 0,
    Limit: 10,
  })
  expect(pulled).toMatchObject({ Messages: [], CoverSeq: m.Seq, More: 0 })
  carol.close()
})

test('30 keys are one call, 31 are refused; wrong requests have their codes', async () => {
  const many = (count: number) => ({ MsgKeyList: Array.from({ length: count }, (_, n) => `1_${n}_3`) })
  expect((await remove(many(30))).ErrorCode).toBe(0)
  expect((await remove(many(31))).ErrorCode).toBe(90054)
  expect((await remove({ MsgKeyList: [] })).ErrorCode).toBe(90054)
  expect((await remove({})).ErrorCode).toBe(90054)
  expect((await remove({ ...many(1), Operator_Account: 'ghost' })).ErrorCode).toBe(90008)
  expect((await remove({ ...many(1), Peer_Account: 'ghost' })).ErrorCode).toBe(90003)
  expect((await remove({ ...many(1), Peer_Account: undefined })).ErrorCode).toBe(90003)
})
