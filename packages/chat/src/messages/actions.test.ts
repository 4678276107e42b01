import { describe, expect, test } from 'bun:test'
import { EVENT, UNLISTED_EVENT } from '../constants/event.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { type TestClient, World } from '../testing/test-client.ts'
import type { MessageListPage } from './history.ts'
import type { Message } from './message.ts'

const talk = async (more: object = {}) => {
  const world = new World()
  const ana = await world.client('ana')
  const bo = await world.client('bo')
  const { data } = await world.done(ana.chat.sendMessage(ana.text('bo', 'hello', more)))
  await world.clock.pass(50)
  const received = bo.chat.findMessage(data.message.ID)
  if (!received) throw new Error('not received')
  return { world, ana, bo, sent: data.message, received }
}

const lastShown = async (client: TestClient) =>
  (await client.chat.getConversationList()).data.conversationList[0]?.lastMessage

describe('recalling', () => {
  test('marks the message everywhere, takes it out of the unread count, tells each side once', async () => {
    const { world, ana, bo, sent, received } = await talk()
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(1)
    const { data } = await world.done(ana.chat.revokeMessage(sent))
    expect(data.message).toBe(sent)
    await world.clock.pass(50)
    expect(sent).toMatchObject({ isRevoked: true, revoker: 'ana', revokerInfo: { userID: 'ana' } })
    expect(sent.payload.text).toBe('hello')
    expect(received).toMatchObject({ isRevoked: true, revoker: 'ana' })
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(0)
    for (const client of [ana, bo]) {
      expect(client.named(EVENT.MESSAGE_REVOKED)).toHaveLength(1)
      expect(await lastShown(client)).toMatchObject({ isRevoked: true, revoker: 'ana' })
    }
    const { data: history } = await world.done(bo.chat.getMessageList({ conversationID: 'C2Cana' }))
    expect(history.messageList.map(it => it.isRevoked)).toEqual([true])
  })

  test('too late passes the server’s code on', async () => {
    const { world, ana, sent } = await talk()
    world.server.intercept = (_, cmd) => (cmd === 'openim/msg_withdraw' ? new Refusal(20016) : undefined)
    expect(await world.failure(ana.chat.revokeMessage(sent))).toMatchObject({
      code: 20016,
      data: { message: sent },
    })
    expect(sent.isRevoked).toBe(false)
  })

  test('works on a copy of the message', async () => {
    const { world, ana, sent } = await talk()
    await world.done(ana.chat.revokeMessage(JSON.parse(JSON.stringify(sent))))
    expect(sent.isRevoked).toBe(true)
  })

  test('of a message missed in a pause is learnt after it', async () => {
    const { world, ana, bo, sent, received } = await talk()
    world.server.isDown = true
    world.server.cut('bo')
    await world.done(ana.chat.revokeMessage(sent))
    world.server.isDown = false
    await world.clock.pass(25_000)
    expect(received.isRevoked).toBe(true)
    expect(bo.named(EVENT.MESSAGE_REVOKED)).toHaveLength(1)
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(0)
  })
})

describe('modifying', () => {
  test('changes the message in place on both sides, told once each', async () => {
    const { world, ana, bo, sent, received } = await talk()
    sent.payload = { text: 'better' }
    sent.cloudCustomData = 'edited'
    const { data } = await world.done(ana.chat.modifyMessage(sent))
    expect(data.message).toBe(sent)
    await world.clock.pass(50)
    expect(received).toMatchObject({
      payload: { text: 'better' },
      cloudCustomData: 'edited',
      isModified: true,
    })
    for (const client of [ana, bo]) {
      expect(client.named(EVENT.MESSAGE_MODIFIED)).toHaveLength(1)
      expect((await lastShown(client))?.messageForShow).toBe('better')
    }
    received.cloudCustomData = 'by bo'
    await world.done(bo.chat.modifyMessage(received))
    await world.clock.pass(50)
    expect(sent.cloudCustomData).toBe('by bo')
  })

  test('against a newer state is 2480 with that state', async () => {
    const { world, ana, bo, sent, received } = await talk()
    world.server.loses = user => user === 'bo'
    sent.payload = { text: 'first' }
    await world.done(ana.chat.modifyMessage(sent))
    received.payload = { text: 'second' }
    const error = await world.failure(bo.chat.modifyMessage(received))
    expect(error.code).toBe(2480)
    expect((error.data.message as Message).payload.text).toBe('first')
    expect(received.payload.text).toBe('first')
  })

  test('that is refused sets the content back', async () => {
    const { world, ana, sent } = await talk()
    world.server.intercept = (_, cmd) => (cmd === 'openim/modify_c2c_msg' ? new Refusal(80001) : undefined)
    sent.payload = { text: 'rude' }
    expect(await world.failure(ana.chat.modifyMessage(sent))).toMatchObject({ code: 80001 })
    expect(sent.payload.text).toBe('hello')
  })
})

