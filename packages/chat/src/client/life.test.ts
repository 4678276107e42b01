import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { TestClient, World } from '../testing/test-client.ts'

const names = (client: TestClient): readonly string[] => client.events.map(event => event.name)

describe('logging in', () => {
  test('resolves before SDK_READY, then the list comes with isSyncCompleted', async () => {
    const world = new World()
    world.server.send('bo', 'ana', 'before')
    const ana = new TestClient(world, 'ana')
    const login = ana.chat.login({ userID: 'ana', userSig: 'good' }).then(result => {
      expect(ana.chat.isReady()).toBe(false)
      return result
    })
    const { code, data } = await world.done(login)
    expect(code).toBe(0)
    expect(data).toMatchObject({ actionStatus: 'OK', errorCode: 0, repeatLogin: false })
    await world.clock.pass(100)
    expect(ana.chat.isReady()).toBe(true)
    expect(ana.chat.getLoginUser()).toBe('ana')
    expect(names(ana)).toEqual([
      EVENT.NET_STATE_CHANGE,
      EVENT.NET_STATE_CHANGE,
      EVENT.SDK_READY,
      EVENT.CONVERSATION_LIST_UPDATED,
      EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED,
    ])
    expect(ana.named(EVENT.CONVERSATION_LIST_UPDATED)[0]?.isSyncCompleted).toBe(true)
    expect(ana.named(EVENT.NET_STATE_CHANGE).map(event => event.data)).toEqual([
      { state: 'connecting' },
      { state: 'connected' },
    ])
    expect(ana.last(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED)).toBe(1)
    expect(ana.received).toEqual([])
  })

  test('gives a list in pages, the last of them completed', async () => {
    const world = new World()
    for (let i = 0; i < 120; i += 1) world.server.send(`user${i}`, 'ana', 'hi')
    const ana = await world.client('ana')
    const lists = ana.named(EVENT.CONVERSATION_LIST_UPDATED)
    expect(lists.map(event => event.isSyncCompleted)).toEqual([false, false, true])
    expect(lists.map(event => (event.data as unknown[]).length)).toEqual([50, 100, 120])
    expect(ana.named(EVENT.SDK_READY)).toHaveLength(1)
    const { data } = await ana.chat.getConversationList()
    expect(data.isSyncCompleted).toBe(true)
    expect(data.conversationList).toHaveLength(120)
  })

  test('says which argument is missing', async () => {
    const world = new World()
    const ana = new TestClient(world, 'ana')
    expect(await world.failure(ana.chat.login({ userID: '', userSig: 'good' }))).toMatchObject({ code: 2002 })
    expect(await world.failure(ana.chat.login({ userID: 'ana', userSig: '' }))).toMatchObject({ code: 2003 })
    const appless = new TestClient(world, 'ana', { SDKAppID: 0 })
    expect(await world.failure(appless.chat.login({ userID: 'ana', userSig: 'good' }))).toMatchObject({
      code: 2000,
    })
    const homeless = new TestClient(world, 'ana', { proxyServer: '' })
    const { message } = await world.failure(homeless.chat.login({ userID: 'ana', userSig: 'good' }))
    expect(message).toContain('proxyServer')
  })

  test('passes the server’s refusal on, and lets the app try again', async () => {
    const world = new World()
    const ana = new TestClient(world, 'ana')
    const error = await world.failure(ana.chat.login({ userID: 'ana', userSig: 'bad' }))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: 70009, message: 'refused: 70009' })
    expect(await world.failure(ana.chat.sendMessage(ana.text('bo', 'x')))).toMatchObject({
      code: 2999,
      data: { reason: 3001 },
    })
    await world.done(ana.chat.login({ userID: 'ana', userSig: 'good' }))
    await world.clock.until(() => ana.chat.isReady())
  })

  test('gives up with 2801 when the server cannot be reached', async () => {
    const world = new World()
    world.server.isDown = true
    const ana = new TestClient(world, 'ana')
    expect(await world.failure(ana.chat.login({ userID: 'ana', userSig: 'good' }))).toMatchObject({
      code: 2801,
    })
    const attempts = world.server.connections
    expect(attempts).toBeGreaterThan(2)
    await world.clock.pass(60_000)
    expect(world.server.connections).toBe(attempts)
  })

  test('gets through when the server comes up in time', async () => {
    const world = new World()
    world.server.isDown = true
    const ana = new TestClient(world, 'ana')
    const login = ana.chat.login({ userID: 'ana', userSig: 'good' })
    await world.clock.pass(3_000)
    world.server.isDown = false
    await world.done(login)
    await world.clock.until(() => ana.chat.isReady())
  })

  test('twice at once is 2025; again when logged in is a repeated login without a second SDK_READY', async () => {
    const world = new World()
    const ana = new TestClient(world, 'ana')
    const first = ana.chat.login({ userID: 'ana', userSig: 'good' })
    expect(await world.failure(ana.chat.login({ userID: 'ana', userSig: 'good' }))).toMatchObject({
      code: 2025,
    })
    await world.done(first)
    await world.clock.pass(100)
    const { data } = await world.done(ana.chat.login({ userID: 'ana', userSig: 'good' }))
    expect(data.repeatLogin).toBe(true)
    await world.clock.pass(100)
    expect(ana.named(EVENT.SDK_READY)).toHaveLength(1)
    expect(world.server.count('session/login')).toBe(1)
  })

  test('as another user leaves the first one', async () => {
    const world = new World()
    const chat = await world.client('ana')
    await world.done(chat.chat.login({ userID: 'zoe', userSig: 'good' }))
    await world.clock.until(() => chat.chat.isReady())
    expect(chat.chat.getLoginUser()).toBe('zoe')
    const life = names(chat).filter(name => name === EVENT.SDK_READY || name === EVENT.SDK_NOT_READY)
    expect(life).toEqual([EVENT.SDK_READY, EVENT.SDK_NOT_READY, EVENT.SDK_READY])
  })

  test('waits when the server is busy, and says so in the end', async () => {
    const world = new World()
    let busy = true
    world.server.intercept = (_, cmd) =>
      busy && cmd === 'session/login' ? new Refusal(60022, { retryAfterMs: 2_000 }) : undefined
    const ana = new TestClient(world, 'ana')
    const login = ana.chat.login({ userID: 'ana', userSig: 'good' })
    await world.clock.pass(1_900)
    expect(world.server.count('session/login')).toBe(1)
    busy = false
    await world.done(login)
  })
})

