import { afterAll, beforeAll, expect, test } from 'bun:test'
import { REST_KIND } from '../store/append.ts'
import { startTestServer, TEST_APP, type TestServer, textBody } from '../testing/test-server.ts'
import { sweepHistory } from './sweep-history.ts'

let server: TestServer
const DAY = 86_400
const now = Math.floor(Date.now() / 1000)

beforeAll(async () => {
  server = await startTestServer({
    users: ['alice', 'bob', 'carol'],
    settings: { 'history.days': 10, 'rate.rest.default': 0 },
  })
})

afterAll(() => server.stop())

const imported = (to: string, time: number, random: number) =>
  server.ok('openim/importmsg', {
    SyncFromOldSystem: 5,
    From_Account: 'alice',
    To_Account: to,
    MsgSeq: 1,
    MsgRandom: random,
    MsgTimeStamp: time,
    MsgBody: textBody(`at ${time}`),
  })
const stored = async () =>
  (
    await server.running.services.store.read
      .selectFrom('message')
      .select(['conv_id', 'seq', 'random'])
      .orderBy('conv_id')
      .orderBy('seq')
      .execute()
  ).map(row => row.random)

test('what is past the history goes, in many steps if need be, and is neither seen nor unread any more', async () => {
  for (let n = 0; n < 450; n++) await imported('bob', now - 12 * DAY, n)
  await imported('bob', now - 2 * DAY, 1000)
  await imported('bob', now - 12 * DAY, 1001)
  await imported('carol', now - 3 * DAY, 2000)
  const bob = await server.connect('bob')
  const before = bob.login.LogNo
  expect(await sweepHistory(server.running.services)).toMatchObject({ messages: 450 })
  expect(await stored()).toEqual([1000, 1001, 2000])
  expect(
    await server.running.services.store.read
      .selectFrom('user_conversation')
      .select(['cleared_seq', 'read_seq', 'read_count', 'read_own'])
      .where('conv_id', '=', 1)
      .orderBy('account_id')
      .execute(),
  ).toEqual([
    { cleared_seq: 450, read_seq: 450, read_count: 450, read_own: 450 },
    { cleared_seq: 450, read_seq: 450, read_count: 450, read_own: 0 },
  ])
  const again = await server.connect('bob')
  expect(again.login.LogNo).toBeGreaterThan(before)
  expect(await sweepHistory(server.running.services)).toEqual({ messages: 0, keys: 0 })
  bob.close()
  again.close()
})

test('a message whose key outlived it is answered as the duplicate that it is', async () => {
  await imported('bob', now - 12 * DAY, 5)
  expect(await stored()).toEqual([1000, 1001, 2000])
})

test('spent REST keys are forgotten, import keys and fresh ones are kept', async () => {
  await server.ok('openim/sendmsg', {
    From_Account: 'alice',
    To_Account: 'carol',
    MsgRandom: 1,
    MsgBody: textBody('fresh'),
  })
  await server.sql(
    'insert into rest_key (app_id, conv_id, kind, sender_id, msg_seq, random, hash, seq, time) values (?, 1, ?, 2, 3, 4, ?, 1, ?)',
    TEST_APP,
    REST_KIND.send,
    'h',
    now - 1000,
  )
  expect(await sweepHistory(server.running.services)).toEqual({ messages: 0, keys: 1 })
  const { read } = server.running.services.store
  const kinds = await read.selectFrom('rest_key').select(['kind', 'random']).execute()
  expect(kinds.filter(row => row.kind === REST_KIND.send)).toEqual([{ kind: REST_KIND.send, random: 1 }])
  expect(kinds.filter(row => row.kind === REST_KIND.import)).toHaveLength(453)
})

test('a sweep that is told to stop stops', async () => {
  await imported('carol', now - 12 * DAY, 3000)
  const stop = new AbortController()
  stop.abort()
  expect(await sweepHistory(server.running.services, stop.signal)).toEqual({ messages: 0, keys: 0 })
})
