import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Device, startTestServer, type TestServer } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'
let server: TestServer
let ann: Device
let ben: Device

beforeAll(async () => {
  server = await startTestServer({ users: ['ann', 'ben', 'cem'], settings: { 'group.joinedMax': 3 } })
  ann = await server.connect('ann')
  ben = await server.connect('ben')
})
afterAll(() => server.stop())

const make = async (Type: string, more: object = {}): Promise<string> =>
  (await ann.ok<{ GroupId: string }>(`${G}/create_group`, { Type, Name: Type, ...more })).GroupId

interface Item {
  readonly Group?: { readonly GroupId: string }
  readonly Hidden: 0 | 1
  readonly MsgTime: number
  readonly HeadSeq: number
}

async function itemOf(device: Device, GroupId: string): Promise<Item | undefined> {
  const { Items } = await device.ok<{ Items: Item[] }>('sync/snapshot')
  return Items.find(it => it.Group?.GroupId === GroupId)
}

async function isInList(user: string, GroupId: string, AssistFlags = 2): Promise<boolean> {
  const { SessionItem } = await server.ok<{ SessionItem: { GroupId?: string }[] }>('recentcontact/get_list', {
    From_Account: user,
    TimeStamp: 0,
    StartIndex: 0,
    TopTimeStamp: 0,
    TopStartIndex: 0,
    AssistFlags,
  })
  return SessionItem.some(it => it.GroupId === GroupId)
}

const dismiss = (GroupId: string) => server.ok(`${G}/destroy_group`, { GroupId })

describe('a group without a message', () => {
  for (const [type, more] of [
    ['ChatRoom', {}],
    ['Public', {}],
    ['Community', { GroupId: '@TGS#_lists' }],
  ] as const)
    test(`of type ${type} stands in the lists of who is in it, by the time of its making`, async () => {
      const members = type === 'ChatRoom' ? { MemberList: [{ Member_Account: 'ben' }] } : {}
      const GroupId = await make(type, { ...more, ...members })
      for (const [user, device] of type === 'ChatRoom'
        ? ([
            ['ann', ann],
            ['ben', ben],
          ] as const)
        : ([['ann', ann]] as const)) {
        const item = await itemOf(device, GroupId)
        expect(item).toMatchObject({ Hidden: 0, HeadSeq: 0 })
        expect(item?.MsgTime).toBeGreaterThan(Date.now() / 1000 - 60)
        expect(await isInList(user, GroupId)).toBe(true)
        // Empty conversations are asked for with a flag over REST (rest-1 section 7.1).
        expect(await isInList(user, GroupId, 0)).toBe(false)
        const { Groups } = await device.ok<{ Groups: { GroupId: string }[] }>('group/list')
        expect(Groups.map(group => group.GroupId)).toContain(GroupId)
      }
      await dismiss(GroupId)
    })

  test('of type Work is in its owner’s lists only', async () => {
    const GroupId = await make('Private', { MemberList: [{ Member_Account: 'ben' }] })
    expect(await itemOf(ann, GroupId)).toMatchObject({ Hidden: 0 })
    expect(await itemOf(ben, GroupId)).toBeUndefined()
    await dismiss(GroupId)
  })

  test('is in no list any more when it was deleted from it, left or dismissed, and again after joining anew', async () => {
    const GroupId = await make('ChatRoom', { MemberList: [{ Member_Account: 'ben' }] })
    await ben.ok('recentcontact/delete', { Type: 2, ToGroupid: GroupId })
    expect(await itemOf(ben, GroupId)).toMatchObject({ Hidden: 1 })
    await ben.ok('group/quit', { GroupId })
    expect(await itemOf(ben, GroupId)).toMatchObject({ Hidden: 1 })
    await ben.ok('group/join', { GroupId })
    expect(await itemOf(ben, GroupId)).toMatchObject({ Hidden: 0 })
    await dismiss(GroupId)
    expect(await itemOf(ann, GroupId)).toMatchObject({ Hidden: 1 })
    expect(await isInList('ann', GroupId)).toBe(false)
  })

  test('with topics stands in no list of conversations, and neither do its empty topics', async () => {
    const GroupId = await make('Community', { GroupId: '@TGS#_topics', SupportTopic: 1 })
    const { TopicId } = await server.ok<{ TopicId: string }>('million_group_open_http_svc/create_topic', {
      GroupId,
      TopicName: 'empty',
      From_Account: 'ann',
    })
    expect(await itemOf(ann, GroupId)).toMatchObject({ Hidden: 1 })
    expect(await itemOf(ann, TopicId)).toMatchObject({ Hidden: 1 })
    await dismiss(GroupId)
  })
})

describe('admins of live rooms', () => {
  const joined = async (more: object = {}) => {
    const answer = await server.ok<{ TotalCount: number; GroupIdList: { GroupId: string }[] }>(
      `${G}/get_joined_group_list`,
      { Member_Account: 'ben', ...more },
    )
    return { n: answer.TotalCount, ids: answer.GroupIdList.map(it => it.GroupId) }
  }

  test('have the rooms among their groups only while they are inside, and where rooms are asked for', async () => {
    const room = await make('AVChatRoom')
    await server.ok('group_open_avchatroom_http_svc/modify_admin', {
      GroupId: room,
      CommandType: 1,
      Admin_Account: ['ben'],
    })
    const group = await make('Public', { MemberList: [{ Member_Account: 'ben' }] })
    expect(await joined()).toEqual({ n: 1, ids: [group] })
    expect(await joined({ WithHugeGroups: 1 })).toEqual({ n: 1, ids: [group] })
    await ben.ok('group/join', { GroupId: room })
    expect(await joined()).toEqual({ n: 1, ids: [group] })
    expect(await joined({ WithHugeGroups: 1 })).toEqual({ n: 2, ids: [room, group] })
    expect(await joined({ WithHugeGroups: 1, GroupType: 'AVChatRoom' })).toEqual({ n: 1, ids: [room] })
    expect(await joined({ WithHugeGroups: 1, GroupType: 'Public' })).toEqual({ n: 1, ids: [group] })
    await ben.ok('group/quit', { GroupId: room })
    expect(await joined({ WithHugeGroups: 1 })).toEqual({ n: 1, ids: [group] })
    await dismiss(room)
    await dismiss(group)
  })

  test('may be in as many groups as others', async () => {
    const add = async (Type: string) => {
      const GroupId = await make(Type)
      await server.ok('group_open_avchatroom_http_svc/modify_admin', {
        GroupId,
        CommandType: 1,
        Admin_Account: ['cem'],
      })
      return GroupId
    }
    const rooms = [await add('AVChatRoom'), await add('AVChatRoom')]
    const made = async () => {
      const answer = await server.rest(`${G}/create_group`, {
        Type: 'ChatRoom',
        Name: 'more',
        Owner_Account: 'cem',
      })
      return { code: answer.ErrorCode, id: String(answer.GroupId) }
    }
    const groups = [await made(), await made(), await made()]
    expect(groups.map(({ code }) => code)).toEqual([0, 0, 0])
    expect((await made()).code).toBe(10037)
    for (const id of [...rooms, ...groups.map(({ id }) => id)]) await dismiss(id)
  })
})
