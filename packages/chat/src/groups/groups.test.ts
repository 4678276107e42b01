import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import type { Conversation } from '../conversations/conversation.ts'
import type { Message } from '../messages/message.ts'
import type { Group } from '../named-types.ts'
import { FakeProfile } from '../testing/fake-tabs.ts'
import { type TestClient, World } from '../testing/test-client.ts'

const BODY = (text: string) => [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]

/** A world with the group `g`: ana owns it, the others are members. */
async function withGroup(type: string, members: readonly string[] = ['bo']) {
  const world = new World()
  world.server.act('ana', 'group_open_http_svc/create_group', {
    GroupId: 'g',
    Type: type,
    Name: 'Rooks',
    MemberList: members.map(Member_Account => ({ Member_Account })),
  })
  let random = 0
  const say = (user: string, text: string, more: object = {}) => {
    random += 1
    return world.server.act(user, 'group_open_http_svc/send_group_msg', {
      GroupId: 'g',
      Random: random,
      MsgBody: BODY(text),
      ...more,
    })
  }
  return { world, say }
}

const groupText = ({ chat }: TestClient, text: string, more: object = {}): Message =>
  chat.createTextMessage({ to: 'g', conversationType: TYPES.CONV_GROUP, payload: { text }, ...more })

const told = (client: TestClient): readonly Message[] =>
  client.named(EVENT.MESSAGE_RECEIVED).flatMap(event => event.data as Message[])

const tips = (client: TestClient): readonly (readonly [number, readonly string[]])[] =>
  told(client)
    .filter(it => it.type === TYPES.MSG_GRP_TIP)
    .map(it => [it.payload.operationType, it.payload.userIDList])

const notices = (client: TestClient): readonly number[] =>
  told(client)
    .filter(it => it.type === TYPES.MSG_GRP_SYS_NOTICE)
    .map(it => it.payload.operationType)

async function conversation(client: TestClient, id = 'GROUPg'): Promise<Conversation | undefined> {
  const { data } = await client.chat.getConversationList()
  return data.conversationList.find(it => it.conversationID === id)
}

