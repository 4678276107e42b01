import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { WireGroup, WireGroupNotice } from '@rookery/protocol/wire-group'
import type { Change } from '../store/change.ts'
import { type Device, startTestServer, TEST_APP, type TestServer } from '../testing/test-server.ts'

const G = 'group_open_http_svc'
const USERS = ['olga', 'mia', 'tom', 'nora', 'zoe']

let server: TestServer
let olga: Device
let mia: Device
let nora: Device
const changes: Change[] = []

beforeAll(async () => {
  server = await startTestServer({ users: USERS, settings: { 'group.joinedMax': 60 } })
  server.running.services.store.onCommit(told => changes.push(...told))
  ;[olga, mia, nora] = (await Promise.all(['olga', 'mia', 'nora'].map(name => server.connect(name)))) as [
    Device,
    Device,
    Device,
  ]
})

afterAll(() => server.stop())

async function newGroup(more: object = {}): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'Rooks',
    Owner_Account: 'olga',
    MemberList: [{ Member_Account: 'mia' }],
    ...more,
  })
  changes.length = 0
  return GroupId
}

type Frame = { ev: string; m?: { Seq?: number; MsgBody: Tip[] }; g?: WireGroup; n?: WireGroupNotice }
interface Tip {
  MsgContent: Record<string, unknown> & { OpType: number }
}

const frames = (): Frame[] =>
  changes.flatMap(change => (change.kind === 'groupPush' ? [JSON.parse(change.frame) as Frame] : []))
const tips = () =>
  frames().flatMap(frame => (frame.m ? [{ ev: frame.ev, ...frame.m.MsgBody[0]?.MsgContent }] : []))
const notices = () =>
  changes.flatMap(change => {
    if (change.kind !== 'push') return []
    const frame = JSON.parse(change.frame) as Frame
    return frame.n ? [{ to: change.to[0], type: frame.n.ReportType, n: frame.n }] : []
  })
const groupChanges = () => changes.flatMap(change => (change.kind === 'group' ? [change] : []))

async function idOf(userId: string): Promise<number> {
  const account = await server.running.services.accounts.find(TEST_APP, userId)
  if (!account) throw new Error(`no account ${userId}`)
  return account.id
}

async function info(GroupId: string): Promise<Record<string, unknown>> {
  const { GroupInfo } = await server.ok<{ GroupInfo: Record<string, unknown>[] }>(`${G}/get_group_info`, {
    GroupIdList: [GroupId],
  })
  return GroupInfo[0] ?? {}
}

const rest = async (command: string, body: object) => (await server.rest(`${G}/${command}`, body)).ErrorCode

