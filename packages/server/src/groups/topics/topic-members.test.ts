import { expect, test } from 'bun:test'
import type { EventFrame } from '@rookery/protocol/wire'
import { type Device, startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'
const T = 'million_group_open_http_svc'

interface Town {
  readonly GroupId: string
  readonly TopicId: string
  readonly other: string
}

async function newTown(server: TestServer): Promise<Town> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Community',
    Name: 'Town',
    SupportTopic: 1,
    Owner_Account: 'alice',
    MemberList: [{ Member_Account: 'bob' }, { Member_Account: 'adam', Role: 'Admin' }],
  })
  const [TopicId, other] = [await topic(server, GroupId), await topic(server, GroupId)]
  return { GroupId, TopicId, other }
}

async function topic(server: TestServer, GroupId: string): Promise<string> {
  return (await server.ok<{ TopicId: string }>(`${T}/create_topic`, { GroupId, TopicName: 'one' })).TopicId
}

let random = 0
const message = (GroupId: string, text: string, more: object = {}) => ({
  GroupId,
  Random: ++random,
  MsgClientTime: 1_700_000_000,
  MsgBody: textBody(text),
  ...more,
})
const send = async (device: Device, GroupId: string, text = 'hello', more: object = {}) =>
  (await device.call(`${G}/send_group_msg`, message(GroupId, text, more))).ErrorCode
/** The test's own time limit ends it. */
async function seen(device: Device, isIt: (event: EventFrame) => boolean): Promise<void> {
  while (!device.events.some(isIt)) await Bun.sleep(5)
}

const USERS = ['alice', 'bob', 'adam', 'carol']

test('a member that is muted in a topic writes in the others, one that is muted in the community nowhere', async () => {
  await using server = await startTestServer({ users: USERS })
  const { GroupId, TopicId, other } = await newTown(server)
  const [adam, bob] = [await server.connect('adam'), await server.connect('bob')]
  await adam.ok(`${G}/forbid_send_msg`, {
    GroupId,
    TopicId,
    Members_Account: ['bob', 'alice'],
    MuteTime: 600,
  })
  // The tip may wait until the node knows who may see it, and the notice pass it.
  await seen(bob, event => event.ev === 'notice' && event.n.ReportType === 17)
  await seen(bob, event => event.ev === 'message' && event.m.GroupId === TopicId)
  expect(bob.events).toContainEqual(
    expect.objectContaining({
      ev: 'notice',
      n: expect.objectContaining({ ToGroupId: TopicId, ReportType: 17, Duration: 600 }),
    }),
  )
  expect(bob.events.flatMap(event => (event.ev === 'message' ? [event.m.MsgBody] : []))).toMatchObject([
    [{ MsgContent: { OpType: 7, List_Account: ['bob'] } }],
  ])
  expect([await send(bob, TopicId), await send(bob, other), await send(adam, TopicId)]).toEqual([10017, 0, 0])
  const muted = async (body: object) =>
    (
      await server.ok<{ MutedAccountList: { Member_Account: string }[] }>(
        `${G}/get_group_muted_account`,
        body,
      )
    ).MutedAccountList
  expect(await muted({ GroupId, TopicId })).toMatchObject([{ Member_Account: 'bob' }])
  expect(await muted({ GroupId })).toEqual([])
  const muteTimes = async () => {
    const { TopicAndSelfInfo } = await bob.ok<{ TopicAndSelfInfo: { SelfInfo: { MuteTime: number } }[] }>(
      `${T}/get_topic`,
      { GroupId, TopicIdList: [TopicId, other] },
    )
    return TopicAndSelfInfo.map(({ SelfInfo }) => SelfInfo.MuteTime > 0)
  }
  expect(await muteTimes()).toEqual([true, false])
  await server.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['bob'], MuteTime: 600 })
  await server.ok(`${G}/forbid_send_msg`, { GroupId, TopicId, Members_Account: ['bob'], MuteTime: 0 })
  expect([await send(bob, TopicId), await send(bob, other), await muteTimes()]).toEqual([
    10017,
    10017,
    [true, true],
  ])
  await server.ok(`${G}/modify_group_member_info`, { GroupId, Member_Account: 'bob', MuteTime: 0 })
  expect([await send(bob, TopicId), await send(bob, other), await muteTimes()]).toEqual([
    0,
    0,
    [false, false],
  ])
  // The older form: the topic in place of the group.
  await server.ok(`${G}/modify_group_member_info`, {
    GroupId: TopicId,
    Member_Account: 'bob',
    ShutUpTime: 60,
  })
  expect([await send(bob, TopicId), await send(bob, other)]).toEqual([10017, 0])
  await server.ok(`${T}/modify_topic`, { GroupId, TopicId: other, MuteAllMember: 'On' })
  expect([await send(bob, other), await send(adam, other)]).toEqual([10017, 0])
  await server.ok(`${T}/modify_topic`, { GroupId, TopicId: other, MuteAllMember: 'Off' })
  await server.ok(`${G}/modify_group_base_info`, { GroupId, MuteAllMember: 'On' })
  expect([await send(bob, other), await send(adam, other)]).toEqual([10017, 0])
})