describe('a group', () => {
  test('is made, told to all, and listed with its conversation', async () => {
    const world = new World()
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    const { data } = await world.done(
      ana.chat.createGroup({ name: 'Rooks', type: TYPES.GRP_PUBLIC, memberList: [{ userID: 'bo' }] }),
    )
    expect(data.group).toMatchObject({
      name: 'Rooks',
      type: 'Public',
      ownerID: 'ana',
      memberCount: 2,
      memberNum: 2,
    })
    expect(data.overLimitUserIDList).toEqual([])
    await world.clock.pass(500)
    const id = data.group.groupID
    for (const client of [ana, bo]) {
      expect((client.last(EVENT.GROUP_LIST_UPDATED) as Group[]).map(it => it.groupID)).toEqual([id])
      expect(await conversation(client, `GROUP${id}`)).toMatchObject({
        type: 'GROUP',
        subType: 'Public',
        unreadCount: 0,
        groupProfile: { groupID: id, name: 'Rooks' },
        lastMessage: { type: 'TIMGroupTipElem', messageForShow: '[群提示消息]', fromAccount: 'ana' },
      })
    }
    expect([notices(ana), notices(bo)]).toEqual([[6], [7]])
    expect(tips(bo)).toEqual([[1, ['ana', 'bo']]])
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
    expect(data.group.selfInfo).toMatchObject({ role: 'Owner', messageRemindType: 'AcceptAndNotify' })
  })

  test('delivers messages once and in order, with all that a message carries', async () => {
    const { world, say } = await withGroup('Public')
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    world.server.act('bo', 'group/set_self', { GroupId: 'g', NameCard: 'Bo the second' })
    const message = groupText(ana, 'hello', { priority: TYPES.MSG_PRIORITY_HIGH })
    await world.done(ana.chat.sendMessage(message))
    expect(message).toMatchObject({ status: 'success', sequence: 2, priority: 'High' })
    say('bo', 'hi')
    await world.clock.pass(500)
    expect(groupText(bo, 'made here').nameCard).toBe('Bo the second')
    // Both are news to bo: the second one was sent from another device of his.
    expect(bo.received).toEqual(['hello', 'hi'])
    expect(ana.received).toEqual(['hi'])
    expect(told(ana)[0]).toMatchObject({
      nameCard: 'Bo the second',
      to: 'g',
      conversationID: 'GROUPg',
      flow: 'in',
    })
    expect(await conversation(bo)).toMatchObject({
      unreadCount: 1,
      lastMessage: { messageForShow: 'hi', fromAccount: 'bo' },
    })
    await world.done(bo.chat.setMessageRead({ conversationID: 'GROUPg' }))
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(0)
    expect(world.server.log.find(it => it.cmd === 'group/set_read')?.body).toEqual({
      GroupId: 'g',
      ReadSeq: 3,
    })
  })

  test('pulls what a gap hides, and skips what is for others', async () => {
    const { world, say } = await withGroup('Public', ['bo', 'cy'])
    const bo = await world.client('bo')
    world.server.loses = (user, frame) => user === 'bo' && frame.ev === 'message'
    say('ana', 'one')
    say('ana', 'not for bo', { To_Account: ['cy'] })
    world.server.loses = () => false
    say('ana', 'for bo', { To_Account: ['bo'] })
    say('ana', 'two')
    await world.clock.pass(1_000)
    expect(bo.received).toEqual(['one', 'for bo', 'two'])
    // Directed messages do not count.
    expect(await conversation(bo)).toMatchObject({ unreadCount: 2 })
  })

  test('says success to a send that the rate limit dropped', async () => {
    const { world } = await withGroup('Public')
    const ana = await world.client('ana')
    const message = groupText(ana, 'x', { priority: TYPES.MSG_PRIORITY_LOWEST })
    const { data } = await world.done(ana.chat.sendMessage(message))
    expect([data.message === message, message.status, message.sequence]).toEqual([true, 'success', 0])
  })

  test('names those that a message mentions, until it is read or recalled', async () => {
    const { world, say } = await withGroup('Public')
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    const at = ana.chat.createTextAtMessage({
      to: 'g',
      conversationType: TYPES.CONV_GROUP,
      payload: { text: '@bo @all', atUserList: ['bo', TYPES.MSG_AT_ALL] },
    })
    await world.done(ana.chat.sendMessage(at))
    say('ana', '@all', { GroupAtInfo: [{ GroupAtAllFlag: 1 }] })
    await world.clock.pass(200)
    expect(told(bo)[0]?.atUserList).toEqual(['bo', `${TYPES.MSG_AT_ALL}`])
    expect((await conversation(bo))?.groupAtInfoList).toMatchObject([
      { groupID: 'g', messageSequence: 2, atTypeArray: [3] },
      { groupID: 'g', messageSequence: 3, atTypeArray: [2] },
    ])
    expect((await world.client('bo', { platform: 'Mac' }).then(conversation))?.groupAtInfoList).toEqual(
      (await conversation(bo))?.groupAtInfoList,
    )
    await world.done(ana.chat.revokeMessage(at))
    await world.clock.pass(200)
    expect((await conversation(bo))?.groupAtInfoList).toHaveLength(1)
    await world.done(bo.chat.setMessageRead({ conversationID: 'GROUPg' }))
    expect((await conversation(bo))?.groupAtInfoList).toEqual([])
    expect((await conversation(ana))?.groupAtInfoList).toEqual([])
  })

  test('pages through its history by number, and hops to a message', async () => {
    const { world, say } = await withGroup('Public')
    for (let n = 1; n <= 8; n += 1) say('ana', `m${n}`)
    const bo = await world.client('bo')
    const first = await world.done(bo.chat.getMessageList({ conversationID: 'GROUPg', count: 5 }))
    expect(first.data.messageList.map(it => it.payload.text)).toEqual(['m4', 'm5', 'm6', 'm7', 'm8'])
    const { nextReqMessageID } = first.data
    const rest = await world.done(bo.chat.getMessageList({ conversationID: 'GROUPg', nextReqMessageID }))
    expect(rest.data).toMatchObject({ isCompleted: true, nextReqMessageID: '' })
    expect(rest.data.messageList.map(it => it.sequence)).toEqual([1, 2, 3, 4])
    for (const [direction, expected] of [
      [0, [3, 4, 5]],
      [1, [5, 6, 7]],
    ] as const) {
      const { data } = await world.done(
        bo.chat.getMessageListHopping({ conversationID: 'GROUPg', sequence: 5, direction, count: 3 }),
      )
      expect(data.messageList.map(it => it.sequence)).toEqual([...expected])
    }
  })

  test('recalls, edits and deletes messages by their number, and says the server’s code', async () => {
    const { world } = await withGroup('Public')
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    const [one, two] = [groupText(ana, 'one', { needReadReceipt: true }), groupText(ana, 'two')]
    for (const message of [one, two]) await world.done(ana.chat.sendMessage(message))
    two.payload = { text: 'two!' }
    await world.done(ana.chat.modifyMessage(two))
    await world.clock.pass(100)
    const received = told(bo).filter(it => it.type === TYPES.MSG_TEXT)
    expect(bo.chat.findMessage(received[1]?.ID ?? '')?.payload.text).toBe('two!')
    await world.done(bo.chat.sendMessageReadReceipt(received.slice(0, 1)))
    await world.clock.pass(100)
    expect(ana.last(EVENT.MESSAGE_READ_RECEIPT_RECEIVED)).toMatchObject([
      { messageID: one.ID, groupID: 'g', readCount: 1, unreadCount: 0 },
    ])
    expect(one.readReceiptInfo).toMatchObject({ readCount: 1, unreadCount: 0 })
    await world.done(ana.chat.revokeMessage(one))
    await world.clock.pass(100)
    expect(bo.last(EVENT.MESSAGE_REVOKED)).toMatchObject([{ isRevoked: true, conversationID: 'GROUPg' }])
    expect(await world.failure(bo.chat.revokeMessage(received[1] as Message))).toMatchObject({ code: 10032 })
    await world.done(bo.chat.deleteMessage(received))
    const { data } = await world.done(bo.chat.getMessageList({ conversationID: 'GROUPg' }))
    expect(data.messageList.map(it => it.type)).toEqual([TYPES.MSG_GRP_TIP])
  })
})