describe('making a group', () => {
  test('the owner and the named members are in it, a tip and notices tell of it', async () => {
    changes.length = 0
    const { GroupId, Type } = await server.ok<{ GroupId: string; Type: string }>(`${G}/create_group`, {
      Type: 'Public',
      Name: 'Rooks',
      Owner_Account: 'olga',
      MemberList: [
        { Member_Account: 'mia', Role: 'Admin' },
        { Member_Account: 'ghost' },
        { Member_Account: 'olga' },
      ],
      AppDefinedData: [{ Key: 'city', Value: 'Graz' }],
    })
    expect(Type).toBe('Public')
    expect(GroupId).toStartWith('@TGS#2')
    const group = await info(GroupId)
    expect(group).toMatchObject({
      Name: 'Rooks',
      Owner_Account: 'olga',
      MemberNum: 2,
      MaxMemberNum: 6000,
      NextMsgSeq: 2,
      ApplyJoinOption: 'NeedPermission',
      InviteJoinOption: 'DisableInvite',
      MuteAllMember: 'Off',
      ShutUpAllMember: 'Off',
      HistoryMsgBeforeJoin: 'Off',
      InfoSeq: 1,
      Appid: TEST_APP,
      AppDefinedData: [{ Key: 'city', Value: 'Graz' }],
    })
    expect(group.MemberList).toMatchObject([
      { Member_Account: 'olga', Role: 'Owner', MuteUntil: 0, ShutUpUntil: 0 },
      { Member_Account: 'mia', Role: 'Admin' },
    ])
    expect(tips()).toMatchObject([{ ev: 'message', OpType: 1, List_Account: ['mia'], MemberNum: 2 }])
    expect(notices().map(({ to, type }) => [to, type])).toEqual([
      [await idOf('olga'), 6],
      [await idOf('mia'), 7],
    ])
    const [change] = groupChanges()
    expect(change?.joined).toEqual([await idOf('olga'), await idOf('mia')])
  })

  const refused: readonly (readonly [string, object, number])[] = [
    ['no name', { Name: '' }, 10004],
    ['a name of 101 bytes', { Name: 'x'.repeat(101) }, 10004],
    ['an introduction of 401 bytes', { Introduction: 'x'.repeat(401) }, 10004],
    ['an unknown type', { Type: 'Chat' }, 10004],
    ['the retired type', { Type: 'BChatRoom' }, 10004],
    ['an id that looks like the server’s', { GroupId: '@TGS#x' }, 10004],
    ['an id of 49 bytes', { GroupId: 'x'.repeat(49) }, 10015],
    ['an id that is not ASCII', { GroupId: 'grüppe' }, 10015],
    ['an owner without an account', { Owner_Account: 'ghost' }, 10019],
    ['a community without its prefix', { Type: 'Community', GroupId: 'club' }, 10004],
    ['members of a live room', { Type: 'AVChatRoom' }, 10007],
    [
      'an admin of a work group',
      { Type: 'Private', MemberList: [{ Member_Account: 'mia', Role: 'Admin' }] },
      10004,
    ],
    ['more members than the app allows', { MaxMemberCount: 6001 }, 10038],
    ['more members than the group takes', { MaxMemberCount: 1 }, 10014],
    [
      '11 custom fields',
      { AppDefinedData: Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: 'v' })) },
      10004,
    ],
    ['a long custom value', { AppDefinedData: [{ Key: 'k', Value: 'x'.repeat(513) }] }, 10004],
    ['a custom key that is none', { AppDefinedData: [{ Key: 'a b', Value: 'x' }] }, 10004],
    [
      '501 members',
      { MemberList: Array.from({ length: 501 }, (_, i) => ({ Member_Account: `u${i}` })) },
      10005,
    ],
    ['an option that there is not', { ApplyJoinOption: 'Maybe' }, 10004],
  ]
  for (const [what, more, code] of refused)
    test(`${what} is refused with ${code}`, async () => {
      expect(
        await rest('create_group', {
          Type: 'Public',
          Name: 'n',
          Owner_Account: 'olga',
          MemberList: [{ Member_Account: 'mia' }],
          ...more,
        }),
      ).toBe(code)
    })

  test('an id is taken until its group is dismissed; the owner is told that it is theirs', async () => {
    const body = { Type: 'Public', Name: 'n', GroupId: 'chess-club', Owner_Account: 'olga' }
    expect(await rest('create_group', body)).toBe(0)
    expect(await rest('create_group', body)).toBe(10025)
    expect(await rest('create_group', { ...body, Owner_Account: 'mia' })).toBe(10021)
    expect(await rest('destroy_group', { GroupId: 'chess-club' })).toBe(0)
    expect(await rest('create_group', { ...body, Owner_Account: 'mia' })).toBe(0)
  })

  test('work groups go by both names and stay quiet until the first message', async () => {
    changes.length = 0
    const { GroupId, Type } = await olga.ok<{ GroupId: string; Type: string }>(`${G}/create_group`, {
      Type: 'Work',
      Name: 'quiet',
      MemberList: [{ Member_Account: 'mia' }],
    })
    expect(Type).toBe('Private')
    expect(tips()).toEqual([])
    expect(notices().map(({ type }) => type)).toEqual([6])
    const listed = async (device: Device) =>
      (await device.ok<{ Groups: WireGroup[] }>('group/list')).Groups.some(it => it.GroupId === GroupId)
    expect([await listed(olga), await listed(mia)]).toEqual([true, false])
    const joined = async (more: object) => {
      const answer = await server.ok<{ GroupIdList: { GroupId: string }[] }>(`${G}/get_joined_group_list`, {
        Member_Account: 'mia',
        ...more,
      })
      return answer.GroupIdList.some(it => it.GroupId === GroupId)
    }
    expect([await joined({}), await joined({ WithNoActiveGroups: 1 })]).toEqual([false, true])
  })
})

