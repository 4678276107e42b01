import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { World } from '../testing/test-client.ts'

describe('receiving', () => {
  test('a lost hint costs a pull, never a message, never the order', async () => {
    const world = new World()
    const ana = await world.client('ana')
    let at = 0
    world.server.loses = (_, frame) => frame.ev === 'message' && [2, 3, 6].includes(++at)
    const texts = ['1', '2', '3', '4', '5', '6', '7', '8']
    for (const text of texts) world.server.send('bo', 'ana', text)
    await world.clock.pass(1_000)
    expect(ana.received).toEqual(texts)
    expect(world.server.count('sync/pull')).toBeLessThanOrEqual(2)
  })

  test('a change that overtakes its message shows the message as it is now, once', async () => {
    const world = new World()
    world.server.send('bo', 'ana', 'before')
    const ana = await world.client('ana')
    world.server.arrivals = (_, frame) => (frame.ev === 'message' ? [80] : [1])
    world.server.send('bo', 'ana', 'draft')
    const { messages } = world.server.store.between('ana', 'bo')
    world.server.act('bo', 'openim/modify_c2c_msg', {
      From_Account: 'bo',
      To_Account: 'ana',
      MsgKey: messages[1]?.MsgKey ?? '',
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'final' } }],
    })
    await world.clock.pass(1_000)
    expect(ana.received).toEqual(['final'])
    const { data } = await world.done(ana.chat.getMessageList({ conversationID: 'C2Cbo' }))
    expect(data.messageList.map(message => message.payload.text)).toEqual(['before', 'final'])
  })

  test('a head that no hint told of is pulled at once', async () => {
    const world = new World()
    world.server.send('bo', 'ana', 'before')
    const ana = await world.client('ana')
    world.server.loses = () => true
    for (const text of ['1', '2', '3']) world.server.send('bo', 'ana', text)
    world.server.loses = () => false
    const { id } = world.server.store.between('ana', 'bo')
    world.server.emit('ana', { ev: 'head', ConvId: id, Seq: 4 })
    await world.clock.pass(50)
    expect(ana.received).toEqual(['1', '2', '3'])
    expect(world.server.count('sync/pull')).toBe(1)
    // What is known already costs nothing.
    for (const Seq of [4, 2]) world.server.emit('ana', { ev: 'head', ConvId: id, Seq })
    await world.clock.pass(1_000)
    expect(ana.received).toHaveLength(3)
    expect(world.server.count('sync/pull')).toBe(1)
  })

  test('the head of a conversation that is new here brings the conversation', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.loses = () => true
    world.server.send('cy', 'ana', 'first')
    world.server.loses = () => false
    const { id } = world.server.store.between('ana', 'cy')
    world.server.emit('ana', { ev: 'head', ConvId: id, Seq: 1 })
    await world.clock.pass(200)
    expect(ana.received).toEqual(['first'])
    expect(world.server.count('sync/resume')).toBe(1)
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(1)
  })

  test('the last hint lost is found by the next hello', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.loses = () => true
    world.server.send('bo', 'ana', 'silent')
    world.server.loses = () => false
    await world.clock.pass(130_000)
    expect(ana.received).toEqual(['silent'])
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(1)
  })

  test('a frame that comes twice is told once', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.send('bo', 'ana', 'once')
    const conversation = world.server.store.between('ana', 'bo')
    for (const m of conversation.messages) world.server.emit('ana', { ev: 'message', m })
    await world.clock.pass(1_000)
    expect(ana.received).toEqual(['once'])
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(1)
  })

  test('frames that overtook each other come out in order, without a pull', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.loses = () => true
    for (const text of ['1', '2', '3']) world.server.send('bo', 'ana', text)
    world.server.loses = () => false
    const { messages } = world.server.store.between('ana', 'bo')
    for (const at of [2, 0, 1]) {
      const m = messages[at]
      if (m) world.server.emit('ana', { ev: 'message', m })
    }
    await world.clock.pass(1_000)
    expect(ana.received).toEqual(['1', '2', '3'])
    expect(world.server.count('sync/pull')).toBe(0)
  })

  test('a number that this user must not see is no gap', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.loses = (_, frame) => frame.ev === 'message' && frame.m.Seq === 1
    world.server.send('bo', 'ana', 'hidden')
    world.server.emit('ana', { ev: 'cover', ConvId: 1, Seq: 1 })
    world.server.send('bo', 'ana', 'shown')
    await world.clock.pass(1_000)
    expect(ana.received.at(-1)).toBe('shown')
  })

  test('after a pause, missed messages of old and new conversations come once and in order', async () => {
    const world = new World()
    world.server.send('bo', 'ana', 'history')
    const ana = await world.client('ana')
    world.server.isDown = true
    world.server.cut('ana')
    await world.clock.pass(100)
    for (let i = 0; i < 250; i += 1) world.server.send('bo', 'ana', `b${i}`)
    world.server.send('cy', 'ana', 'c0')
    world.server.isDown = false
    await world.clock.pass(25_000)
    expect(ana.received.filter(text => text?.startsWith('b'))).toEqual(
      Array.from({ length: 250 }, (_, i) => `b${i}`),
    )
    expect(ana.received.filter(text => text?.startsWith('c'))).toEqual(['c0'])
    expect(ana.received).toHaveLength(251)
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(252)
  })

  test('messages that come while the list is synchronised are told after it, once', async () => {
    const world = new World()
    for (let i = 0; i < 120; i += 1) world.server.send(`user${i}`, 'ana', 'old')
    let page = 0
    world.server.intercept = (_, cmd) => {
      if (cmd !== 'sync/snapshot') return undefined
      page += 1
      if (page === 2)
        for (const from of ['user0', 'user99', 'fresh']) world.server.send(from, 'ana', `from ${from}`)
      return undefined
    }
    const ana = await world.client('ana')
    await world.clock.pass(1_000)
    expect([...ana.received].sort()).toEqual(['from fresh', 'from user0', 'from user99'])
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(123)
  })

  test('a restored store is taken anew: the list is the server’s, nothing old is told as news', async () => {
    const world = new World()
    const ana = await world.client('ana')
    for (let i = 0; i < 5; i += 1) world.server.send('bo', 'ana', `m${i}`)
    await world.clock.pass(100)
    world.server.store.forget()
    world.server.send('cy', 'ana', 'restored')
    ana.events.length = 0
    world.server.cut('ana')
    await world.clock.pass(10_000)
    expect(ana.received).toEqual([])
    const { data } = await ana.chat.getConversationList()
    expect(data.conversationList.map(it => it.conversationID)).toEqual(['C2Ccy'])
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(1)
    world.server.send('bo', 'ana', 'again')
    await world.clock.pass(100)
    expect(ana.received).toEqual(['again'])
  })

  test('a failing synchronisation is told and tried again', async () => {
    const world = new World()
    let failures = 3
    world.server.intercept = (_, cmd) =>
      cmd === 'sync/snapshot' && failures-- > 0 ? new Refusal(50004) : undefined
    const ana = await world.client('ana')
    expect(ana.named(EVENT.ERROR).map(event => event.data)).toEqual(
      Array.from({ length: 3 }, () => ({ code: 50004, message: 'refused: 50004' })),
    )
    expect(ana.chat.isReady()).toBe(true)
  })

  test('a lost notice of the own state is found by its number', async () => {
    const world = new World()
    world.server.send('bo', 'ana', 'hi')
    world.server.send('cy', 'ana', 'hi')
    const ana = await world.client('ana')
    world.server.loses = (_, frame) => frame.ev === 'conversation'
    world.server.act('ana', 'recentcontact/pin', { To_Account: 'bo', TopFlag: 1 })
    world.server.loses = () => false
    world.server.act('ana', 'openim/set_msg_read', { Peer_Account: 'cy' })
    await world.clock.pass(1_000)
    const { data } = await ana.chat.getConversationList()
    expect(data.conversationList.map(it => [it.conversationID, it.isPinned, it.unreadCount])).toEqual([
      ['C2Cbo', true, 1],
      ['C2Ccy', false, 0],
    ])
    expect(world.server.count('sync/resume')).toBe(1)
  })

  test('a conversation set to Discard emits nothing and counts nothing', async () => {
    const world = new World()
    world.server.send('bo', 'ana', 'hi')
    const ana = await world.client('ana')
    await world.done(ana.chat.setMessageRemindType({ userIDList: ['bo'], messageRemindType: 'Discard' }))
    world.server.send('bo', 'ana', 'unwanted')
    await world.clock.pass(100)
    expect(ana.received).toEqual([])
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
  })

  test('a UserID registered anew begins a new conversation', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.send('bo', 'ana', 'old')
    await world.clock.pass(100)
    const [first] = world.server.store.between('ana', 'bo').messages
    if (!first) throw new Error('no message')
    const m = {
      ...first,
      ConvId: 77,
      Seq: 1,
      MsgRandom: 5,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'new' } }],
    }
    world.server.emit('ana', { ev: 'message', m })
    await world.clock.pass(100)
    expect(ana.received).toEqual(['old', 'new'])
  })
})
