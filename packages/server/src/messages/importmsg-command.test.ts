import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer
const long = Math.floor(Date.now() / 1000) - 100_000

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol', 'dave'] })
})

afterAll(() => server.stop())

const message = (over: object = {}) => ({
  SyncFromOldSystem: 2,
  From_Account: 'alice',
  To_Account: 'bob',
  MsgSeq: 1,
  MsgRandom: 42,
  MsgTimeStamp: long,
  MsgBody: textBody('old'),
  ...over,
})
const code = async (over: object) => (await server.rest('openim/importmsg', message(over))).ErrorCode
const history = (owner: string, peer: string) =>
  server.ok<{ MsgList: { MsgTimeStamp: number; MsgBody: unknown }[] }>('openim/admin_getroammsg', {
    Operator_Account: owner,
    Peer_Account: peer,
    MaxCnt: 100,
    MinTime: 0,
    MaxTime: 4294967295,
  })

test('history (2) is stored at its own time, reaches no device, and devices learn its number', async () => {
  const bob = await server.connect('bob')
  await server.ok('openim/sendmsg', { ...message({ MsgTimeStamp: undefined }), MsgRandom: 1 })
  const { m } = await bob.event('message')
  await server.ok('openim/importmsg', message())
  expect(await bob.event('cover')).toMatchObject({ ConvId: m.ConvId, Seq: (m.Seq ?? 0) + 1 })
  const { MsgList } = await history('bob', 'alice')
  expect(MsgList.map(item => item.MsgTimeStamp)).toEqual([long, m.MsgTimeStamp])
  bob.close()
})

test.each([1, 5])('live import (%i) reaches the devices of both sides', async SyncFromOldSystem => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  await server.ok('openim/importmsg', message({ SyncFromOldSystem, MsgRandom: 100 + SyncFromOldSystem }))
  for (const client of [alice, bob]) {
    const { m } = await client.event('message')
    expect(m.MsgTimeStamp).toBe(long)
    expect(m.NoUnread).toBeUndefined()
  }
  alice.close()
  bob.close()
})

test('the first import of a pair, number and time wins, whichever way round and whatever it says', async () => {
  await server.ok('openim/importmsg', message({ To_Account: 'carol', MsgBody: textBody('first') }))
  await server.ok('openim/importmsg', message({ To_Account: 'carol', MsgBody: textBody('second') }))
  await server.ok('openim/importmsg', message({ From_Account: 'carol', To_Account: 'alice' }))
  expect((await history('carol', 'alice')).MsgList).toMatchObject([{ MsgBody: textBody('first') }])
  await server.ok('openim/importmsg', message({ To_Account: 'carol', MsgTimeStamp: long + 1 }))
  expect((await history('carol', 'alice')).MsgList).toHaveLength(2)
})

test('an old import after newer messages does not become the last message of the list', async () => {
  await server.ok('openim/sendmsg', {
    From_Account: 'dave',
    To_Account: 'carol',
    MsgRandom: 7,
    MsgBody: textBody('new'),
  })
  await server.ok('openim/importmsg', message({ From_Account: 'dave', To_Account: 'carol' }))
  const row = await server.running.services.store.read
    .selectFrom('conversation')
    .select(['list_seq', 'head_seq'])
    .orderBy('conv_id', 'desc')
    .executeTakeFirst()
  expect(row).toEqual({ list_seq: 1, head_seq: 2 })
})

test('each wrong field has its documented code', async () => {
  expect(await code({ SyncFromOldSystem: undefined })).toBe(90030)
  expect(await code({ SyncFromOldSystem: 3 })).toBe(90030)
  expect(await code({ From_Account: undefined })).toBe(90008)
  expect(await code({ From_Account: 'ghost' })).toBe(90008)
  expect(await code({ To_Account: undefined })).toBe(90003)
  expect(await code({ To_Account: 'ghost' })).toBe(90012)
  expect(await code({ MsgRandom: undefined })).toBe(90005)
  expect(await code({ MsgTimeStamp: undefined })).toBe(90006)
  expect(await code({ MsgTimeStamp: 4294967296 })).toBe(90006)
  expect(await code({ MsgBody: 'x' })).toBe(90007)
  expect(await code({ MsgBody: [] })).toBe(90002)
  expect(await code({ CloudCustomData: 'x'.repeat(12_288) })).toBe(93000)
})