test('profiles are answered one by one, filtered, in the order asked', async () => {
  const GroupId = await newGroup()
  const { GroupInfo } = await server.ok(`${G}/get_group_info`, {
    GroupIdList: ['nope', GroupId, 'bäd'],
    ResponseFilter: {
      GroupBaseInfoFilter: ['Name', 'NextMsgSeq', 'Nonsense'],
      MemberInfoFilter: ['Account', 'Role'],
    },
  })
  expect(GroupInfo).toMatchObject([{ GroupId: 'nope', ErrorCode: 10010 }, {}, { ErrorCode: 10015 }])
  expect((GroupInfo as object[])[1]).toEqual({
    GroupId,
    ErrorCode: 0,
    ErrorInfo: '',
    Name: 'Rooks',
    NextMsgSeq: 2,
    MemberList: [
      { Member_Account: 'olga', Role: 'Owner' },
      { Member_Account: 'mia', Role: 'Member' },
    ],
  })
  expect(await rest('get_group_info', { GroupIdList: Array(51).fill(GroupId) })).toBe(10004)
})

test('a change of the profile counts, is told with what changed only, and takes the old spelling', async () => {
  const GroupId = await newGroup()
  await server.ok(`${G}/modify_group_base_info`, {
    GroupId,
    From_Account: 'olga',
    Name: 'Rooks',
    Notification: 'At 8',
  })
  expect(tips()).toMatchObject([
    { ev: 'message', OpType: 6, Operator_Account: 'olga', MsgGroupNewInfo: { GroupNotification: 'At 8' } },
  ])
  expect(frames().at(-2)).toMatchObject({ ev: 'group', g: { GroupId, Notification: 'At 8', InfoSeq: 2 } })
  expect(frames().at(-1)).toMatchObject({ ev: 'cover', ChangeNo: 1 })
  changes.length = 0
  await server.ok(`${G}/modify_group_base_info`, { GroupId, ShutUpAllMember: 'On' })
  expect(tips()).toEqual([])
  expect(frames()).toMatchObject([
    { ev: 'group', g: { MuteAllMember: 'On', InfoSeq: 3 } },
    { ev: 'cover', ChangeNo: 2 },
  ])
  changes.length = 0
  await server.ok(`${G}/modify_group_base_info`, { GroupId, AppDefinedData: [{ Key: 'a', Value: '1' }] })
  expect(tips()).toMatchObject([{ ev: 'online', OpType: 6 }])
  changes.length = 0
  await server.ok(`${G}/modify_group_base_info`, { GroupId, MuteAllMember: 'On' })
  expect(changes).toEqual([])
  expect(await rest('modify_group_base_info', { GroupId, MaxMemberNum: 1 })).toBe(10004)
  expect(await rest('modify_group_base_info', { GroupId, MaxMemberNum: 9999 })).toBe(10038)
  expect(await rest('modify_group_base_info', { GroupId: 'nope', Name: 'x' })).toBe(10010)
})

