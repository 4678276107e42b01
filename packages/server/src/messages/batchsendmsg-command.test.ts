import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer
const crowd = Array.from({ length: 500 }, (_, n) => `user${n}`)

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol', ...crowd] })
})

afterAll(() => server.stop())

let random = 0
const batch = (over: object = {}) => ({
  From_Account: 'alice',
  To_Account: ['bob', 'carol'],
  MsgSeq: 5,
  MsgRandom: ++random,
  MsgBody: textBody('news'),
  ...over,
})
const code = async (over: object) => (await server.rest('openim/batchsendmsg', batch(over))).ErrorCode

test('all receivers get the message under the one MsgKey of the answer', async () => {
  const [bob, carol] = [await server.connect('bob'), await server.connect('carol')]
  const answer = await server.ok('openim/batchsendmsg', batch())
  expect(answer.ActionStatus).toBe('OK')
  expect(answer.MsgKey).toBe(`5_${random}_${answer.MsgTime}`)
  for (const client of [bob, carol])
    expect((await client.event('message')).m).toMatchObject({
      MsgKey: answer.MsgKey as string,
      From_Account: 'alice',
    })
  bob.close()
  carol.close()
})

test('receivers without an account are listed, the others get the message', async () => {
  const bob = await server.connect('bob')
  const answer = await server.rest('openim/batchsendmsg', batch({ To_Account: ['bob', 'ghost', 'bob'] }))
  expect(answer).toMatchObject({
    ActionStatus: 'SomeError',
    ErrorCode: 0,
    ErrorList: [{ To_Account: 'ghost', ErrorCode: 70107 }],
  })
  expect((await bob.event('message')).m.MsgKey).toBe(answer.MsgKey as string)
  await bob.ok('session/ping')
  expect(bob.events.filter(event => event.ev === 'message')).toHaveLength(1)
  bob.close()
})

test('when nobody has an account the call fails', async () => {
  expect(
    await server.rest('openim/batchsendmsg', batch({ To_Account: ['ghost', "' or 1=1"] })),
  ).toMatchObject({
    ActionStatus: 'FAIL',
    ErrorCode: 90012,
    ErrorInfo: 'invalid To_Account',
  })
})

test('500 receivers are one call with one key, 501 are refused', async () => {
  const answer = await server.ok('openim/batchsendmsg', batch({ To_Account: crowd }))
  expect(answer.ErrorList).toBeUndefined()
  for (const user of ['user0', 'user499'])
    expect(
      await server.ok('openim/admin_getroammsg', {
        Operator_Account: user,
        Peer_Account: 'alice',
        MaxCnt: 1,
        MinTime: 0,
        MaxTime: 4294967295,
      }),
    ).toMatchObject({ LastMsgKey: answer.MsgKey })
  expect(await code({ To_Account: [...crowd, 'bob'] })).toBe(90011)
})

test('a call that is repeated as a whole answers the first key and stores nothing', async () => {
  const request = batch()
  const first = await server.ok('openim/batchsendmsg', request)
  expect(await server.ok('openim/batchsendmsg', request)).toMatchObject({ MsgKey: first.MsgKey })
})

test('each wrong field has its documented code', async () => {
  expect(await code({ From_Account: 'ghost' })).toBe(90008)
  expect(await code({ To_Account: 'bob' })).toBe(90003)
  expect(await code({ To_Account: [] })).toBe(90003)
  expect(await code({ To_Account: [1] })).toBe(90003)
  expect(await code({ MsgRandom: 'x' })).toBe(90005)
  expect(await code({ MsgBody: {} })).toBe(90007)
  expect(await code({ MsgBody: [{}] })).toBe(90010)
  expect(await code({ MsgBody: textBody('x'.repeat(12_288)) })).toBe(93000)
})

test('online-only batches reach who is online and are not stored', async () => {
  const bob = await server.connect('bob')
  const answer = await server.ok('openim/batchsendmsg', batch({ MsgLifeTime: 0 }))
  expect((await bob.event('online')).m.MsgKey).toBe(answer.MsgKey as string)
  bob.close()
})

test('the batch is not open to the SDK', async () => {
  const alice = await server.connect('alice')
  expect((await alice.call('openim/batchsendmsg', batch())).ErrorCode).toBe(60009)
  alice.close()
})