describe('before and after a session', () => {
  test('methods reject with 2024 before any login and with 2999 and the reason while it runs', async () => {
    const world = new World()
    const ana = new TestClient(world, 'ana')
    expect(await world.failure(ana.chat.getConversationList())).toMatchObject({ code: 2024 })
    const login = ana.chat.login({ userID: 'ana', userSig: 'good' })
    const message = ana.text('bo', 'x')
    expect(await world.failure(ana.chat.sendMessage(message))).toMatchObject({
      code: 2999,
      data: { reason: 3000, message },
    })
    await world.done(login)
  })

  test('logout clears all, emits SDK_NOT_READY once, and rejects what was waiting', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.send('bo', 'ana', 'hi')
    await world.clock.pass(50)
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? 'lost' : undefined)
    const sending = world.failure(ana.chat.sendMessage(ana.text('bo', 'x')))
    await world.clock.pass(10)
    expect(await world.done(ana.chat.logout())).toEqual({ code: 0, data: {} })
    expect(await sending).toMatchObject({ code: 2999 })
    expect(ana.named(EVENT.SDK_NOT_READY)).toHaveLength(1)
    expect(ana.chat.isReady()).toBe(false)
    expect(ana.chat.getLoginUser()).toBe('')
    expect(ana.chat.getTotalUnreadMessageCount()).toBe(0)
    expect(await world.failure(ana.chat.getConversationList())).toMatchObject({
      code: 2999,
      data: { reason: 3005 },
    })
    expect(await world.done(ana.chat.logout())).toEqual({ code: 0, data: {} })
    const connections = world.server.connections
    await world.clock.pass(120_000)
    expect(world.server.connections).toBe(connections)
  })

  test('logout during a login cancels it', async () => {
    const world = new World()
    const ana = new TestClient(world, 'ana')
    const login = world.failure(ana.chat.login({ userID: 'ana', userSig: 'good' }))
    await world.done(ana.chat.logout())
    expect(await login).toMatchObject({ code: 2024 })
    await world.clock.pass(1_000)
    expect(ana.chat.isReady()).toBe(false)
    expect(ana.named(EVENT.SDK_READY)).toHaveLength(0)
  })

  test('destroy silences the instance', async () => {
    const world = new World()
    const ana = await world.client('ana')
    await world.done(ana.chat.destroy())
    const before = ana.events.length
    world.server.send('bo', 'ana', 'hi')
    await world.clock.pass(1_000)
    expect(ana.events).toHaveLength(before)
    expect(ana.chat.isReady()).toBe(false)
  })
})

describe('being thrown out', () => {
  test.each([
    ['multipleAccount', 3003],
    ['multipleDevice', 3002],
    ['REST_API_Kick', 3006],
    ['userSigExpired', 3004],
  ] as const)('%s: KICKED_OUT first, SDK_NOT_READY after, no way back', async (type, reason) => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.kick('ana', type)
    await world.clock.pass(100)
    expect(ana.events.slice(-2)).toEqual([
      { name: EVENT.KICKED_OUT, data: { type } },
      { name: EVENT.SDK_NOT_READY, data: undefined },
    ])
    expect(await world.failure(ana.chat.getConversationList())).toMatchObject({
      code: 2999,
      data: { reason },
    })
    const connections = world.server.connections
    await world.clock.pass(300_000)
    expect(world.server.connections).toBe(connections)
    await world.done(ana.chat.login({ userID: 'ana', userSig: 'good' }))
    await world.clock.until(() => ana.chat.isReady())
  })

  test('while away: the kick is told on coming back', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.isDown = true
    world.server.cut('ana')
    await world.clock.pass(1_000)
    world.server.endSessionsOf('ana', 'multipleAccount')
    world.server.isDown = false
    await world.clock.pass(30_000)
    expect(ana.last(EVENT.KICKED_OUT)).toEqual({ type: 'multipleAccount' })
    expect(world.server.count('session/login')).toBe(2)
  })

  test('a close code that forbids to return ends the session with an error', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.cut('ana', 4501)
    await world.clock.pass(60_000)
    expect(world.server.connections).toBe(1)
    expect(names(ana).slice(-2)).toEqual([EVENT.ERROR, EVENT.SDK_NOT_READY])
  })
})