test('added and removed members are told, the others too, and their ranges open and close', async () => {
  const GroupId = await newGroup()
  const { MemberList } = await server.ok(`${G}/add_group_member`, {
    GroupId,
    MemberList: [{ Member_Account: 'tom' }, { Member_Account: 'mia' }, { Member_Account: 'ghost' }],
  })
  expect(MemberList).toEqual([
    { Member_Account: 'tom', Result: 1 },
    { Member_Account: 'mia', Result: 2 },
    { Member_Account: 'ghost', Result: 0 },
  ])
  const tom = await idOf('tom')
  expect(groupChanges()[0]).toMatchObject({ joined: [tom] })
  expect(tips()).toMatchObject([{ OpType: 1, List_Account: ['tom'], MemberNum: 3 }])
  expect(notices().map(({ to, type }) => [to, type])).toEqual([[tom, 7]])
  const own = () =>
    server.running.services.store.read
      .selectFrom('user_conversation')
      .select(['from_seq', 'to_seq', 'read_seq'])
      .where('account_id', '=', tom)
      .where('kind', '=', 1)
      .orderBy('conv_id', 'desc')
      .executeTakeFirst()
  // The tip about the first members was number 1, the one about tom is number 2.
  expect(await own()).toEqual({ from_seq: 1, to_seq: -1, read_seq: 1 })
  changes.length = 0
  await server.ok(`${G}/delete_group_member`, {
    GroupId,
    MemberToDel_Account: ['tom', 'nora'],
    Reason: 'spam',
  })
  expect(groupChanges()[0]).toMatchObject({ left: [tom] })
  expect(tips()).toMatchObject([{ OpType: 3, List_Account: ['tom'], Reason: 'spam' }])
  expect(notices()).toMatchObject([{ to: tom, type: 4, n: { RemarkInfo: 'spam' } }])
  expect(await own()).toEqual({ from_seq: 1, to_seq: 2, read_seq: 1 })
  changes.length = 0
  await server.ok(`${G}/add_group_member`, { GroupId, Silence: 1, MemberList: [{ Member_Account: 'tom' }] })
  expect([tips(), notices()]).toEqual([[], []])
  expect(await own()).toEqual({ from_seq: 3, to_seq: -1, read_seq: 3 })
})

test('an application is asked of owner and admins, handled once, and told', async () => {
  const GroupId = await newGroup()
  expect((await mia.call('group/join', { GroupId })).JoinedStatus).toBe('AlreadyInGroup')
  expect((await nora.ok('group/join', { GroupId, ApplyMsg: 'let me in' })).JoinedStatus).toBe(
    'WaitAdminApproval',
  )
  expect(notices()).toMatchObject([
    { to: await idOf('olga'), type: 1, n: { RemarkInfo: 'let me in', Operator_Account: 'nora' } },
  ])
  const { Items } = await olga.ok<{ Items: Record<string, unknown>[] }>('group/applications')
  const item = Items.find(it => it.GroupId === GroupId)
  expect(item).toMatchObject({
    Applicant_Account: 'nora',
    ApplicationType: 0,
    Note: 'let me in',
    User_Account: '',
  })
  expect((await mia.ok<{ Items: object[] }>('group/applications')).Items).toEqual([])
  const answer = { ...item, Action: 'Agree' }
  expect((await olga.call('group/handle_application', { ...answer, Authentication: 'x' })).ErrorCode).toBe(
    10004,
  )
  changes.length = 0
  const agreed = await olga.ok<{ Group: WireGroup }>('group/handle_application', answer)
  expect(agreed.Group).toMatchObject({ GroupId, MemberNum: 3, SelfInfo: { Role: 'Owner' } })
  expect(notices()).toMatchObject([{ to: await idOf('nora'), type: 2 }])
  expect(tips()).toMatchObject([
    { OpType: 1, GroupJoinType: 1, Operator_Account: 'olga', List_Account: ['nora'] },
  ])
  expect((await olga.call('group/handle_application', answer)).ErrorCode).toBe(10024)
})

test('a refused application leaves the applicant outside and tells them', async () => {
  const GroupId = await newGroup()
  await nora.ok('group/join', { GroupId })
  const { Items } = await olga.ok<{ Items: { GroupId: string }[] }>('group/applications')
  const item = Items.find(it => it.GroupId === GroupId)
  changes.length = 0
  await olga.ok('group/handle_application', { ...item, Action: 'Reject', HandleMsg: 'no' })
  expect(notices()).toMatchObject([{ to: await idOf('nora'), type: 3, n: { RemarkInfo: 'no' } }])
  const { UserIdList } = await server.ok(`${G}/get_role_in_group`, {
    GroupId,
    User_Account: ['nora', 'olga'],
  })
  expect(UserIdList).toEqual([
    { Member_Account: 'nora', Role: 'NotMember' },
    { Member_Account: 'olga', Role: 'Owner' },
  ])
})

