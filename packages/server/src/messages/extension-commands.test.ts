import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    users: ['alice', 'bob', 'carol'],
    settings: { 'ext.changesPerMinute': 40 },
  })
})

afterAll(() => server.stop())

const address = { From_Account: 'alice', To_Account: 'bob' }
let random = 0
async function sent(over: object = {}): Promise<string> {
  const answer = await server.ok<{ MsgKey: string }>('openim/sendmsg', {
    ...address,
    MsgRandom: ++random,
    SupportMessageExtension: 1,
    MsgBody: textBody('vote'),
    ...over,
  })
  return answer.MsgKey
}
const set = (MsgKey: string, body: object) =>
  server.rest('openim_msg_ext_http_svc/set_key_values', { ...address, MsgKey, OperateType: 1, ...body })
const get = (MsgKey: string, body: object = {}) =>
  server.rest('openim_msg_ext_http_svc/get_key_values', { ...address, MsgKey, ...body })
const pairs = (...names: string[]) => ({ ExtensionList: names.map(Key => ({ Key, Value: `v-${Key}` })) })

test('one call takes one number for all its keys; reading gives them in that order', async () => {
  const key = await sent()
  expect(await set(key, pairs('b', 'a'))).toEqual({
    ActionStatus: 'OK',
    ErrorCode: 0,
    ErrorInfo: '',
    ExtensionList: [
      { ErrorCode: 0, Extension: { Key: 'b', Value: 'v-b', Seq: 1 } },
      { ErrorCode: 0, Extension: { Key: 'a', Value: 'v-a', Seq: 1 } },
    ],
  })
  await set(key, { ExtensionList: [{ Key: 'b', Value: 'new' }] })
  expect(await get(key)).toMatchObject({
    CompleteFlag: 1,
    LatestSeq: 2,
    ClearSeq: 0,
    ExtensionList: [
      { Key: 'a', Value: 'v-a', Seq: 1 },
      { Key: 'b', Value: 'new', Seq: 2 },
    ],
  })
  expect((await get(key, { StartSeq: 2 })).ExtensionList).toEqual([{ Key: 'b', Value: 'new', Seq: 2 }])
})

test('deleting and clearing: absent keys are 23004, a clear is remembered by its number', async () => {
  const key = await sent()
  await set(key, pairs('a', 'b', 'c'))
  expect((await set(key, { OperateType: 2, ...pairs('a', 'ghost') })).ExtensionList).toEqual([
    { ErrorCode: 0, Extension: { Key: 'a', Value: '', Seq: 2 } },
    { ErrorCode: 23004, Extension: { Key: 'ghost', Value: '', Seq: 0 } },
  ])
  expect((await set(key, { OperateType: 3 })).ErrorCode).toBe(0)
  expect(await get(key)).toMatchObject({ LatestSeq: 3, ClearSeq: 3, CompleteFlag: 1, ExtensionList: [] })
})

test('a user`s stale version is 23001 with what is stored; nothing of it is taken', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const MsgKey = await sent()
  const vote = (client: typeof bob, ExtensionList: object[]) =>
    client.ok('openim_msg_ext_http_svc/set_key_values', { ...address, MsgKey, OperateType: 1, ExtensionList })
  await vote(alice, [{ Key: 'x', Value: 'one', Seq: 0 }])
  expect((await vote(bob, [{ Key: 'x', Value: 'two', Seq: 0 }])).ExtensionList).toEqual([
    { ErrorCode: 23001, Extension: { Key: 'x', Value: 'one', Seq: 1 } },
  ])
  expect((await get(MsgKey)).LatestSeq).toBe(1)
  const mixed = await vote(bob, [
    { Key: 'x', Value: 'two', Seq: 1 },
    { Key: 'y', Value: 'new', Seq: 0 },
  ])
  expect(mixed.ExtensionList).toEqual([
    { ErrorCode: 0, Extension: { Key: 'x', Value: 'two', Seq: 2 } },
    { ErrorCode: 0, Extension: { Key: 'y', Value: 'new', Seq: 2 } },
  ])
  expect(
    await bob.call('openim_msg_ext_http_svc/set_key_values', {
      ...address,
      MsgKey,
      OperateType: 1,
      ExtensionList: [{ Key: 'z', Value: '1' }],
    }),
  ).toMatchObject({ ErrorCode: 10004 })
  alice.close()
  bob.close()
})

