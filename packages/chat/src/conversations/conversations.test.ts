import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import type { Message } from '../messages/message.ts'
import { type TestClient, World } from '../testing/test-client.ts'
import type { Conversation } from './conversation.ts'

const listOf = async (client: TestClient): Promise<readonly Conversation[]> =>
  (await client.chat.getConversationList()).data.conversationList

const talk = async () => {
  const world = new World()
  world.server.store.account('bo').nick = 'Bo'
  const ana = await world.client('ana')
  const bo = await world.client('bo')
  await world.done(ana.chat.sendMessage(ana.text('bo', 'one')))
  await world.done(bo.chat.sendMessage(bo.text('ana', 'two')))
  await world.clock.pass(50)
  return { world, ana, bo }
}

describe('the conversation list', () => {
  test('shows the peer, the last message and the unread count', async () => {
    const { ana, bo } = await talk()
    const [conversation] = await listOf(ana)
    expect(conversation).toMatchObject({
      conversationID: 'C2Cbo',
      type: 'C2C',
      subType: '',
      unreadCount: 1,
      userProfile: { userID: 'bo', nick: 'Bo', avatar: '' },
      groupProfile: undefined,
      groupAtInfoList: [],
      remark: '',
      isPinned: false,
      messageRemindType: 'AcceptAndNotify',
      markList: [],
      customData: '',
      conversationGroupList: [],
      draftText: '',
    })
    expect(conversation?.lastMessage).toMatchObject({
      fromAccount: 'bo',
      messageForShow: 'two',
      type: 'TIMTextElem',
      payload: { text: 'two' },
      lastSequence: 2,
      isRevoked: false,
      revoker: '',
      isPeerRead: false,
    })
    expect((await listOf(bo))[0]?.unreadCount).toBe(1)
  })

  test('is the same for a client that was there and for one that comes later', async () => {
    const { world, ana } = await talk()
    const later = await world.client('ana', { platform: 'Mac' })
    expect(JSON.parse(JSON.stringify(await listOf(later)))).toEqual(
      JSON.parse(JSON.stringify(await listOf(ana))),
    )
  })

  test('puts pinned ones first, then those without a message, then the newest', async () => {
    const world = new World()
    const ana = await world.client('ana')
    for (const from of ['cy', 'di', 'bo']) {
      world.server.send(from, 'ana', 'hi')
      await world.clock.pass(2_000)
    }
    await world.done(ana.chat.getConversationProfile('C2Cnew'))
    await world.done(ana.chat.pinConversation({ conversationID: 'C2Ccy', isPinned: true }))
    expect((await listOf(ana)).map(it => it.conversationID)).toEqual(['C2Ccy', 'C2Cnew', 'C2Cbo', 'C2Cdi'])
    const empty = (await listOf(ana))[1]
    expect(empty?.lastMessage).toMatchObject({
      lastTime: 0,
      messageForShow: '',
      fromAccount: '',
      payload: null,
    })
  })

  test('shows tokens that kits translate for what is no text', async () => {
    const { world, ana } = await talk()
    const show = async (type: string, content: object): Promise<string | undefined> => {
      world.server.send('bo', 'ana', '', { MsgBody: [{ MsgType: type, MsgContent: content }] })
      await world.clock.pass(50)
      return (await listOf(ana))[0]?.lastMessage.messageForShow
    }
    expect(await show('TIMImageElem', {})).toBe('[图片]')
    expect(await show('TIMSoundElem', {})).toBe('[语音]')
    expect(await show('TIMVideoFileElem', {})).toBe('[视频]')
    expect(await show('TIMFileElem', {})).toBe('[文件]')
    expect(await show('TIMLocationElem', {})).toBe('[位置]')
    expect(await show('TIMFaceElem', {})).toBe('[动画表情]')
    expect(await show('TIMCustomElem', {})).toBe('[自定义消息]')
    expect(await show('TIMRelayElem', {})).toBe('[聊天记录]')
  })

  test('is filtered by name, by mark, by group, and by unread', async () => {
    const { world, ana } = await talk()
    world.server.send('cy', 'ana', 'hi')
    await world.clock.pass(50)
    await world.done(ana.chat.setMessageRead({ conversationID: 'C2Cbo' }))
    await world.done(
      ana.chat.markConversation({ conversationIDList: ['C2Cbo'], markType: 1, enableMark: true }),
    )
    await world.done(ana.chat.createConversationGroup({ groupName: 'work', conversationIDList: ['C2Ccy'] }))
    const ids = async (filter: Parameters<typeof ana.chat.getConversationList>[0]) =>
      (await ana.chat.getConversationList(filter)).data.conversationList.map(it => it.conversationID)
    expect(await ids(['C2Cbo', 'C2Cnobody'])).toEqual(['C2Cbo'])
    expect(await ids([])).toEqual([])
    expect(await ids({ markType: 1 })).toEqual(['C2Cbo'])
    expect(await ids({ markType: 0 })).toEqual(['C2Ccy'])
    expect(await ids({ groupName: 'work' })).toEqual(['C2Ccy'])
    expect(await ids({ groupName: '' })).toEqual(['C2Cbo'])
    expect(await ids({ hasUnreadCount: true })).toEqual(['C2Ccy'])
    expect(await ids({ type: TYPES.CONV_GROUP })).toEqual([])
    expect(await ids({ markType: undefined, groupName: undefined })).toHaveLength(2)
  })

  test('objects can be cloned and written as JSON', async () => {
    const { ana } = await talk()
    const list = await listOf(ana)
    expect(structuredClone(list)).toEqual([...list])
    const message = ana.chat.createTextMessage({ to: 'bo', conversationType: 'C2C', payload: { text: 'x' } })
    expect(structuredClone(message)).toEqual(message)
    expect(Object.keys(message)).toContain('ID')
  })
})