test('an invitation by a member waits for an admin where the group wants that', async () => {
  const GroupId = await newGroup({ InviteJoinOption: 'NeedPermission' })
  const { MemberList } = await mia.ok(`${G}/add_group_member`, {
    GroupId,
    MemberList: [{ Member_Account: 'tom' }],
  })
  expect(MemberList).toEqual([{ Member_Account: 'tom', Result: 3 }])
  expect(notices()).toMatchObject([
    { to: await idOf('olga'), type: 24, n: { User_Account: 'tom', Operator_Account: 'mia' } },
  ])
  const { Items } = await olga.ok<{ Items: Record<string, unknown>[] }>('group/applications')
  const item = Items.find(it => it.GroupId === GroupId)
  expect(item).toMatchObject({ ApplicationType: 1, Applicant_Account: 'mia', User_Account: 'tom' })
  changes.length = 0
  await olga.ok('group/handle_application', { ...item, Action: 'Agree' })
  expect(tips()).toMatchObject([
    { OpType: 1, GroupJoinType: 2, Operator_Account: 'mia', List_Account: ['tom'] },
  ])
  // The owner needs nobody.
  expect(
    (await olga.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'nora' }] }))
      .MemberList,
  ).toEqual([{ Member_Account: 'nora', Result: 1 }])
})

test('the owner of a work group leaves it without one, and the app gives it a new one', async () => {
  const GroupId = await newGroup({ Type: 'Private' })
  await olga.ok('group/quit', { GroupId })
  expect(await info(GroupId)).toMatchObject({ Owner_Account: '', MemberNum: 1 })
  expect(await rest('change_group_owner', { GroupId, NewOwner_Account: 'tom' })).toBe(10004)
  expect(await rest('change_group_owner', { GroupId, NewOwner_Account: 'mia' })).toBe(0)
  expect(await info(GroupId)).toMatchObject({ Owner_Account: 'mia', MemberNum: 1 })
})

test('handing over makes the old owner a member and shows the new one', async () => {
  const GroupId = await newGroup()
  await olga.ok(`${G}/change_group_owner`, { GroupId, NewOwner_Account: 'mia' })
  expect(tips()).toMatchObject([
    { OpType: 6, List_Account: ['mia'], MsgGroupNewInfo: { Owner_Account: 'mia' } },
  ])
  expect((await info(GroupId)).MemberList).toMatchObject([
    { Member_Account: 'mia', Role: 'Owner' },
    { Member_Account: 'olga', Role: 'Member' },
  ])
  expect((await olga.call(`${G}/destroy_group`, { GroupId })).ErrorCode).toBe(10007)
})

test('a dismissed group is gone for everybody, and each member is told', async () => {
  const GroupId = await newGroup()
  await olga.ok(`${G}/destroy_group`, { GroupId })
  expect(groupChanges()[0]).toMatchObject({ dismissed: true })
  expect(notices().map(({ to, type }) => [to, type])).toEqual([
    [await idOf('olga'), 5],
    [await idOf('mia'), 5],
  ])
  expect((await mia.call('group/profile', { GroupId })).ErrorCode).toBe(10010)
  expect((await mia.call('group/join', { GroupId })).ErrorCode).toBe(10010)
  const { store } = server.running.services
  const left = await store.read
    .selectFrom('chat_group')
    .select('member_count')
    .where('name', '=', GroupId)
    .execute()
  expect(left).toEqual([{ member_count: 0 }])
})

test('a ban removes and keeps out, whoever opens the door, until it is lifted', async () => {
  const GroupId = await newGroup({ ApplyJoinOption: 'FreeAccess' })
  await server.ok(`${G}/ban_group_member`, {
    GroupId,
    Members_Account: ['mia', 'tom'],
    Duration: 3600,
    Description: 'x',
  })
  expect(notices().map(({ type }) => type)).toEqual([22, 22])
  expect((await mia.call('group/join', { GroupId })).ErrorCode).toBe(10007)
  expect(
    (await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'mia' }] }))
      .MemberList,
  ).toEqual([{ Member_Account: 'mia', Result: 0 }])
  const page = await server.ok<{ BannedAccountList: object[] }>(`${G}/get_group_ban_member`, {
    GroupId,
    Limit: 1,
  })
  expect(page).toMatchObject({ BannedAccountList: [{ Member_Account: 'mia' }], NextOffset: 1 })
  await server.ok(`${G}/unban_group_member`, { GroupId, Members_Account: ['mia'] })
  expect((await mia.ok('group/join', { GroupId })).JoinedStatus).toBe('JoinedSuccess')
  expect(
    await rest('ban_group_member', { GroupId, Members_Account: Array(21).fill('mia'), Duration: 1 }),
  ).toBe(10005)
})