describe('membership', () => {
  test('adding and removing members tells everybody in one order', async () => {
    const { world, say } = await withGroup('Public')
    const [ana, bo, cy] = [await world.client('ana'), await world.client('bo'), await world.client('cy')]
    say('ana', 'before cy')
    const { data } = await world.done(
      ana.chat.addGroupMember({ groupID: 'g', userIDList: ['cy', 'bo', 'ghost'] }),
    )
    expect(data).toMatchObject({
      successUserIDList: ['cy'],
      failureUserIDList: ['ghost'],
      existedUserIDList: ['bo'],
      overLimitUserIDList: [],
      group: { groupID: 'g', memberCount: 3 },
    })
    say('ana', 'welcome')
    await world.clock.pass(300)
    await world.done(ana.chat.deleteGroupMember({ groupID: 'g', userIDList: ['cy'], reason: 'spam' }))
    say('ana', 'after cy')
    await world.clock.pass(300)
    expect(cy.received.filter(Boolean)).toEqual(['welcome'])
    expect(tips(bo)).toEqual([
      [1, ['cy']],
      [3, ['cy']],
    ])
    expect(notices(cy)).toEqual([7, 4])
    expect(cy.last(EVENT.GROUP_LIST_UPDATED)).toEqual([])
    expect(await conversation(cy)).toMatchObject({ groupProfile: { name: 'Rooks' } })
    expect(await world.failure(cy.chat.sendMessage(groupText(cy, 'let me in')))).toMatchObject({
      code: 10007,
    })
    expect((bo.last(EVENT.GROUP_LIST_UPDATED) as Group[])[0]?.memberCount).toBe(2)
  })

  test('who was removed while away learns it on coming back, and who comes back gets only what is new', async () => {
    const { world, say } = await withGroup('ChatRoom')
    await world.clock.pass(2_000)
    const bo = await world.client('bo')
    say('ana', 'seen')
    await world.clock.pass(100)
    world.server.isDown = true
    world.server.cut('bo')
    say('ana', 'missed')
    world.server.act('ana', 'group_open_http_svc/delete_group_member', {
      GroupId: 'g',
      MemberToDel_Account: ['bo'],
    })
    say('ana', 'not for bo')
    world.server.isDown = false
    await world.clock.pass(30_000)
    expect(bo.received.filter(Boolean)).toEqual(['seen', 'missed'])
    expect(notices(bo)).toEqual([4])
    expect((await world.done(bo.chat.getGroupList())).data.groupList).toEqual([])
    const { data } = await world.done(bo.chat.joinGroup({ groupID: 'g' }))
    expect(data).toMatchObject({ status: 'JoinedSuccess', group: { groupID: 'g' } })
    say('ana', 'again')
    await world.clock.pass(500)
    expect(bo.received.filter(Boolean)).toEqual(['seen', 'missed', 'again'])
    expect(tips(bo)).toEqual([[1, ['bo']]])
    // Meeting groups count nothing.
    expect(await conversation(bo)).toMatchObject({ unreadCount: 0 })
    expect((await world.done(bo.chat.joinGroup({ groupID: 'g' }))).data.status).toBe('AlreadyInGroup')
  })

  test('who was removed and let in again, and hears of neither, takes what was between for history', async () => {
    const { world, say } = await withGroup('ChatRoom')
    const bo = await world.client('bo')
    say('ana', 'seen')
    await world.clock.pass(100)
    world.server.loses = user => user === 'bo'
    world.server.act('ana', 'group_open_http_svc/delete_group_member', {
      GroupId: 'g',
      MemberToDel_Account: ['bo'],
    })
    say('ana', 'not for bo')
    world.server.act('ana', 'group_open_http_svc/add_group_member', {
      GroupId: 'g',
      MemberList: [{ Member_Account: 'bo' }],
    })
    world.server.loses = (user, frame) => user === 'bo' && frame.ev === 'conversation'
    say('ana', 'news')
    await world.clock.pass(2_000)
    expect(bo.received.filter(Boolean)).toEqual(['seen', 'news'])
  })

  test('a message that overtakes the news of the group waits for it', async () => {
    const { world, say } = await withGroup('Public')
    const cy = await world.client('cy')
    for (let n = 0; n < 5; n += 1) say('ana', 'history')
    let lost = false
    world.server.loses = (user, frame) => {
      const isItem = user === 'cy' && frame.ev === 'conversation' && !lost
      lost ||= isItem
      return isItem
    }
    world.server.act('ana', 'group_open_http_svc/add_group_member', {
      GroupId: 'g',
      MemberList: [{ Member_Account: 'cy' }],
    })
    say('ana', 'news')
    await world.clock.pass(50)
    expect(await conversation(cy)).toBeUndefined()
    await world.clock.pass(2_000)
    expect(lost).toBe(true)
    expect(cy.received.filter(Boolean)).toEqual(['news'])
    expect(tips(cy)).toEqual([[1, ['cy']]])
    expect(await conversation(cy)).toMatchObject({ groupProfile: { name: 'Rooks' }, unreadCount: 1 })
  })

  test('applying needs an answer, which the notice or the list can give once', async () => {
    const { world } = await withGroup('Public')
    const [ana, cy] = [await world.client('ana'), await world.client('cy')]
    const { data } = await world.done(cy.chat.joinGroup({ groupID: 'g', applyMessage: 'please' }))
    expect(data).toEqual({ status: 'WaitAdminApproval' })
    await world.clock.pass(100)
    const [message] = told(ana)
    expect(message).toMatchObject({
      conversationID: '@TIM#SYSTEM',
      to: 'g',
      from: '@TIM#SYSTEM',
      payload: { operationType: 1, operatorID: 'cy', requestMsg: 'please', groupProfile: { name: 'Rooks' } },
    })
    expect(await conversation(ana, '@TIM#SYSTEM')).toMatchObject({ unreadCount: 1, type: '@TIM#SYSTEM' })
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
    await world.done(ana.chat.setMessageRead({ conversationID: '@TIM#SYSTEM' }))
    expect(await conversation(ana, '@TIM#SYSTEM')).toMatchObject({ unreadCount: 0 })
    const copy = JSON.parse(JSON.stringify(message)) as Message
    const agreed = await world.done(ana.chat.handleGroupApplication({ handleAction: 'Agree', message: copy }))
    expect(agreed.data.group?.memberCount).toBe(3)
    await world.clock.pass(300)
    expect(notices(cy)).toEqual([2])
    expect(
      await world.failure(ana.chat.handleGroupApplication({ handleAction: 'Agree', message: copy })),
    ).toMatchObject({ code: 10024 })
    expect(await world.failure(ana.chat.deleteMessage([message as Message]))).toMatchObject({ code: 2116 })
    const listed = await world.done(ana.chat.getMessageList({ conversationID: '@TIM#SYSTEM' }))
    expect(listed.data).toMatchObject({ isCompleted: true, messageList: [{ ID: message?.ID }] })
  })

  test('notices of the time away are told once, those of before the login never', async () => {
    const { world } = await withGroup('Public')
    await world.clock.pass(5_000)
    const bo = await world.client('bo')
    expect(notices(bo)).toEqual([])
    world.server.isDown = true
    world.server.cut('bo')
    for (let n = 0; n < 5; n += 1) {
      world.server.act('ana', 'group_open_http_svc/create_group', {
        GroupId: `more${n}`,
        Type: 'Public',
        Name: 'More',
        MemberList: [{ Member_Account: 'bo' }],
      })
    }
    world.server.isDown = false
    await world.clock.pass(30_000)
    expect(notices(bo)).toEqual([7, 7, 7, 7, 7])
    expect((await world.done(bo.chat.getGroupList())).data.groupList).toHaveLength(6)
  })
})