const textOf = (body: unknown): string =>
  (body as readonly { MsgContent: { Text: string } }[])[0]?.MsgContent.Text ?? ''

/**
 * What a device was told of a topic, texts of messages and numbers in their place, once the `last` came: a frame may wait until the
 * node has read the log.
 */
async function told(
  device: Device,
  TopicId: string,
  conv: number,
  last: string | number,
): Promise<(string | number)[]> {
  const all = () =>
    device.events.flatMap((event): (string | number)[] => {
      if (event.ev === 'message' && event.m.GroupId === TopicId) return [textOf(event.m.MsgBody)]
      return event.ev === 'cover' && event.ConvId === conv && event.Seq !== undefined ? [event.Seq] : []
    })
  while (all().at(-1) !== last) await Bun.sleep(5)
  await device.ok('session/ping')
  return all()
}

test('a receive option of a topic is for that topic: who wants none, or mentions only, is told the numbers of the others', async () => {
  await using server = await startTestServer({ users: USERS })
  const { GroupId, TopicId, other } = await newTown(server)
  const [alice, bob, adam] = [
    await server.connect('alice'),
    await server.connect('bob'),
    await server.connect('adam'),
  ]
  await bob.ok('group/set_self', { GroupId: TopicId, MsgFlag: 'NotReceiveMsgExceptAt' })
  expect(
    (await bob.event('conversation', ({ c }) => c.Group?.GroupId === TopicId)).c.Group?.SelfInfo?.MsgFlag,
  ).toBe('NotReceiveMsgExceptAt')
  await server.ok(`${G}/modify_group_member_info`, {
    GroupId: TopicId,
    Member_Account: 'adam',
    MsgFlag: 'Discard',
  })
  // Read from the database at a login, too.
  const later = await server.connect('bob')
  const { ConvId: conv } = await alice.ok<{ ConvId: number }>(`${G}/send_group_msg`, message(TopicId, 'one'))
  await send(alice, TopicId, 'two', { GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: 'bob' }] })
  await send(alice, TopicId, 'three', { GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: 'adam' }] })
  await send(alice, TopicId, 'four', { GroupAtInfo: [{ GroupAtAllFlag: 1 }] })
  const elsewhere = await alice.ok<{ ConvId: number }>(`${G}/send_group_msg`, message(other, 'there'))
  expect([await told(bob, TopicId, conv, 'four'), await told(later, TopicId, conv, 'four')]).toEqual([
    [1, 'two', 3, 'four'],
    [1, 'two', 3, 'four'],
  ])
  expect(await told(adam, TopicId, conv, 4)).toEqual([1, 2, 3, 4])
  for (const device of [bob, later, adam])
    expect(await told(device, other, elsewhere.ConvId, 'there')).toEqual(['there'])

  const { TopicAndSelfInfo } = await bob.ok<{ TopicAndSelfInfo: object[] }>(`${T}/get_topic`, {
    GroupId,
    TopicIdList: [TopicId, other],
  })
  expect(TopicAndSelfInfo).toMatchObject([
    { SelfInfo: { MsgFlag: 'NotReceiveMsgExceptAt' } },
    { SelfInfo: { MsgFlag: 'AcceptAndNotify' } },
  ])
  const unread = async (device: Device) => {
    const { Items } = await device.ok<{ Items: { ConvId: number; UnreadMsgNum: number }[] }>(
      'sync/snapshot',
      {},
    )
    return Items.find(item => item.ConvId === conv)?.UnreadMsgNum
  }
  expect([await unread(bob), await unread(adam)]).toEqual([2, 0])

  // What was not delivered is in the history all the same.
  const { MsgList } = await adam.ok<{ MsgList: object[] }>('group/get_messages', {
    GroupId: TopicId,
    MaxCnt: 10,
  })
  expect(MsgList).toHaveLength(4)
  await bob.ok('group/set_self', { GroupId: TopicId, MsgFlag: 'AcceptNotNotify' })
  await send(alice, TopicId, 'five')
  expect((await told(bob, TopicId, conv, 'five')).at(-1)).toBe('five')
})