test('a mute outlives leaving, shows in both old and new spelling, and ends', async () => {
  const GroupId = await newGroup({ ApplyJoinOption: 'FreeAccess' })
  await server.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['mia'], ShutUpTime: 600 })
  expect(tips()).toMatchObject([{ OpType: 7, MsgMemberInfo: [{ User_Account: 'mia', ShutupTime: 600 }] }])
  await mia.ok('group/quit', { GroupId })
  const { Group } = await mia.ok<{ Group: WireGroup }>('group/join', { GroupId })
  expect(Group.SelfInfo?.MuteUntil).toBeGreaterThan(Date.now() / 1000 + 500)
  const { ShuttedUinList } = await server.ok(`${G}/get_group_shutted_uin`, { GroupId })
  expect(ShuttedUinList).toMatchObject([{ Member_Account: 'mia' }])
  await server.ok(`${G}/modify_group_member_info`, { GroupId, Member_Account: 'mia', MuteTime: 0 })
  expect((await server.ok(`${G}/get_group_muted_account`, { GroupId })).MutedAccountList).toEqual([])
})

test('nobody is in more groups than the app allows', async () => {
  for (let i = 0; i < 60; i++)
    expect(await rest('create_group', { Type: 'ChatRoom', Name: 'n', Owner_Account: 'zoe' })).toBe(0)
  expect(await rest('create_group', { Type: 'ChatRoom', Name: 'n', Owner_Account: 'zoe' })).toBe(10037)
  const GroupId = await newGroup()
  expect(
    (await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'zoe' }] }))
      .MemberList,
  ).toEqual([{ Member_Account: 'zoe', Result: 4 }])
  const over = await server.ok(`${G}/create_group`, {
    Type: 'Public',
    Name: 'n',
    Owner_Account: 'olga',
    MemberList: [{ Member_Account: 'zoe' }],
  })
  expect(over.OverJoinedGroupLimit_Account).toEqual(['zoe'])
})

test('lists of groups and of members go on page by page', async () => {
  const GroupId = await newGroup({
    Type: 'Community',
    MemberList: ['mia', 'tom', 'nora'].map(Member_Account => ({ Member_Account })),
  })
  const seen: string[] = []
  let Next = ''
  do {
    const page = await server.ok<{ MemberList: { Member_Account: string }[]; Next: string }>(
      `${G}/get_group_member_info`,
      { GroupId, Limit: 2, Next },
    )
    seen.push(...page.MemberList.map(it => it.Member_Account))
    Next = page.Next
  } while (Next !== '')
  expect(seen).toEqual(['olga', 'mia', 'tom', 'nora'])
  const offset = await server.ok(`${G}/get_group_member_info`, {
    GroupId: await newGroup({ MemberList: [{ Member_Account: 'mia' }, { Member_Account: 'tom' }] }),
    Limit: 1,
    Offset: 1,
    MemberInfoFilter: ['Role'],
    MemberRoleFilter: ['Member', 'Owner'],
  })
  expect(offset).toMatchObject({ MemberNum: 3, MemberList: [{ Member_Account: 'mia', Role: 'Member' }] })
  let page = await server.ok<{ TotalCount: number; GroupIdList: object[]; Next: number }>(
    `${G}/get_appid_group_list`,
    { Limit: 40 },
  )
  let n = page.GroupIdList.length
  while (page.Next > 0) {
    page = await server.ok(`${G}/get_appid_group_list`, { Limit: 40, Next: page.Next })
    n += page.GroupIdList.length
  }
  expect(n).toBe(page.TotalCount)
})

