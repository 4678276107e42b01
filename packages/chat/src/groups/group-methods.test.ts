import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { World } from '../testing/test-client.ts'

/** ana owns the group `g` of this type, bo is a member; both are logged in. */
async function members(type: string, more: object = {}) {
  const world = new World()
  const [ana, bo] = [await world.client('ana'), await world.client('bo')]
  const groupID = type === 'Community' ? '@TGS#_c' : 'g'
  await world.done(
    ana.chat.createGroup({ groupID, name: 'Rooks', type, memberList: [{ userID: 'bo' }], ...more }),
  )
  await world.clock.pass(200)
  return { world, ana, bo, groupID }
}

describe('members', () => {
  test('are paged by numbers, and by cursors in communities, which also take numbers', async () => {
    const { world, ana, groupID } = await members('Public')
    const userIDList = Array.from({ length: 20 }, (_, at) => `m${at}`)
    await world.done(ana.chat.addGroupMember({ groupID, userIDList }))
    const { data: first } = await world.done(ana.chat.getGroupMemberList({ groupID }))
    expect([first.memberList.length, first.offset]).toEqual([15, 15])
    expect(first.memberList[0]).toMatchObject({ userID: 'ana', role: 'Owner', muteUntil: 0, nick: 'N ana' })
    const { data: second } = await world.done(ana.chat.getGroupMemberList({ groupID, offset: 15 }))
    expect([second.memberList.length, second.offset]).toEqual([7, 0])

    const community = await members('Community')
    await community.world.done(community.ana.chat.addGroupMember({ ...community, userIDList }))
    const page = async (offset: number | string) =>
      (
        await community.world.done(
          community.ana.chat.getGroupMemberList({ groupID: community.groupID, count: 10, offset }),
        )
      ).data
    const byNumber = [await page(0), await page(10), await page(20)]
    expect(byNumber.map(it => it.memberList.length)).toEqual([10, 10, 2])
    expect(typeof byNumber[0]?.offset).toBe('string')
    expect(byNumber[2]?.offset).toBe('')
    const byCursor = await page(byNumber[0]?.offset ?? '')
    expect(byCursor.memberList).toEqual(byNumber[1]?.memberList ?? [])
  })

  test('of a community are found after any number, and there are none after the last', async () => {
    const { world, ana, groupID } = await members('Community')
    const userIDList = Array.from({ length: 130 }, (_, at) => `m${at}`)
    await world.done(ana.chat.addGroupMember({ groupID, userIDList }))
    const page = async (offset: number, count: number) =>
      (await world.done(ana.chat.getGroupMemberList({ groupID, count, offset }))).data
    const all = [...(await page(0, 100)).memberList, ...(await page(100, 100)).memberList]
    expect(all).toHaveLength(132)
    expect((await page(117, 10)).memberList).toEqual(all.slice(117, 127))
    expect(await page(132, 10)).toEqual({ memberList: [], offset: '' })
    expect(await page(500, 10)).toEqual({ memberList: [], offset: '' })
  })

  test('who is in no group has none to quit, and who left has no role in it', async () => {
    const { world, ana, bo, groupID } = await members('Public')
    const group = (await world.done(bo.chat.getGroupProfile({ groupID }))).data.group
    expect(group.selfInfo).toMatchObject({ userID: 'bo', role: 'Member' })
    await world.done(ana.chat.deleteGroupMember({ groupID, userIDList: ['bo'] }))
    await world.clock.pass(200)
    expect(group.selfInfo).toMatchObject({ userID: '', role: '', joinTime: 0 })
    expect(await world.failure(bo.chat.quitGroup(groupID))).toMatchObject({ code: 2623 })
    expect(await world.failure(bo.chat.quitGroup('gone'))).toMatchObject({ code: 10010 })
  })

  test('change with the group and the member as the answer, and local refusals have their numbers', async () => {
    const { world, ana, bo, groupID } = await members('Public')
    const { data } = await world.done(bo.chat.setGroupMemberNameCard({ groupID, nameCard: 'Bo!' }))
    expect(data).toMatchObject({ group: { groupID }, member: { userID: 'bo', nameCard: 'Bo!' } })
    await world.done(ana.chat.setGroupMemberMuteTime({ groupID, userID: 'bo', muteTime: 60 }))
    await world.clock.pass(100)
    const [tip] = bo.last(EVENT.MESSAGE_RECEIVED) as readonly { readonly payload: unknown }[]
    expect(tip?.payload).toMatchObject({
      operationType: 7,
      userIDList: ['bo'],
      memberList: [{ userID: 'bo', muteTime: 60 }],
    })
    for (const [refused, code] of [
      [() => ana.chat.setGroupMemberMuteTime({ groupID, userID: 'ana', muteTime: 60 }), 2685],
      [() => ana.chat.setGroupMemberRole({ groupID, userID: 'ana', role: TYPES.GRP_MBR_ROLE_ADMIN }), 2684],
      [() => ana.chat.setGroupMemberRole({ groupID, userID: 'bo', role: 'King' }), 2683],
      [() => ana.chat.changeGroupOwner({ groupID, newOwnerID: 'ana' }), 2621],
      [() => ana.chat.getGroupProfile({ groupID: '' }), 2602],
      [() => ana.chat.addGroupMember({ groupID, userIDList: [] }), 2905],
    ] as const)
      expect(await world.failure(refused())).toMatchObject({ code })
    const work = await members('Private')
    expect(
      await work.world.failure(work.ana.chat.setGroupMemberRole({ ...work, userID: 'bo', role: 'Admin' })),
    ).toMatchObject({ code: 2682 })
    expect(await work.world.failure(work.ana.chat.searchGroupByID('g'))).toMatchObject({ code: 10007 })
  })

  test('are counted from memory while the last answer holds', async () => {
    const { world, ana, groupID } = await members('Public')
    for (let n = 0; n < 3; n += 1)
      expect((await world.done(ana.chat.getGroupOnlineMemberCount(groupID))).data).toEqual({ memberCount: 2 })
    expect(world.server.count('group_open_http_svc/get_online_member_num')).toBe(1)
    await world.clock.pass(61_000)
    await world.done(ana.chat.getGroupOnlineMemberCount(groupID))
    expect(world.server.count('group_open_http_svc/get_online_member_num')).toBe(2)
  })
})