test('tabs that share a socket see each other’s group messages', async () => {
  const { world, say } = await withGroup('Public')
  const profile = new FakeProfile(world.clock)
  const [first, second] = [
    await world.client('bo', {}, profile.open(world.server)),
    await world.client('bo', {}, profile.open(world.server)),
  ]
  for (const tab of [second, first]) await world.done(tab.chat.sendMessage(groupText(tab, 'from a tab')))
  say('ana', 'from ana')
  await world.clock.pass(500)
  for (const tab of [first, second]) {
    expect(tab.received).toEqual(['from a tab', 'from ana'])
    expect(told(tab).map(it => it.flow)).toEqual(['out', 'in'])
  }
  expect(world.server.count('session/login')).toBe(1)
})

describe('the profile', () => {
  test('a change comes as a tip with what changed only, and shows in lists and conversations', async () => {
    const { world } = await withGroup('Public')
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    const { data } = await world.done(ana.chat.updateGroupProfile({ groupID: 'g', name: 'Crows' }))
    expect(data.group.name).toBe('Crows')
    await world.clock.pass(200)
    const tip = told(bo).find(it => it.type === TYPES.MSG_GRP_TIP)
    expect(tip?.payload.newGroupProfile).toEqual({ groupName: 'Crows' })
    expect(tip?.payload).toMatchObject({ memberList: [], userIDList: [], operatorInfo: { userID: 'ana' } })
    expect(await conversation(bo)).toMatchObject({ groupProfile: { name: 'Crows' } })
    expect((bo.last(EVENT.GROUP_LIST_UPDATED) as Group[])[0]?.name).toBe('Crows')
    const count = bo.named(EVENT.GROUP_LIST_UPDATED).length
    await world.done(bo.chat.getGroupProfile({ groupID: 'g' }))
    expect(bo.named(EVENT.GROUP_LIST_UPDATED).length).toBe(count)
    await world.done(ana.chat.updateGroupProfile({ groupID: 'g', muteAllMembers: true }))
    await world.clock.pass(200)
    expect((bo.last(EVENT.GROUP_LIST_UPDATED) as Group[])[0]?.muteAllMembers).toBe(true)
  })

  test('the remind type holds back messages, and keeps the group out of the total', async () => {
    const { world, say } = await withGroup('Public')
    const bo = await world.client('bo')
    const set = (messageRemindType: string) =>
      world.done(bo.chat.setMessageRemindType({ groupID: 'g', messageRemindType }))
    await set(TYPES.MSG_REMIND_ACPT_NOT_NOTE as never)
    say('ana', 'quiet')
    await world.clock.pass(100)
    expect([
      await conversation(bo).then(it => it?.unreadCount),
      bo.chat.getTotalUnreadMessageCount(),
    ]).toEqual([1, 0])
    await set(TYPES.MSG_REMIND_DISCARD as never)
    say('ana', 'unheard')
    await world.clock.pass(100)
    expect(bo.received).toEqual(['quiet'])
    expect(await conversation(bo)).toMatchObject({ messageRemindType: 'Discard' })
  })

  test('a dismissed group leaves the list, its conversation stays', async () => {
    const { world } = await withGroup('Public')
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    await world.done(ana.chat.dismissGroup('g'))
    await world.clock.pass(200)
    for (const client of [ana, bo]) {
      expect(notices(client)).toEqual([5])
      expect(client.last(EVENT.GROUP_LIST_UPDATED)).toEqual([])
      expect(await conversation(client)).toBeDefined()
      expect((await world.done(client.chat.getConversationProfile('GROUPg'))).data.conversation).toBeDefined()
    }
    expect(await world.failure(ana.chat.getGroupProfile({ groupID: 'g' }))).toMatchObject({ code: 10010 })
  })
})

