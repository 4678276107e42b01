import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { WireConversation } from '@rookery/protocol/wire'
import { type Device, startTestServer, type TestServer } from '../testing/test-server.ts'

const G = 'group_open_http_svc'

let server: TestServer
let olga: Device
let tom: Device

beforeAll(async () => {
  server = await startTestServer({ users: ['olga', 'tom'] })
  olga = await server.connect('olga')
  tom = await server.connect('tom')
})

afterAll(() => server.stop())

interface Snapshot {
  readonly StoreEpoch: string
  readonly LogNo: number
  readonly Items: WireConversation[]
}

async function newGroup(): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'Rooks',
    Owner_Account: 'olga',
    MemberList: [{ Member_Account: 'tom' }],
  })
  return GroupId
}

async function say(GroupId: string, Text: string, Random: number): Promise<number> {
  const { MsgSeq } = await olga.ok<{ MsgSeq: number }>(`${G}/send_group_msg`, {
    GroupId,
    Random,
    MsgClientTime: Math.floor(Date.now() / 1000),
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }],
  })
  return MsgSeq
}

async function fresh(device: Device, GroupId: string): Promise<{ state: Snapshot; item: WireConversation }> {
  const state = await device.ok<Snapshot>('sync/snapshot')
  const item = state.Items.find(it => it.Group?.GroupId === GroupId)
  if (!item) throw new Error(`No conversation of ${GroupId}.`)
  return { state, item }
}

/** The items that a device with this state is told of. */
async function resumed(device: Device, { StoreEpoch, LogNo, Items }: Snapshot): Promise<WireConversation[]> {
  const answer = await device.ok<{ Items: WireConversation[] }>('sync/resume', {
    Epoch: StoreEpoch,
    LogNo,
    Marks: Items.map(it => [it.ConvId, it.HeadSeq, it.ChangeNo]),
  })
  return answer.Items
}

test('who left sees the group as it was then, on a new device as on one that resumes', async () => {
  const GroupId = await newGroup()
  const seq = await say(GroupId, 'gone tomorrow', 1)
  await server.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account: ['tom'] })
  const before = await fresh(tom, GroupId)
  expect(before.item).toMatchObject({ UnreadMsgNum: 1, Group: { Member: 0, Name: 'Rooks', InfoSeq: 1 } })
  await server.ok(`${G}/modify_group_base_info`, { GroupId, Name: 'Crows', FaceUrl: 'https://x.example/c' })
  await server.ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq: seq }] })
  expect(await resumed(tom, before.state)).toEqual([])
  const { item } = await fresh(tom, GroupId)
  expect({ ...item, LastMsg: undefined }).toEqual({ ...before.item, LastMsg: undefined })
  await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'tom' }] })
  expect((await fresh(tom, GroupId)).item.Group).toMatchObject({ Member: 1, Name: 'Crows', InfoSeq: 2 })
})

test('a change of the profile without a tip is news to who resumes', async () => {
  const GroupId = await newGroup()
  const before = await fresh(tom, GroupId)
  await server.ok(`${G}/modify_group_base_info`, { GroupId, MuteAllMember: 'On' })
  expect(await resumed(tom, before.state)).toEqual([(await fresh(tom, GroupId)).item])
})