describe('attributes', () => {
  test('are told whole to all, and a write from an old state is refused and repeated', async () => {
    const { world, ana, bo, groupID } = await members('Public')
    const get = async () =>
      (await world.done(bo.chat.getGroupAttributes({ groupID, keyList: [] }))).data.groupAttributes
    expect(await get()).toEqual({})
    await world.done(ana.chat.initGroupAttributes({ groupID, groupAttributes: { a: '1', b: '2' } }))
    const { data } = await world.done(ana.chat.setGroupAttributes({ groupID, groupAttributes: { b: '3' } }))
    expect(data).toEqual({ groupAttributes: { b: '3' } })
    await world.clock.pass(100)
    expect(bo.last(EVENT.GROUP_ATTRIBUTES_UPDATED)).toEqual({
      groupID,
      groupAttributes: { a: '1', b: '3' },
    })
    // What bo has known until now is older than this.
    world.server.loses = (user, frame) => user === 'bo' && frame.ev === 'groupAttr'
    await world.done(ana.chat.deleteGroupAttributes({ groupID, keyList: ['a'] }))
    const write = () => world.done(bo.chat.setGroupAttributes({ groupID, groupAttributes: { c: '4' } }))
    expect(await world.failure(write())).toMatchObject({ code: 10056 })
    await write()
    expect(await get()).toEqual({ b: '3', c: '4' })
    await world.done(ana.chat.deleteGroupAttributes({ groupID, keyList: [] }))
    expect(await get()).toEqual({})
  })

  test('too many writes are refused here', async () => {
    const { world, ana, groupID } = await members('Public')
    const write = () => ana.chat.setGroupAttributes({ groupID, groupAttributes: { a: '1' } })
    for (let n = 0; n < 10; n += 1) await world.done(write())
    expect(await world.failure(write())).toMatchObject({ code: 2996 })
    await world.clock.pass(5_000)
    await world.done(write())
  })
})

test('counters add up, and every change is told', async () => {
  const { world, ana, bo, groupID } = await members('Public')
  expect(
    (await world.done(ana.chat.setGroupCounters({ groupID, counters: { likes: 5, x: 1 } }))).data,
  ).toEqual({
    counters: { likes: 5, x: 1 },
  })
  const step = { groupID, key: 'likes', value: 2 }
  expect((await world.done(bo.chat.increaseGroupCounter(step))).data).toEqual({ ...step, value: 7 })
  expect((await world.done(bo.chat.decreaseGroupCounter(step))).data).toEqual({ ...step, value: 5 })
  await world.clock.pass(100)
  const told = ana.named(EVENT.GROUP_COUNTER_UPDATED).map(event => event.data)
  expect(told).toEqual([
    { groupID, key: 'likes', value: 5 },
    { groupID, key: 'x', value: 1 },
    { groupID, key: 'likes', value: 7 },
    { groupID, key: 'likes', value: 5 },
  ])
  expect((await world.done(bo.chat.getGroupCounters({ groupID }))).data.counters).toEqual({ likes: 5, x: 1 })
})