describe('deleting', () => {
  test('hides messages from this user only, and the list steps back', async () => {
    const { world, ana, bo, sent } = await talk()
    const { data: second } = await world.done(ana.chat.sendMessage(ana.text('bo', 'second')))
    const { data } = await world.done(ana.chat.deleteMessage([second.message]))
    expect(data.messageList).toEqual([second.message])
    expect(second.message.isDeleted).toBe(true)
    await world.clock.pass(50)
    expect((await lastShown(ana))?.messageForShow).toBe('hello')
    const texts = async (client: TestClient, conversationID: string) =>
      (await world.done(client.chat.getMessageList({ conversationID }))).data.messageList.map(
        it => it.payload.text,
      )
    expect(await texts(ana, 'C2Cbo')).toEqual(['hello'])
    expect(await texts(bo, 'C2Cana')).toEqual(['hello', 'second'])
    const other = ana.text('cy', 'x')
    expect(await world.failure(ana.chat.deleteMessage([sent, other]))).toMatchObject({ code: 2111 })
  })
})

describe('read receipts', () => {
  test('reach the sender with the message they belong to', async () => {
    const { world, ana, bo, sent, received } = await talk({ needReadReceipt: true })
    expect(received.needReadReceipt).toBe(true)
    expect(await world.done(bo.chat.sendMessageReadReceipt([received]))).toEqual({ code: 0, data: {} })
    await world.clock.pass(50)
    expect(ana.last(EVENT.MESSAGE_READ_RECEIPT_RECEIVED)).toEqual([
      expect.objectContaining({ messageID: sent.ID, userID: 'bo', isPeerRead: true }),
    ])
    expect(sent.readReceiptInfo).toMatchObject({ isPeerRead: true })
    const { data } = await ana.chat.getMessageReadReceiptList([sent])
    expect(data.messageList).toEqual([sent])
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(1)
  })

  test('that nobody asked for are 2114', async () => {
    const { world, bo, received } = await talk()
    expect(await world.failure(bo.chat.sendMessageReadReceipt([received]))).toMatchObject({ code: 2114 })
  })
})

describe('key-values on a message', () => {
  test('are set, read, contested and deleted', async () => {
    const { world, ana, bo, sent, received } = await talk({ isSupportExtension: true })
    const { data } = await world.done(ana.chat.setMessageExtensions(sent, [{ key: 'vote', value: 'yes' }]))
    expect(data.extensions).toEqual([{ code: 0, key: 'vote', value: 'yes' }])
    await world.clock.pass(50)
    for (const client of [ana, bo]) {
      expect(client.named(UNLISTED_EVENT.MESSAGE_EXTENSIONS_UPDATED).map(event => event.data)).toEqual([
        { messageID: sent.ID, extensions: [{ key: 'vote', value: 'yes' }] },
      ])
    }
    expect((await world.done(bo.chat.getMessageExtensions(received))).data.extensions).toEqual([
      { key: 'vote', value: 'yes' },
    ])
    world.server.loses = user => user === 'ana'
    await world.done(bo.chat.setMessageExtensions(received, [{ extensionKey: 'vote', extensionValue: 'no' }]))
    const stale = await world.done(ana.chat.setMessageExtensions(sent, [{ key: 'vote', value: 'maybe' }]))
    expect(stale.data.extensions).toEqual([{ code: 23001, key: 'vote', value: 'no' }])
    const fresh = await world.done(ana.chat.deleteMessageExtensions(sent, ['vote']))
    expect(fresh.data.extensions).toEqual([{ code: 0, key: 'vote' }])
    expect((await world.done(ana.chat.getMessageExtensions(sent))).data.extensions).toEqual([])
  })
})

