import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { type Admin, createAdmin, type RoamMessage, TransportError } from './admin.ts'
import { FlakyProxy } from './testing/flaky-proxy.ts'

const FRIENDS = Array.from({ length: 130 }, (_, i) => `friend${i}`)

let server: TestServer
let proxy: FlakyProxy
let admin: Admin

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', ...FRIENDS] })
  proxy = await FlakyProxy.start(server.url)
  admin = createAdmin({ host: proxy.url, sdkAppId: TEST_APP, key: server.key })
})

afterAll(async () => {
  await proxy.stop()
  await server.stop()
})

test('the pages of a history hold each message once, from the newest page to the oldest', async () => {
  const texts = Array.from({ length: 25 }, (_, i) => `message ${i}`)
  for (const Text of texts)
    await admin.call('openim/sendmsg', {
      From_Account: 'alice',
      To_Account: 'bob',
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }],
    })
  const ask = { Operator_Account: 'bob', Peer_Account: 'alice', MaxCnt: 10 }
  const pages = await Array.fromAsync(admin.pages('openim/admin_getroammsg', ask))
  expect(pages.map(page => page.MsgList.length)).toEqual([10, 10, 5])
  const messages = pages.toReversed().flatMap(page => page.MsgList)
  expect(messages.map(({ MsgBody: [element] }) => element?.MsgContent)).toEqual(texts.map(Text => ({ Text })))
})

test('a message of the history has exactly the fields of its type', async () => {
  const shape: Record<keyof RoamMessage, 'string' | 'number' | 'object'> = {
    From_Account: 'string',
    To_Account: 'string',
    MsgSeq: 'number',
    MsgRandom: 'number',
    MsgTimeStamp: 'number',
    MsgClientTime: 'number',
    MsgFlagBits: 'number',
    IsPeerRead: 'number',
    IsNeedReadReceipt: 'number',
    SupportMessageExtension: 'number',
    MsgVersion: 'number',
    MsgKey: 'string',
    MsgBody: 'object',
    CloudCustomData: 'string',
  }
  const { MsgList } = await admin.call('openim/admin_getroammsg', {
    Operator_Account: 'bob',
    Peer_Account: 'alice',
    MaxCnt: 1,
    MinTime: 0,
    MaxTime: 4294967295,
  })
  const [message] = MsgList
  expect(Object.fromEntries(Object.entries(message ?? {}).map(([k, v]) => [k, typeof v]))).toEqual(shape)
})

test('the pages of a list hold each conversation once, and a loop that is left asks for no more', async () => {
  await admin.call('openim/batchsendmsg', {
    From_Account: 'alice',
    To_Account: FRIENDS,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello all' } }],
  })
  proxy.expect()
  const pages = await Array.fromAsync(admin.pages('recentcontact/get_list', { From_Account: 'alice' }))
  expect(pages.length).toBeGreaterThan(1)
  expect(proxy.seen).toHaveLength(pages.length)
  const peers = pages.flatMap(page => page.SessionItem.map(item => item.To_Account))
  expect(peers.toSorted()).toEqual(['bob', ...FRIENDS].toSorted())
  proxy.expect()
  for await (const page of admin.pages('recentcontact/get_list', { From_Account: 'alice' })) {
    expect(page.CompleteFlag).toBe(0)
    break
  }
  expect(proxy.seen).toHaveLength(1)
})

test('the pages of the contact groups end', async () => {
  await admin.call('recentcontact/create_contact_group', {
    From_Account: 'alice',
    GroupContactItem: [{ GroupName: 'work', ContactItem: [{ Type: 1, To_Account: 'bob' }] }],
  })
  const pages = admin.pages('recentcontact/get_contact_group', { From_Account: 'alice' })
  const [page, ...others] = await Array.fromAsync(pages)
  expect(page?.GroupItem).toEqual([{ GroupName: 'work', GroupId: 1 }])
  expect(others).toEqual([])
})

test('a server that names the same page again is an error, not a loop without an end', async () => {
  const stuck = {
    answer: {
      ActionStatus: 'OK',
      ErrorCode: 0,
      ErrorInfo: '',
      ContactItem: [],
      GroupItem: [],
      CompleteFlag: 0,
      NextStartIndex: 7,
    },
  }
  proxy.expect(stuck, stuck, stuck, stuck)
  const pages = admin.pages('recentcontact/get_contact_group', { From_Account: 'alice' })
  const error = await Array.fromAsync(pages).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(TransportError)
  expect(proxy.seen).toHaveLength(2)
})
