import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Device, startTestServer, type TestServer, textBody } from '../testing/test-server.ts'
import { sweepHistory } from './sweep-history.ts'

const G = 'group_open_http_svc'
const DAY = 86_400
let server: TestServer
const devices = new Map<string, Device>()

beforeAll(async () => {
  server = await startTestServer({ users: ['ann', 'ben', 'cem'], settings: { 'history.days': 10 } })
  for (const user of ['ann', 'ben', 'cem']) devices.set(user, await server.connect(user))
})
afterAll(() => server.stop())

const deviceOf = (user: string): Device => {
  const device = devices.get(user)
  if (!device) throw new Error(`no device of ${user}`)
  return device
}

async function newGroup(): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'old',
    Owner_Account: 'ann',
    MemberList: [{ Member_Account: 'ben' }, { Member_Account: 'cem' }],
  })
  return GroupId
}

let random = 0
async function send(GroupId: string, ...senders: readonly string[]): Promise<number> {
  let last = 0
  for (const user of senders) {
    const { Seq } = await deviceOf(user).ok<{ Seq: number }>(`${G}/send_group_msg`, {
      GroupId,
      Random: ++random,
      MsgClientTime: Math.floor(Date.now() / 1000),
      MsgBody: textBody(user),
    })
    last = Seq
  }
  return last
}

interface Item {
  readonly Group?: { readonly GroupId: string }
  readonly UnreadMsgNum: number
  readonly ReadSeq: number
  readonly ChangeNo: number
}

async function itemOf(user: string, GroupId: string): Promise<Item> {
  const { Items } = await deviceOf(user).ok<{ Items: Item[] }>('sync/snapshot')
  const item = Items.find(it => it.Group?.GroupId === GroupId)
  if (!item) throw new Error(`${user} has no item of ${GroupId}`)
  return item
}

const unreadOf = (GroupId: string) =>
  Promise.all(['ann', 'ben', 'cem'].map(async user => (await itemOf(user, GroupId)).UnreadMsgNum))

/** Makes messages up to a number so old that they leave the history. */
async function age(GroupId: string, upTo: number): Promise<void> {
  await server.sql(
    `update message set time = time - ? where seq <= ? and conv_id in (select conv_id from chat_group where name = ?)`,
    11 * DAY,
    upTo,
    GroupId,
  )
}

test('what left the history of a group is unread for nobody, and what is left of it is for those who did not write it', async () => {
  const GroupId = await newGroup()
  const old = await send(GroupId, 'ann', 'ben', 'ann', 'ann')
  await send(GroupId, 'ben', 'ann')
  expect(await unreadOf(GroupId)).toEqual([2, 4, 6])
  const before = await itemOf('cem', GroupId)
  await age(GroupId, old)
  expect((await sweepHistory(server.running.services)).messages).toBeGreaterThan(0)
  expect(await unreadOf(GroupId)).toEqual([1, 1, 2])
  const after = await itemOf('cem', GroupId)
  expect(after.ReadSeq).toBe(old)
  // Who resumes is told.
  expect(after.ChangeNo).toBeGreaterThan(before.ChangeNo)
  await send(GroupId, 'cem', 'ben')
  expect(await unreadOf(GroupId)).toEqual([3, 2, 3])
  await deviceOf('ben').ok('group/set_read', { GroupId, ReadSeq: old + 1 })
  expect(await unreadOf(GroupId)).toEqual([3, 2, 3])
  await deviceOf('cem').ok('group/set_read', { GroupId })
  expect(await unreadOf(GroupId)).toEqual([3, 2, 0])
})

test('a history that is gone whole leaves nothing unread, and counting goes on with the next message', async () => {
  const GroupId = await newGroup()
  const last = await send(GroupId, 'ann', 'ben', 'ben')
  await age(GroupId, last)
  await sweepHistory(server.running.services)
  expect(await unreadOf(GroupId)).toEqual([0, 0, 0])
  await send(GroupId, 'ann')
  expect(await unreadOf(GroupId)).toEqual([0, 1, 1])
})

test('recalled and deleted messages that left the history are not subtracted again', async () => {
  const GroupId = await newGroup()
  const first = await send(GroupId, 'ann')
  await send(GroupId, 'ann', 'ann', 'ben')
  await deviceOf('ann').ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq: first }] })
  await deviceOf('cem').ok('group/delete_messages', { GroupId, MsgSeqList: [first + 1] })
  expect(await unreadOf(GroupId)).toEqual([1, 2, 2])
  await age(GroupId, first + 1)
  await sweepHistory(server.running.services)
  expect(await unreadOf(GroupId)).toEqual([1, 1, 2])
})

test('a group that was cleared before its messages expired counts from the higher floor', async () => {
  const GroupId = await newGroup()
  const first = await send(GroupId, 'ann', 'ben')
  await send(GroupId, 'ann', 'ben', 'ann')
  await server.ok(`${G}/clear_group_msg`, { GroupId, MsgSeq: first + 1 })
  expect(await unreadOf(GroupId)).toEqual([1, 1, 2])
  await age(GroupId, first)
  await sweepHistory(server.running.services)
  expect(await unreadOf(GroupId)).toEqual([1, 1, 2])
  await age(GroupId, first + 2)
  await sweepHistory(server.running.services)
  expect(await unreadOf(GroupId)).toEqual([0, 1, 1])
})