test('an import tells nobody and takes the times of before', async () => {
  changes.length = 0
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/import_group`, {
    Type: 'Public',
    Name: 'old',
    GroupId: 'old-club',
    Owner_Account: 'olga',
    CreateTime: 1_500_000_000,
  })
  const { MemberList } = await server.ok(`${G}/import_group_member`, {
    GroupId,
    MemberList: [
      { Member_Account: 'mia', JoinTime: 1_500_000_100, UnreadMsgNum: 0, Role: 'Admin' },
      { Member_Account: 'tom', JoinTime: 1_400_000_000 },
      { Member_Account: 'ghost' },
      { Member_Account: 'olga' },
    ],
  })
  expect(MemberList).toEqual([
    { Member_Account: 'mia', Result: 1 },
    { Member_Account: 'tom', Result: 0 },
    { Member_Account: 'ghost', Result: 0 },
    { Member_Account: 'olga', Result: 2 },
  ])
  expect([tips(), notices()]).toEqual([[], []])
  expect(await info(GroupId)).toMatchObject({
    CreateTime: 1_500_000_000,
    NextMsgSeq: 1,
    MemberList: [
      { Member_Account: 'olga', Role: 'Owner', JoinTime: 1_500_000_000 },
      { Member_Account: 'mia', Role: 'Admin', JoinTime: 1_500_000_100 },
    ],
  })
  expect(await rest('import_group', { Type: 'AVChatRoom', Name: 'x' })).toBe(10007)
  expect(await rest('import_group', { Type: 'Public', Name: 'x', CreateTime: 4_000_000_000 })).toBe(10004)
})

test('notices are kept, numbered without a gap, and pulled from where a device stands', async () => {
  const fresh = `nia-${Date.now()}`
  await server.ok('im_open_login_svc/account_import', { UserID: fresh })
  const device = await server.connect(fresh)
  const GroupId = await newGroup()
  for (let i = 0; i < 60; i++) {
    await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: fresh }] })
    await server.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account: [fresh] })
  }
  const pull = (AfterNoticeSeq: number) =>
    device.ok<{ Notices: WireGroupNotice[]; More: number }>('group/notices', { AfterNoticeSeq })
  const { Notices, More } = await pull(0)
  expect(More).toBe(0)
  expect(Notices.map(it => it.NoticeSeq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 21))
  expect((await pull(119)).Notices).toMatchObject([{ NoticeSeq: 120, ReportType: 4, ToGroupId: GroupId }])
  device.close()
})

test('a deleted account leaves its groups, and what it owned has no owner', async () => {
  await server.ok('im_open_login_svc/account_import', { UserID: 'gone' })
  const owned = await newGroup({ Owner_Account: 'gone' })
  const joined = await newGroup({ MemberList: [{ Member_Account: 'gone' }] })
  await server.ok('im_open_login_svc/account_delete', { DeleteItem: [{ UserID: 'gone' }], NoWait: 1 })
  expect(await info(owned)).toMatchObject({ Owner_Account: '', MemberNum: 1 })
  expect(await info(joined)).toMatchObject({ Owner_Account: 'olga', MemberNum: 1 })
  expect(tips()).toMatchObject([{ OpType: 2, List_Account: ['gone'] }, { OpType: 2 }])
})

test('the directory follows what commits change', async () => {
  const GroupId = await newGroup()
  const { groups } = server.running.services
  const group = await groups.find(TEST_APP, GroupId)
  if (!group) throw new Error('the group is not found')
  const tom = await idOf('tom')
  expect((await groups.membership(group, tom)).row).toBeUndefined()
  await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'tom' }] })
  expect((await groups.membership(group, tom)).row?.role).toBe(200)
  expect((await groups.find(TEST_APP, GroupId))?.auth_no).toBe(group.auth_no + 1)
  await server.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['tom'], MuteTime: 60 })
  expect((await groups.membership(group, tom)).mutedUntil).toBeGreaterThan(0)
  await server.ok(`${G}/destroy_group`, { GroupId })
  expect(await groups.find(TEST_APP, GroupId)).toBeUndefined()
  expect(await groups.byNo(TEST_APP, group.group_no)).toBeUndefined()
})
