import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { World } from '../testing/test-client.ts'
import type { Message } from './message.ts'

const pair = async (seed = 1) => {
  const world = new World(seed)
  const ana = await world.client('ana')
  const bo = await world.client('bo')
  return { world, ana, bo }
}

describe('sending', () => {
  test('resolves with the same instance, its ID unchanged; no MESSAGE_RECEIVED on the sender', async () => {
    const { world, ana, bo } = await pair()
    const message = ana.text('bo', 'hello', { cloudCustomData: 'x' })
    const { ID } = message
    expect(message).toMatchObject({
      status: 'unSend',
      flow: 'out',
      from: 'ana',
      to: 'bo',
      conversationID: 'C2Cbo',
    })
    expect(ID).toBe(`${world.server.store.account('ana').tinyID}-${message.clientTime}-${message.random}`)
    let listFirst = false
    const { code, data } = await world.done(
      ana.chat.sendMessage(message).then(result => {
        listFirst = ana.named(EVENT.CONVERSATION_LIST_UPDATED).length === 2
        return result
      }),
    )
    expect(code).toBe(0)
    expect(data.message).toBe(message)
    expect(listFirst).toBe(true)
    expect(message).toMatchObject({ ID, status: 'success', sequence: 1 })
    await world.clock.pass(50)
    expect(ana.received).toEqual([])
    expect(bo.received).toEqual(['hello'])
    const [received] = bo.last(EVENT.MESSAGE_RECEIVED) as [Message]
    expect(received).toMatchObject({
      ID,
      flow: 'in',
      from: 'ana',
      to: 'bo',
      conversationID: 'C2Cana',
      status: 'success',
    })
    expect(received.cloudCustomData).toBe('x')
    expect(bo.chat.findMessage(ID)?.payload).toEqual({ text: 'hello' })
  })

  test('events on the receiver come as message, list, total', async () => {
    const { world, ana, bo } = await pair()
    bo.events.length = 0
    await world.done(ana.chat.sendMessage(ana.text('bo', 'hello')))
    await world.clock.pass(50)
    expect(bo.events.map(event => event.name)).toEqual([
      EVENT.MESSAGE_RECEIVED,
      EVENT.CONVERSATION_LIST_UPDATED,
      EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED,
    ])
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(1)
  })

  test('carries custom, face and location messages as they are', async () => {
    const { world, ana, bo } = await pair()
    const to = { to: 'bo', conversationType: TYPES.CONV_C2C }
    const sent = [
      ana.chat.createCustomMessage({ ...to, payload: { data: 'd', description: 'e', extension: 'f' } }),
      ana.chat.createFaceMessage({ ...to, payload: { index: 0, data: 'smile' } }),
      ana.chat.createLocationMessage({
        ...to,
        payload: { description: 'here', latitude: 1.5, longitude: -2 },
      }),
      ana.chat.createCustomMessage({ ...to, payload: { data: 'only' } }),
    ]
    for (const message of sent) await world.done(ana.chat.sendMessage(message))
    await world.clock.pass(50)
    const received = bo.named(EVENT.MESSAGE_RECEIVED).flatMap(event => event.data as Message[])
    expect(received.map(({ type, payload }) => ({ type, payload }))).toEqual(
      sent.map(({ type, payload }) => ({ type, payload })),
    )
    expect(received[3]?.payload).toEqual({ data: 'only', description: '', extension: '' })
  })

  test('forwards what was received, media included, under a new ID', async () => {
    const { world, ana, bo } = await pair()
    world.server.send('bo', 'ana', '', {
      MsgBody: [
        {
          MsgType: 'TIMImageElem',
          MsgContent: {
            UUID: 'u',
            ImageFormat: 1,
            ImageInfoArray: [1, 2, 3].map(Type => ({
              Type,
              Size: Type,
              Width: 10,
              Height: 20,
              URL: `http://f/${Type}`,
            })),
          },
        },
      ],
    })
    await world.clock.pass(50)
    const [image] = ana.last(EVENT.MESSAGE_RECEIVED) as [Message]
    expect((image.payload.imageInfoArray as { url: string }[]).map(it => it.url)).toEqual([
      'http://f/1',
      'http://f/2',
      'http://f/3',
    ])
    const forward = ana.chat.createForwardMessage({ to: 'bo', conversationType: 'C2C', payload: image })
    await world.done(ana.chat.sendMessage(forward))
    await world.clock.pass(50)
    const [received] = bo.last(EVENT.MESSAGE_RECEIVED) as [Message]
    expect(received.payload).toEqual(image.payload)
    expect(received.ID).not.toBe(image.ID)
  })

  test('an online-only message reaches who is online and leaves no trace', async () => {
    const { world, ana, bo } = await pair()
    ana.events.length = 0
    const message = ana.text('bo', 'typing')
    await world.done(ana.chat.sendMessage(message, { onlineUserOnly: true }))
    await world.clock.pass(50)
    expect(message.status).toBe('success')
    expect(ana.events).toEqual([])
    expect(bo.received).toEqual(['typing'])
    expect(bo.chat.getTotalUnreadMessageCount()).toBe(0)
    const { data } = await bo.chat.getConversationList()
    expect(data.conversationList).toEqual([])
  })

  test('excluded from unread and last message: neither changes', async () => {
    const { world, ana, bo } = await pair()
    await world.done(ana.chat.sendMessage(ana.text('bo', 'one')))
    const control = { excludedFromUnreadCount: true, excludedFromLastMessage: true }
    await world.done(ana.chat.sendMessage(ana.text('bo', 'two'), { messageControlInfo: control }))
    await world.clock.pass(50)
    for (const client of [ana, bo]) {
      const [conversation] = (await client.chat.getConversationList()).data.conversationList
      expect(conversation?.lastMessage.messageForShow).toBe('one')
      expect(conversation?.unreadCount).toBe(client === bo ? 1 : 0)
    }
    const [received] = bo.last(EVENT.MESSAGE_RECEIVED) as [Message]
    expect(received).toMatchObject({ _isExcludedFromUnreadCount: true, _isExcludedFromLastMessage: true })
  })

  test('another terminal of the sender receives it as flow out, without unread', async () => {
    const { world, ana } = await pair()
    const phone = await world.client('ana', { platform: 'Android' })
    await world.done(ana.chat.sendMessage(ana.text('bo', 'hello')))
    await world.clock.pass(50)
    const [message] = phone.last(EVENT.MESSAGE_RECEIVED) as [Message]
    expect(message).toMatchObject({ flow: 'out', from: 'ana', conversationID: 'C2Cbo' })
    expect(phone.chat.getTotalUnreadMessageCount()).toBe(0)
  })

  test('many at once arrive in the order of the calls', async () => {
    const { world, ana, bo } = await pair()
    const texts = Array.from({ length: 60 }, (_, i) => `m${i}`)
    await world.done(Promise.all(texts.map(text => ana.chat.sendMessage(ana.text('bo', text)))))
    await world.clock.pass(50)
    expect(bo.received).toEqual(texts)
  })
})