describe('history', () => {
  const written = async (count: number) => {
    const world = new World()
    const ana = await world.client('ana')
    for (let i = 0; i < count; i += 1) {
      world.server.send(i % 2 ? 'ana' : 'bo', i % 2 ? 'bo' : 'ana', `m${i}`)
      if (i % 3 === 0) await world.clock.pass(1_000)
    }
    await world.clock.pass(100)
    return { world, ana }
  }

  test('comes page by page, each oldest first, until it is completed', async () => {
    const { world, ana } = await written(40)
    let all: readonly Message[] = []
    let nextReqMessageID = ''
    for (let page = 0; page < 10; page += 1) {
      const { data }: { data: MessageListPage } = await world.done(
        ana.chat.getMessageList({ conversationID: 'C2Cbo', nextReqMessageID }),
      )
      all = [...data.messageList, ...all]
      nextReqMessageID = data.nextReqMessageID
      if (data.isCompleted) break
      expect(data.messageList).toHaveLength(15)
    }
    expect(nextReqMessageID).toBe('')
    expect(all.map(it => it.payload.text)).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}`))
    expect(new Set(all.map(it => it.flow))).toEqual(new Set(['in', 'out']))
  })

  test('gives the objects that the app already has', async () => {
    const { world, ana } = await written(3)
    const [received] = ana.last(EVENT.MESSAGE_RECEIVED) as [Message]
    const { data } = await world.done(ana.chat.getMessageList({ conversationID: 'C2Cbo', count: 20 }))
    expect(data.messageList.find(it => it.ID === received.ID)).toBe(ana.chat.findMessage(received.ID)!)
  })

  test('hops to a time, with the message there in the page, in both directions', async () => {
    const { world, ana } = await written(40)
    const all = (await world.done(ana.chat.getMessageList({ conversationID: 'C2Cbo', count: 100 }))).data
      .messageList
    const anchor = all[20]
    if (!anchor) throw new Error('no anchor')
    const query = { conversationID: 'C2Cbo', time: anchor.time, count: 10 }
    const older = (await world.done(ana.chat.getMessageListHopping({ ...query, direction: 0 }))).data
    const newer = (await world.done(ana.chat.getMessageListHopping({ ...query, direction: 1 }))).data
    expect(older.messageList).toContain(anchor)
    expect(newer.messageList).toContain(anchor)
    expect(older.nextMessageTime).toBe(older.messageList[0]?.time ?? -1)
    expect(newer.nextMessageTime).toBe(newer.messageList.at(-1)?.time ?? -1)
    const end = await world.done(
      ana.chat.getMessageListHopping({ conversationID: 'C2Cbo', time: all.at(-1)?.time, direction: 1 }),
    )
    expect(end.data.isCompleted).toBe(true)
  })

  test('of nobody is empty and completed', async () => {
    const { world, ana } = await written(0)
    for (const conversationID of ['C2Cnobody', '@TIM#SYSTEM']) {
      const { data } = await world.done(ana.chat.getMessageList({ conversationID }))
      expect(data).toEqual({ messageList: [], nextReqMessageID: '', isCompleted: true })
    }
    expect(await world.failure(ana.chat.getMessageList({ conversationID: 'bo' }))).toMatchObject({
      code: 2503,
    })
    const forgotten = { conversationID: 'C2Cbo', nextReqMessageID: 'unknown' }
    expect(await world.failure(ana.chat.getMessageList(forgotten))).toMatchObject({ code: 2905 })
  })
})