describe('a large room', () => {
  test('has no history and no unread, and is one at a time', async () => {
    const world = new World()
    const [ana, bo] = [await world.client('ana'), await world.client('bo')]
    for (const groupID of ['r1', 'r2'])
      await world.done(ana.chat.createGroup({ groupID, name: groupID, type: TYPES.GRP_AVCHATROOM }))
    const send = (client: TestClient, to: string, text: string) =>
      client.chat.sendMessage(
        client.chat.createTextMessage({ to, conversationType: TYPES.CONV_GROUP, payload: { text } }),
      )
    expect(await world.failure(send(ana, 'r1', 'x'))).toMatchObject({ code: 2101 })
    for (const { chat } of [ana, bo]) {
      const { data } = await world.done(chat.joinGroup({ groupID: 'r1' }))
      expect(data).toMatchObject({ status: 'JoinedSuccess', group: { type: 'AVChatRoom' } })
    }
    // A frame that comes twice is told once.
    world.server.arrivals = (user, frame) => (user === 'bo' && frame.ev === 'online' ? [5, 9] : [5])
    await world.done(send(ana, 'r1', 'hello'))
    await world.clock.pass(100)
    world.server.arrivals = () => [5]
    expect(bo.received.filter(Boolean)).toEqual(['hello'])
    expect(tips(ana)).toEqual([
      [1, ['ana']],
      [1, ['bo']],
    ])
    expect(await conversation(bo, 'GROUPr1')).toMatchObject({
      unreadCount: 0,
      lastMessage: { messageForShow: 'hello' },
    })
    const { data } = await world.done(bo.chat.getMessageList({ conversationID: 'GROUPr1' }))
    expect(data).toEqual({ messageList: [], nextReqMessageID: '', isCompleted: true })
    expect((await world.done(bo.chat.getGroupList())).data.groupList).toEqual([])
    await world.done(bo.chat.joinGroup({ groupID: 'r2' }))
    await world.done(send(ana, 'r1', 'who is left'))
    await world.clock.pass(100)
    expect(bo.received.filter(Boolean)).toEqual(['hello'])
    for (const refused of [
      [() => bo.chat.getGroupMemberProfile({ groupID: 'r2', userIDList: ['bo'] }), 2687],
      [() => bo.chat.addGroupMember({ groupID: 'r2', userIDList: ['ana'] }), 2661],
      [() => ana.chat.changeGroupOwner({ groupID: 'r2', newOwnerID: 'bo' }), 2620],
      [() => ana.chat.deleteGroupMember({ groupID: 'r2', userIDList: ['bo'] }), 2686],
      [() => ana.chat.setGroupAttributes({ groupID: 'r2', groupAttributes: { a: 'b' } }), 2642],
    ] as const)
      expect(await world.failure(refused[0]())).toMatchObject({ code: refused[1] })
  })
})