describe('a send that fails', () => {
  test('carries the server’s code and the failed message, which can be resent', async () => {
    const { world, ana, bo } = await pair()
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? new Refusal(20007) : undefined)
    const message = ana.text('bo', 'x')
    const error = await world.failure(ana.chat.sendMessage(message))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: 20007 })
    expect(error.data.message).toBe(message)
    expect(message.status).toBe('fail')
    world.server.intercept = () => undefined
    const { ID } = message
    const { data } = await world.done(ana.chat.resendMessage(message))
    expect(data.message).toBe(message)
    expect(message).toMatchObject({ ID, status: 'success' })
    await world.clock.pass(50)
    expect(bo.received).toEqual(['x'])
  })

  test('for bad arguments says 2105 and 2106, for an unknown group 10010', async () => {
    const { world, ana } = await pair()
    expect(await world.failure(ana.chat.sendMessage({} as Message))).toMatchObject({ code: 2105 })
    expect(await world.failure(ana.chat.sendMessage(undefined as unknown as Message))).toMatchObject({
      code: 2105,
    })
    const system = { ...ana.text('bo', 'x'), conversationType: TYPES.CONV_SYSTEM }
    expect(await world.failure(ana.chat.sendMessage(system))).toMatchObject({ code: 2106 })
    const group = ana.chat.createTextMessage({ to: 'g', conversationType: 'GROUP', payload: { text: 'x' } })
    expect(await world.failure(ana.chat.sendMessage(group))).toMatchObject({ code: 10010 })
  })

  test('moderated text marks the message as risky', async () => {
    const { world, ana } = await pair()
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? new Refusal(80001) : undefined)
    const message = ana.text('bo', 'x')
    await world.failure(ana.chat.sendMessage(message))
    expect(message.hasRiskContent).toBe(true)
  })

  test('without an answer is 2801 within 15 s; the next message goes on', async () => {
    const { world, ana, bo } = await pair()
    world.server.intercept = (_, cmd, body) =>
      cmd === 'openim/sendmsg' && JSON.stringify(body).includes('first') ? 'lost' : undefined
    const first = ana.text('bo', 'first')
    const lost = world.failure(ana.chat.sendMessage(first))
    await world.clock.pass(14_000)
    expect(first.status).toBe('unSend')
    expect(await lost).toMatchObject({ code: 2801, data: { message: first } })
    await world.done(ana.chat.sendMessage(ana.text('bo', 'second')))
    await world.clock.pass(50)
    expect(bo.received).toEqual(['second'])
  })

  test('offline is 2801 for all that wait, after the same 15 s', async () => {
    const { world, ana } = await pair()
    world.server.isDown = true
    world.server.cut('ana')
    await world.clock.pass(10)
    const sends = ['a', 'b', 'c'].map(text => world.failure(ana.chat.sendMessage(ana.text('bo', text))))
    const start = world.clock.now()
    for (const send of sends) expect(await send).toMatchObject({ code: 2801 })
    expect(world.clock.now() - start).toBeLessThan(16_000)
  })

  test('over the bound of waiting messages is refused at once', async () => {
    const { world, ana } = await pair()
    world.server.isDown = true
    world.server.cut('ana')
    await world.clock.pass(10)
    const waiting = Array.from({ length: 500 }, (_, i) => ana.chat.sendMessage(ana.text('bo', `${i}`)))
    for (const send of waiting) send.catch(() => undefined)
    expect(await world.failure(ana.chat.sendMessage(ana.text('bo', 'one more')))).toMatchObject({
      code: 2996,
    })
  })

  test('bigger than a frame of the server is refused with 80002 without losing the connection', async () => {
    const { world, ana } = await pair()
    const error = await world.failure(ana.chat.sendMessage(ana.text('bo', 'x'.repeat(70_000))))
    expect(error).toMatchObject({ code: 80002 })
    expect(ana.named(EVENT.NET_STATE_CHANGE)).toHaveLength(2)
  })
})