describe('reading', () => {
  test('zeroes the count here and on other terminals, and tells the peer', async () => {
    const { world, ana, bo } = await talk()
    const phone = await world.client('ana', { platform: 'Android' })
    expect(phone.chat.getTotalUnreadMessageCount()).toBe(1)
    for (const client of [ana, bo, phone]) client.events.length = 0
    expect(await world.done(ana.chat.setMessageRead({ conversationID: 'C2Cbo' }))).toEqual({
      code: 0,
      data: {},
    })
    await world.clock.pass(50)
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
    expect(phone.chat.getTotalUnreadMessageCount()).toBe(0)
    expect(phone.last(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED)).toBe(0)
    const read = bo.last(EVENT.MESSAGE_READ_BY_PEER) as Message[]
    expect(read.map(it => [it.payload.text, it.isPeerRead])).toEqual([['two', true]])
    const [conversation] = await listOf(bo)
    expect(conversation?.lastMessage.isPeerRead).toBe(true)
    expect(conversation?.peerReadTime).toBeGreaterThan(0)
  })

  test('is cheap when there is nothing to read, and never rejects', async () => {
    const { world, ana } = await talk()
    for (let i = 0; i < 5; i += 1) await world.done(ana.chat.setMessageRead({ conversationID: 'C2Cbo' }))
    await world.done(ana.chat.setMessageRead({ conversationID: 'C2Cnobody' }))
    expect(world.server.count('openim/set_msg_read')).toBe(1)
    expect(await world.failure(ana.chat.setMessageRead({ conversationID: 'nonsense' }))).toMatchObject({
      code: 2503,
    })
  })

  test('while offline counts at once and is reported after the reconnect', async () => {
    const { world, ana } = await talk()
    world.server.isDown = true
    world.server.cut('ana')
    await world.clock.pass(10)
    const reading = ana.chat.setMessageRead({ conversationID: 'C2Cbo' })
    await world.clock.pass(10)
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
    await world.clock.pass(30_000)
    await world.done(reading)
    world.server.isDown = false
    await world.clock.pass(30_000)
    const conversation = world.server.store.between('ana', 'bo')
    expect(world.server.store.unread(conversation, 'ana')).toBe(0)
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
  })

  test('everything, for all conversations', async () => {
    const { world, ana } = await talk()
    world.server.send('cy', 'ana', 'hi')
    await world.clock.pass(50)
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(2)
    await world.done(ana.chat.setAllMessageRead())
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
  })

  test('muted conversations keep their own count but leave the total', async () => {
    const { world, ana } = await talk()
    const { data } = await world.done(
      ana.chat.setMessageRemindType({
        userIDList: ['bo'],
        messageRemindType: TYPES.MSG_REMIND_ACPT_NOT_NOTE,
      }),
    )
    expect(data).toEqual({ successUserIDList: [{ userID: 'bo' }], failureUserIDList: [] })
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
    expect((await listOf(ana))[0]).toMatchObject({ unreadCount: 1, messageRemindType: 'AcceptNotNotify' })
    world.server.send('bo', 'ana', 'quiet')
    await world.clock.pass(50)
    expect(ana.received).toContain('quiet')
  })
})

