import { expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'
const T = 'million_group_open_http_svc'
const USERS = ['alice', 'bob', 'carol']

async function makeCommunity(server: TestServer, more: object = {}): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Community',
    Name: 'Town',
    SupportTopic: 1,
    Owner_Account: 'alice',
    MemberList: [{ Member_Account: 'bob' }],
    ...more,
  })
  return GroupId
}

test('a topic is made, shown, changed and destroyed, and everybody in the community is told', async () => {
  await using server = await startTestServer({ users: USERS })
  const GroupId = await makeCommunity(server)
  const [alice, bob, carol] = [
    await server.connect('alice'),
    await server.connect('bob'),
    await server.connect('carol'),
  ]
  const { TopicId } = await alice.ok<{ TopicId: string }>(`${T}/create_topic`, {
    GroupId,
    TopicName: 'general',
    CustomString: 'v1',
  })
  expect(TopicId.startsWith(`${GroupId}@TOPIC#_@TOPIC#c`)).toBe(true)
  expect((await bob.event('notice', ({ n }) => n.ReportType === 18)).n).toMatchObject({
    ToGroupId: GroupId,
    TopicIdList: [TopicId],
    Operator_Account: 'alice',
  })
  const message = await bob.ok<{ MsgSeq: number }>(`${G}/send_group_msg`, {
    GroupId: TopicId,
    Random: 1,
    MsgClientTime: 1,
    MsgBody: textBody('hello'),
  })
  expect(message.MsgSeq).toBe(1)
  expect((await alice.event('message', ({ m }) => m.GroupId === TopicId)).m.Seq).toBe(1)
  await alice.ok(`${T}/modify_topic`, { GroupId, TopicId, TopicName: 'all', MuteAllMember: 'On' })
  // What changed of what a tip tells is told by one, which is the topic's next message.
  const tip = await bob.event('message', ({ m }) => m.GroupId === TopicId && m.From_Account === '@TIM#SYSTEM')
  expect([tip.m.Seq, tip.m.MsgBody]).toMatchObject([
    2,
    [{ MsgContent: { OpType: 6, MsgGroupNewInfo: { GroupName: 'all', MuteAllMember: 'On' } } }],
  ])
  expect((await bob.event('group')).g).toMatchObject({
    GroupId: TopicId,
    CommunityId: GroupId,
    Name: 'all',
    CustomString: 'v1',
    MuteAllMember: 'On',
    MemberNum: 2,
  })
  expect(await bob.ok(`${T}/get_topic`, { GroupId })).toMatchObject({
    TopicAndSelfInfo: [
      {
        ErrorCode: 0,
        TopicInfo: { TopicId, GroupID: GroupId, TopicName: 'all', NextMsgSeq: 3, MuteAllMember: 'On' },
        SelfInfo: { MsgFlag: 'AcceptAndNotify', ShutUpTime: 0, MuteTime: 0 },
      },
    ],
  })
  expect(
    (
      await server.ok(`${T}/get_topic`, {
        GroupId,
        TopicIdList: [TopicId, 'x'],
        ResponseFilter: ['TopicName'],
      })
    ).TopicAndSelfInfo,
  ).toMatchObject([{ TopicInfo: { TopicId, TopicName: 'all' } }, { ErrorCode: 110003 }])
  for (const [device, command, body] of [
    [bob, 'create_topic', { GroupId, TopicName: 'mine' }],
    [bob, 'destroy_topic', { GroupId, TopicIdList: [TopicId] }],
    [carol, 'get_topic', { GroupId }],
  ] as const)
    expect(await device.call(`${T}/${command}`, body)).toMatchObject({ ErrorCode: 10007 })
  expect(
    (await alice.ok(`${T}/destroy_topic`, { GroupId, TopicIdList: [TopicId, 'no-such'] })).DestroyResultItem,
  ).toMatchObject([
    { TopicId, ErrorCode: 0 },
    { TopicId: 'no-such', ErrorCode: 110003 },
  ])
  expect((await bob.event('notice', ({ n }) => n.ReportType === 19)).n.TopicIdList).toEqual([TopicId])
  await carol.ok('session/ping')
  expect(carol.events).toEqual([])
})

test('members get the conversations of topics when they join or the topic is made, and lose them when they leave', async () => {
  await using server = await startTestServer({ users: USERS })
  const GroupId = await makeCommunity(server)
  await server.ok(`${T}/create_topic`, { GroupId, TopicName: 'one', From_Account: 'alice' })
  await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'carol' }] })
  await server.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account: ['bob'] })
  const rows = () =>
    server.running.services.store.read
      .selectFrom('user_conversation as uc')
      .innerJoin('conversation as c', 'c.conv_id', 'uc.conv_id')
      .innerJoin('chat_group as g', 'g.group_no', 'c.hi_id')
      .innerJoin('account', 'account.account_id', 'uc.account_id')
      .select(['account.user_id', 'uc.to_seq'])
      .where('g.community_no', '>', 0)
      .orderBy('account.user_id')
      .execute()
  expect(await rows()).toEqual([
    { user_id: 'alice', to_seq: -1 },
    { user_id: 'bob', to_seq: 0 },
    { user_id: 'carol', to_seq: -1 },
  ])
  await server.ok(`${G}/destroy_group`, { GroupId })
  expect((await rows()).map(row => row.to_seq)).toEqual([0, 0, 0])
})

test('what can be no topic is refused with its code', async () => {
  await using server = await startTestServer({ users: USERS, settings: { 'topic.max': 2 } })
  const GroupId = await makeCommunity(server)
  const plain = await makeCommunity(server, { SupportTopic: 0 })
  const custom = `${GroupId}@TOPIC#_news`
  const cases: [object, number][] = [
    [{ GroupId, TopicName: 'news', TopicId: custom }, 0],
    [{ GroupId, TopicName: 'again', TopicId: custom }, 10025],
    [{ GroupId, TopicName: 'x', TopicId: 'news' }, 10004],
    [{ GroupId, TopicName: 'x', TopicId: `${GroupId}@TOPIC#_@TOPIC#cX` }, 10004],
    [{ GroupId, TopicName: '' }, 10004],
    [{ GroupId }, 10004],
    [{ GroupId, TopicName: 'x', CustomString: 'c'.repeat(3001) }, 10004],
    [{ GroupId: plain, TopicName: 'x' }, 10007],
    [{ GroupId: 'no-such', TopicName: 'x' }, 10010],
    [{ GroupId, TopicName: 'x', From_Account: 'nobody' }, 10019],
    [{ GroupId, TopicName: 'second' }, 0],
    [{ GroupId, TopicName: 'third' }, 10037],
  ]
  for (const [body, code] of cases)
    expect([body, (await server.rest(`${T}/create_topic`, body)).ErrorCode]).toEqual([body, code])
  expect(
    (await server.rest(`${G}/import_topic`, { Type: 'Community', GroupId: plain, TopicName: 'x' })).ErrorCode,
  ).toBe(10007)
  const other = await makeCommunity(server)
  expect(
    await server.ok(`${G}/import_topic`, {
      Type: 'Community',
      GroupId: other,
      TopicName: 'old',
      CreateTime: 1_500_000_000,
    }),
  ).toMatchObject({ TopicId: expect.stringContaining(other) })
  expect((await server.ok(`${T}/get_topic`, { GroupId: other })).TopicAndSelfInfo).toMatchObject([
    { TopicInfo: { TopicName: 'old', CreateTime: 1_500_000_000 } },
  ])
})