test('both sides are told what changed, with the message`s number', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const MsgKey = await sent()
  const { m } = await bob.event('message')
  await set(MsgKey, pairs('k'))
  for (const client of [alice, bob])
    expect(await client.event('extension')).toMatchObject({
      ConvId: m.ConvId,
      Peer: ['alice', 'bob'],
      Seq: m.Seq as number,
      MsgKey,
      OperateType: 1,
      ExtensionList: [{ Key: 'k', Value: 'v-k', Seq: 1 }],
    })
  alice.close()
  bob.close()
})

test('who may: the two sides, on messages that take extensions and are still there', async () => {
  const [bob, carol] = [await server.connect('bob'), await server.connect('carol')]
  const MsgKey = await sent()
  expect(await carol.call('openim_msg_ext_http_svc/get_key_values', { ...address, MsgKey })).toMatchObject({
    ErrorCode: 20001,
  })
  expect(await bob.call('openim_msg_ext_http_svc/get_key_values', { ...address, MsgKey })).toMatchObject({
    ErrorCode: 0,
    LatestSeq: 0,
  })
  const plain = await sent({ SupportMessageExtension: 0 })
  expect((await set(plain, pairs('a'))).ErrorCode).toBe(23002)
  expect((await get(plain)).ErrorCode).toBe(23002)
  expect((await set('1_2_3', pairs('a'))).ErrorCode).toBe(23004)
  expect((await get('1_2_3')).ErrorCode).toBe(23004)
  await set(MsgKey, pairs('a'))
  await server.ok('openim/admin_msgwithdraw', { ...address, MsgKey })
  expect((await get(MsgKey)).ErrorCode).toBe(23004)
  bob.close()
  carol.close()
})

test('sizes and counts are taken at their limit and refused one above', async () => {
  const key = await sent()
  const code = async (ExtensionList: object[]) => (await set(key, { ExtensionList })).ErrorCode
  expect(await code([{ Key: 'ä'.repeat(50), Value: 'v'.repeat(1000) }])).toBe(0)
  expect(await code([{ Key: 'k'.repeat(101), Value: '' }])).toBe(10004)
  expect(await code([{ Key: 'k', Value: 'v'.repeat(1001) }])).toBe(10004)
  expect(await code([])).toBe(10004)
  expect(await code([{ Key: '', Value: 'v' }])).toBe(10004)
  expect(
    await code([
      { Key: 'k', Value: '1' },
      { Key: 'k', Value: '2' },
    ]),
  ).toBe(10004)
  const some = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({ Key: `'; drop table message; -- ${from + n}`, Value: 'v' }))
  expect(await code(some(0, 21))).toBe(10004)
  for (let from = 0; from < 280; from += 20) expect(await code(some(from, 20))).toBe(0)
  expect(await code(some(280, 20))).toBe(10004)
  expect(await code(some(280, 19))).toBe(0)
  expect(await code(some(0, 20))).toBe(0)
  const first = await get(key)
  expect(first.CompleteFlag).toBe(0)
  expect(first.ExtensionList).toHaveLength(200)
  const seen = new Map((first.ExtensionList as { Key: string; Seq: number }[]).map(one => [one.Key, one]))
  const last = (first.ExtensionList as { Seq: number }[]).at(-1)
  const rest = await get(key, { StartSeq: last?.Seq })
  expect(rest.CompleteFlag).toBe(1)
  for (const one of rest.ExtensionList as { Key: string; Seq: number }[]) seen.set(one.Key, one)
  expect(seen.size).toBe(300)
})

test('more changes of one message within a minute than allowed are 23003, another message is free', async () => {
  const [busy, other] = [await sent(), await sent()]
  for (let n = 0; n < 40; n++) expect((await set(busy, pairs('a'))).ErrorCode).toBe(0)
  expect(await set(busy, pairs('a'))).toMatchObject({ ErrorCode: 23003 })
  expect((await set(other, pairs('a'))).ErrorCode).toBe(0)
})

test('wrong requests are 10004', async () => {
  const key = await sent()
  expect((await set(key, { OperateType: 4 })).ErrorCode).toBe(10004)
  expect((await set(key, { OperateType: undefined })).ErrorCode).toBe(10004)
  expect((await set('bad', pairs('a'))).ErrorCode).toBe(10004)
  expect((await set(key, { To_Account: 'ghost', ...pairs('a') })).ErrorCode).toBe(10004)
  expect((await set(key, { To_Account: undefined, ...pairs('a') })).ErrorCode).toBe(10004)
  expect((await set(key, { ExtensionList: [{ Value: 'no key' }] })).ErrorCode).toBe(10004)
})