describe('changing conversations', () => {
  test('a deleted one is gone with its history until the next message', async () => {
    const { world, ana } = await talk()
    expect(await world.done(ana.chat.deleteConversation('C2Cbo'))).toEqual({
      code: 0,
      data: { conversationID: 'C2Cbo' },
    })
    await world.clock.pass(50)
    expect(await listOf(ana)).toEqual([])
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
    expect((await world.done(ana.chat.getMessageList({ conversationID: 'C2Cbo' }))).data.messageList).toEqual(
      [],
    )
    world.server.send('bo', 'ana', 'back')
    await world.clock.pass(50)
    expect((await listOf(ana)).map(it => [it.unreadCount, it.lastMessage.messageForShow])).toEqual([
      [1, 'back'],
    ])
    expect(await world.failure(ana.chat.deleteConversation('C2Cnobody'))).toMatchObject({ code: 2500 })
  })

  test('several are deleted at once, with and without history', async () => {
    const { world, ana } = await talk()
    const { data } = await world.done(
      ana.chat.deleteConversation({ conversationIDList: ['C2Cbo', 'C2Cnobody'], clearHistoryMessage: false }),
    )
    expect(data).toMatchObject({
      successConversationIDList: ['C2Cbo'],
      failureConversationIDList: [{ conversationID: 'C2Cnobody', code: 2500 }],
    })
    const { data: history } = await world.done(ana.chat.getMessageList({ conversationID: 'C2Cbo' }))
    expect(history.messageList).toHaveLength(2)
  })

  test('clearing the history keeps the conversation, empty', async () => {
    const { world, ana } = await talk()
    await world.done(ana.chat.clearHistoryMessage('C2Cbo'))
    await world.clock.pass(50)
    const [conversation] = await listOf(ana)
    expect(conversation).toMatchObject({ unreadCount: 0, lastMessage: { lastTime: 0, payload: null } })
  })

  test('pins, marks, custom data and groups reach other terminals', async () => {
    const { world, ana } = await talk()
    const phone = await world.client('ana', { platform: 'Android' })
    const conversationIDList = ['C2Cbo']
    await world.done(ana.chat.pinConversation({ conversationID: 'C2Cbo', isPinned: true }))
    await world.done(ana.chat.markConversation({ conversationIDList, markType: 8, enableMark: true }))
    await world.done(ana.chat.markConversation({ conversationIDList, markType: 2 ** 40, enableMark: true }))
    await world.done(ana.chat.markConversation({ conversationIDList, markType: 8, enableMark: false }))
    await world.done(ana.chat.setConversationCustomData({ conversationIDList, customData: 'vip' }))
    const { data } = await world.done(
      ana.chat.createConversationGroup({ groupName: 'work', conversationIDList }),
    )
    expect(data).toEqual({ successConversationIDList: ['C2Cbo'], failureConversationIDList: [] })
    await world.clock.pass(50)
    for (const client of [ana, phone]) {
      expect((await listOf(client))[0]).toMatchObject({
        isPinned: true,
        markList: [2 ** 40],
        customData: 'vip',
        conversationGroupList: ['work'],
      })
      expect(client.last(EVENT.CONVERSATION_GROUP_LIST_UPDATED)).toEqual(['work'])
    }
    const groups = (await ana.chat.getConversationGroupList()).data
    expect([...groups]).toEqual(['work'])
    expect(groups.groupList).toEqual(['work'])
  })

  test('a draft stays on this terminal and leaves the order alone', async () => {
    const { world, ana } = await talk()
    const phone = await world.client('ana', { platform: 'Android' })
    const { data } = await ana.chat.setConversationDraft({ conversationID: 'C2Cbo', draftText: 'hm' })
    expect(data.conversation.draftText).toBe('hm')
    await world.clock.pass(50)
    expect((await listOf(phone))[0]?.draftText).toBe('')
  })

  test('the profile of a chat that has no message yet is filled in', async () => {
    const { world, ana } = await talk()
    const cy = world.server.store.account('cy')
    cy.nick = 'Cy'
    cy.faceUrl = 'http://f/cy'
    const { data } = await world.done(ana.chat.getConversationProfile('C2Ccy'))
    expect(data.conversation.userProfile).toMatchObject({ userID: 'cy', nick: 'Cy', avatar: 'http://f/cy' })
    expect(await world.failure(ana.chat.getConversationProfile('GROUPx'))).toMatchObject({ code: 10010 })
    expect(await world.failure(ana.chat.getConversationProfile('x'))).toMatchObject({ code: 2503 })
  })
})