test('the option of the community holds in topics without one, and a topic may be wanted where the rest is not', async () => {
  await using server = await startTestServer({ users: USERS })
  const { GroupId, TopicId, other } = await newTown(server)
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  await bob.ok('group/set_self', { GroupId, MsgFlag: 'Discard' })
  await bob.ok('group/set_self', { GroupId: TopicId, MsgFlag: 'AcceptAndNotify' })
  const { ConvId: conv } = await alice.ok<{ ConvId: number }>(
    `${G}/send_group_msg`,
    message(TopicId, 'wanted'),
  )
  const { ConvId: rest } = await alice.ok<{ ConvId: number }>(
    `${G}/send_group_msg`,
    message(other, 'unwanted'),
  )
  expect([await told(bob, TopicId, conv, 'wanted'), await told(bob, other, rest, 1)]).toEqual([
    ['wanted'],
    [1],
  ])
  // Leaving ends the choice.
  await server.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account: ['bob'] })
  await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'bob' }] })
  const { TopicAndSelfInfo } = await bob.ok<{ TopicAndSelfInfo: object[] }>(`${T}/get_topic`, { GroupId })
  expect(TopicAndSelfInfo).toMatchObject([
    { SelfInfo: { MsgFlag: 'AcceptAndNotify' } },
    { SelfInfo: { MsgFlag: 'AcceptAndNotify' } },
  ])
  await send(alice, other, 'again')
  expect((await told(bob, other, rest, 'again')).at(-1)).toBe('again')
})

test('what a topic does not have of its own is refused there', async () => {
  await using server = await startTestServer({ users: USERS })
  const { GroupId, TopicId } = await newTown(server)
  const [bob, carol] = [await server.connect('bob'), await server.connect('carol')]
  for (const [device, command, body, code] of [
    [bob, 'group/set_self', { GroupId: TopicId, NameCard: 'B' }, 10004],
    [carol, 'group/set_self', { GroupId: TopicId, MsgFlag: 'Discard' }, 10007],
    [bob, `${G}/forbid_send_msg`, { GroupId, TopicId, Members_Account: ['adam'], MuteTime: 1 }, 10007],
    [
      bob,
      `${G}/modify_group_member_info`,
      { GroupId: TopicId, Member_Account: 'adam', MsgFlag: 'Discard' },
      10007,
    ],
    [bob, 'group/quit', { GroupId: TopicId }, 10007],
  ] as const)
    expect([command, (await device.call(command, body)).ErrorCode]).toEqual([command, code])
  for (const [command, body, code] of [
    ['modify_group_member_info', { GroupId: TopicId, Member_Account: 'bob', Role: 'Admin' }, 10004],
    ['modify_group_member_info', { GroupId: TopicId, Member_Account: 'carol', MsgFlag: 'Discard' }, 10004],
    ['modify_group_base_info', { GroupId: TopicId, Name: 'x' }, 10007],
    ['add_group_member', { GroupId: TopicId, MemberList: [{ Member_Account: 'carol' }] }, 10007],
    ['destroy_group', { GroupId: TopicId }, 10007],
  ] as const)
    expect([command, (await server.rest(`${G}/${command}`, body)).ErrorCode]).toEqual([command, code])
})