describe('a send whose outcome is unknown', () => {
  test.each(['lost', 'unanswered'] as const)(
    '(%s) is sent again with the same key after reconnecting, and stored once',
    async how => {
      const { world, ana, bo } = await pair()
      let isLosing = true
      world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' && isLosing ? how : undefined)
      const sends = ['one', 'two', 'three'].map(text => ana.chat.sendMessage(ana.text('bo', text)))
      await world.clock.pass(100)
      isLosing = false
      world.server.cut('ana')
      await world.done(Promise.all(sends))
      await world.clock.pass(200)
      expect(bo.received).toEqual(['one', 'two', 'three'])
      expect(ana.received).toEqual([])
      const keys = world.server.log.filter(it => it.cmd === 'openim/sendmsg').map(it => it.body.MsgRandom)
      expect(keys).toHaveLength(4)
      expect(keys[0]).toBe(keys[1])
      const { data } = await world.done(ana.chat.getMessageList({ conversationID: 'C2Cbo' }))
      expect(data.messageList.map(message => message.payload.text)).toEqual(['one', 'two', 'three'])
    },
  )

  test('that was given up but had been stored becomes a success, told by ID', async () => {
    const { world, ana } = await pair()
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? 'unanswered' : undefined)
    const message = ana.text('bo', 'x')
    await world.failure(ana.chat.sendMessage(message))
    expect(message.status).toBe('fail')
    world.server.intercept = () => undefined
    world.server.send('bo', 'ana', 'answer')
    await world.clock.pass(1_000)
    expect(message).toMatchObject({ status: 'success', sequence: 1 })
    expect(ana.received).toEqual(['answer'])
    expect((ana.last(EVENT.MESSAGE_MODIFIED) as Message[]).map(it => it.ID)).toEqual([message.ID])
  })

  test('a message held back by an overloaded server goes through in its turn', async () => {
    const { world, ana, bo } = await pair()
    let refusals = 2
    world.server.intercept = (_, cmd) =>
      cmd === 'openim/sendmsg' && refusals-- > 0 ? new Refusal(60022, { retryAfterMs: 1_000 }) : undefined
    await world.done(Promise.all(['one', 'two'].map(text => ana.chat.sendMessage(ana.text('bo', text)))))
    await world.clock.pass(50)
    expect(bo.received).toEqual(['one', 'two'])
  })

  test('a send that the server could not store now is repeated after its delay, with the same key', async () => {
    const { world, ana, bo } = await pair()
    let refusals = 3
    world.server.intercept = (_, cmd) =>
      cmd === 'openim/sendmsg' && refusals-- > 0 ? new Refusal(91000, { retryAfterMs: 400 }) : undefined
    await world.done(ana.chat.sendMessage(ana.text('bo', 'kept')))
    await world.clock.pass(50)
    expect(bo.received).toEqual(['kept'])
    const tries = world.server.log
      .filter(it => it.cmd === 'openim/sendmsg')
      .map(it => JSON.stringify(it.body))
    expect(tries).toHaveLength(4)
    expect(new Set(tries).size).toBe(1)
  })

  test('a refusal without a delay is told at once, one that stays within the usual 15 s', async () => {
    const { world, ana } = await pair()
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? new Refusal(91000) : undefined)
    const refused = ana.chat.sendMessage(ana.text('bo', 'x'))
    expect((await world.failure(refused)).code).toBe(91000)
    expect(world.server.count('openim/sendmsg')).toBe(1)
    world.server.intercept = (_, cmd) =>
      cmd === 'openim/sendmsg' ? new Refusal(60022, { retryAfterMs: 500 }) : undefined
    const before = world.clock.now()
    expect((await world.failure(ana.chat.sendMessage(ana.text('bo', 'y')))).code).toBe(2801)
    expect(world.clock.now() - before).toBeLessThan(16_000)
  })

  test('a message older than the server’s memory of keys is not sent again', async () => {
    const { world, ana } = await pair()
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? new Refusal(20005) : undefined)
    const message = ana.text('bo', 'x')
    await world.failure(ana.chat.sendMessage(message))
    await world.clock.pass(7 * 86_400_000)
    expect(await world.failure(ana.chat.resendMessage(message))).toMatchObject({ code: 2100 })
  }, 60_000)

  test('the door’s limits are kept: never more than 50 frames a second', async () => {
    const { world, ana } = await pair()
    const start = world.server.log.length
    const sends = Array.from({ length: 150 }, (_, i) => ana.chat.sendMessage(ana.text(`peer${i}`, 'x')))
    await world.clock.pass(1_000)
    expect(world.server.log.length - start).toBeLessThanOrEqual(95)
    await world.done(Promise.all(sends))
  })
})