test('pins are told and listed', async () => {
  const { world, ana, bo, groupID } = await members('Public')
  const message = ana.chat.createTextMessage({
    to: groupID,
    conversationType: TYPES.CONV_GROUP,
    payload: { text: 'rules' },
  })
  await world.done(ana.chat.sendMessage(message))
  await world.done(ana.chat.pinGroupMessage({ groupID, message, isPinned: true }))
  await world.clock.pass(100)
  expect(bo.last(EVENT.PINNED_GROUP_MESSAGE_UPDATED)).toMatchObject({
    groupID,
    messageID: message.ID,
    isPinned: true,
    message: { payload: { text: 'rules' }, isPinned: true },
    operatorInfo: { userID: 'ana' },
  })
  const { data } = await world.done(bo.chat.getPinnedGroupMessageList(groupID))
  expect(data.messageList.map(it => it.ID)).toEqual([message.ID])
})

test('topics are conversations beside the list, with their own unread and events', async () => {
  const { world, ana, bo, groupID } = await members('Community', { isSupportTopic: true })
  expect((await world.done(bo.chat.getGroupList())).data.groupList).toEqual([])
  const communities = (await world.done(bo.chat.getJoinedCommunityList())).data.groupList
  expect(communities.map(it => it.groupID)).toEqual([groupID])
  const { data } = await world.done(ana.chat.createTopicInCommunity({ groupID, topicName: 'general' }))
  const { topicID } = data
  await world.clock.pass(200)
  expect(bo.last(EVENT.TOPIC_CREATED)).toEqual({ groupID, topicID })
  const text = (to: string) =>
    ana.chat.createTextMessage({ to, conversationType: TYPES.CONV_GROUP, payload: { text: 'hi' } })
  await world.done(ana.chat.sendMessage(text(topicID)))
  expect(await world.failure(ana.chat.sendMessage(text(groupID)))).toMatchObject({ code: 2115 })
  await world.clock.pass(200)
  expect(bo.received).toContain('hi')
  expect(bo.last(EVENT.TOPIC_UPDATED)).toMatchObject({ groupID, topic: { topicID, unreadCount: 1 } })
  const list = (await world.done(bo.chat.getTopicList({ groupID }))).data
  expect(list).toMatchObject({
    successTopicList: [{ topicID, topicName: 'general', unreadCount: 1, customData: 'x' }],
    failureTopicList: [],
  })
  expect(bo.chat.getTotalUnreadMessageCount()).toBe(0)
  const shown = (await bo.chat.getConversationList()).data.conversationList.map(it => it.conversationID)
  expect(shown.filter(id => id.startsWith('GROUP'))).toEqual([])
  await world.done(bo.chat.setMessageRead({ conversationID: `GROUP${topicID}` }))
  expect(bo.last(EVENT.TOPIC_UPDATED)).toMatchObject({ topic: { unreadCount: 0 } })
  expect(
    (await world.done(bo.chat.getGroupAttributes({ groupID: topicID, keyList: [] }))).data.groupAttributes,
  ).toEqual({})
  expect(
    (await world.done(bo.chat.getGroupAttributes({ groupID: 'gone', keyList: [] }))).data.groupAttributes,
  ).toEqual({})
  expect(
    await world.failure(bo.chat.setGroupAttributes({ groupID: topicID, groupAttributes: { a: 'b' } })),
  ).toMatchObject({ code: 2641 })
})

test('a group list that could not be fetched is fetched when it is asked for', async () => {
  const world = new World()
  world.server.act('ana', 'group_open_http_svc/create_group', { GroupId: 'g', Type: 'Public', Name: 'Rooks' })
  world.server.intercept = (_, cmd) => (cmd === 'group/list' ? new Refusal(10002) : undefined)
  const ana = await world.client('ana')
  expect(await world.failure(ana.chat.getGroupList())).toMatchObject({ code: 10002 })
  world.server.intercept = () => undefined
  expect((await world.done(ana.chat.getGroupList())).data.groupList).toMatchObject([{ groupID: 'g' }])
  expect(ana.named(EVENT.ERROR)).toEqual([])
})
