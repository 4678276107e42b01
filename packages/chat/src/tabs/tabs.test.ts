import { describe, expect, test } from 'bun:test'
import { ChatClient } from '../client/chat-client.ts'
import { EVENT } from '../constants/event.ts'
import type { Message } from '../messages/message.ts'
import { FakeProfile, type FakeTab } from '../testing/fake-tabs.ts'
import { TestClient, World } from '../testing/test-client.ts'
import { browserTabs } from './browser-tabs.ts'

async function tabsOf(count: number, userID = 'ana') {
  const world = new World()
  const profile = new FakeProfile(world.clock)
  const tabs: FakeTab[] = []
  const clients: TestClient[] = []
  for (let at = 0; at < count; at += 1) {
    const tab = profile.open(world.server)
    tabs.push(tab)
    clients.push(await world.client(userID, {}, tab))
  }
  return { world, profile, tabs, clients }
}

const texts = (client: TestClient): readonly unknown[] => [...client.received]

describe('tabs of one browser profile', () => {
  test('share one socket: the second verifies its own UserSig on the first one’s', async () => {
    const { world, clients } = await tabsOf(3)
    expect(world.server.connections).toBe(1)
    expect(world.server.count('session/login')).toBe(1)
    expect(world.server.count('session/verify')).toBe(2)
    expect(clients.map(it => it.chat.isReady())).toEqual([true, true, true])
    expect(
      clients.map(it => it.chat.createTextMessage({ to: 'bo', conversationType: 'C2C', payload: {} }).from),
    ).toEqual(['ana', 'ana', 'ana'])
  })

  test('a tab with a wrong or ended UserSig is not let in, and the others do not notice', async () => {
    const { world, profile, clients } = await tabsOf(1)
    const second = new TestClient(world, 'ana', {}, profile.open(world.server))
    expect(await world.failure(second.chat.login({ userID: 'ana', userSig: 'bad' }))).toMatchObject({
      code: 70009,
    })
    expect(await world.failure(second.chat.login({ userID: 'ana', userSig: 'expired' }))).toMatchObject({
      code: 70001,
    })
    world.server.send('bo', 'ana', 'secret')
    await world.clock.pass(100)
    expect(new Set(second.events.map(it => it.name))).toEqual(new Set([EVENT.NET_STATE_CHANGE]))
    expect(clients[0]?.received).toEqual(['secret'])
    const asked = new TestClient(world, 'ana', { getUserSig: () => 'good' }, profile.open(world.server))
    await world.done(asked.chat.login({ userID: 'ana', userSig: 'expired' }))
    expect(asked.chat.getLoginUser()).toBe('ana')
  })

  test('other users, and other browser profiles, have sockets of their own', async () => {
    const { world, profile } = await tabsOf(1)
    await world.client('bo', {}, profile.open(world.server))
    await world.client('ana', {}, new FakeProfile(world.clock).open(world.server))
    expect(world.server.connections).toBe(3)
  })

  test('each hears of every message once, of its siblings’ too, and the sender not of its own', async () => {
    const { world, clients } = await tabsOf(3)
    const [first, second, third] = clients as [TestClient, TestClient, TestClient]
    const bo = await world.client('bo')
    await world.done(first.chat.sendMessage(first.text('bo', 'from the leader')))
    await world.done(second.chat.sendMessage(second.text('bo', 'from a follower')))
    await world.done(bo.chat.sendMessage(bo.text('ana', 'from bo')))
    await world.clock.pass(500)
    expect(texts(first)).toEqual(['from a follower', 'from bo'])
    expect(texts(second)).toEqual(['from the leader', 'from bo'])
    expect(texts(third)).toEqual(['from the leader', 'from a follower', 'from bo'])
    expect(texts(bo)).toEqual(['from the leader', 'from a follower'])
    const flows = third.named(EVENT.MESSAGE_RECEIVED).flatMap(it => (it.data as Message[]).map(m => m.flow))
    expect(flows).toEqual(['out', 'out', 'in'])
    expect(clients.map(it => it.chat.getTotalUnreadMessageCount())).toEqual([1, 1, 1])
    await world.done(third.chat.setMessageRead({ conversationID: 'C2Cbo' }))
    await world.clock.pass(100)
    expect(clients.map(it => it.chat.getTotalUnreadMessageCount())).toEqual([0, 0, 0])
  })

  test('when the leader’s tab is closed another comes back as the same session; nothing is lost or doubled', async () => {
    const { world, tabs, clients } = await tabsOf(3)
    const [, second, third] = clients as [TestClient, TestClient, TestClient]
    const message = second.text('bo', 'on its way')
    world.server.intercept = (_, cmd) => (cmd === 'openim/sendmsg' ? 'unanswered' : undefined)
    const sending = second.chat.sendMessage(message)
    await world.clock.pass(20)
    tabs[0]?.close()
    world.server.intercept = () => undefined
    world.server.send('bo', 'ana', 'while nobody listened')
    await world.done(sending)
    await world.clock.pass(1_000)
    expect(message.status).toBe('success')
    const stored = world.server.store
      .find('ana', 'bo')
      ?.messages.map(m => m.MsgBody[0]?.MsgContent.Text as string)
    expect(stored).toEqual(['on its way', 'while nobody listened'])
    expect(texts(second)).toEqual(['while nobody listened'])
    expect(texts(third)).toEqual(['on its way', 'while nobody listened'])
    const logins = world.server.log.filter(it => it.cmd === 'session/login')
    expect(logins.length).toBe(2)
    expect(logins[1]?.body.session).toMatchObject({ id: 'ana#1', token: 'secret' })
    expect(second.named(EVENT.SDK_NOT_READY)).toEqual([])
    expect(second.named(EVENT.SDK_READY).length).toBe(1)
  })

  test('logging out in one tab leaves the others, and the session ends with the last', async () => {
    const { world, clients } = await tabsOf(2)
    const [first, second] = clients as [TestClient, TestClient]
    await world.done(first.chat.logout())
    await world.clock.pass(500)
    expect(world.server.count('session/logout')).toBe(0)
    expect([first.chat.isReady(), second.chat.isReady()]).toEqual([false, true])
    expect(second.named(EVENT.SDK_NOT_READY)).toEqual([])
    await world.done(second.chat.sendMessage(second.text('bo', 'still here')))
    await world.done(second.chat.logout())
    expect(world.server.count('session/logout')).toBe(1)
  })

  test('a follower that leaves does not disturb the leader, which ends the session when it leaves', async () => {
    const { world, clients } = await tabsOf(2)
    const [first, second] = clients as [TestClient, TestClient]
    await world.done(second.chat.logout())
    await world.done(first.chat.sendMessage(first.text('bo', 'x')))
    expect(world.server.count('session/logout')).toBe(0)
    await world.done(first.chat.logout())
    expect(world.server.count('session/logout')).toBe(1)
    expect(world.server.connections).toBe(1)
  })

  test('a kick is told in every tab', async () => {
    const { world, clients } = await tabsOf(3)
    world.server.kick('ana', 'REST_API_Kick')
    await world.clock.pass(1_000)
    for (const client of clients) {
      expect(client.last(EVENT.KICKED_OUT)).toEqual({ type: 'REST_API_Kick' })
      expect(client.named(EVENT.SDK_NOT_READY).length).toBe(1)
      expect(client.chat.isReady()).toBe(false)
    }
    expect(world.server.connections).toBe(1)
  })

  test('a lost socket is told in every tab, and all are back with what they missed', async () => {
    const { world, clients } = await tabsOf(2)
    world.server.isDown = true
    world.server.cut()
    await world.clock.pass(3_000)
    world.server.send('bo', 'ana', 'missed')
    world.server.isDown = false
    await world.clock.pass(60_000)
    for (const client of clients) {
      const states = client.named(EVENT.NET_STATE_CHANGE).map(it => (it.data as { state: string }).state)
      expect(states.at(-1)).toBe('connected')
      expect(states.filter((state, at) => state === states[at - 1])).toEqual([])
      expect(texts(client)).toEqual(['missed'])
    }
  })

  test('only the leader renews the UserSig, and who takes over has the new one', async () => {
    const world = new World()
    world.server.lifetime = 1_000
    const profile = new FakeProfile(world.clock)
    let asked = 0
    const getUserSig = (): string => {
      asked += 1
      return `good ${asked}`
    }
    const tabs = [profile.open(world.server), profile.open(world.server)]
    for (const tab of tabs) await world.client('ana', { getUserSig }, tab)
    await world.clock.pass(950_000)
    expect(asked).toBe(1)
    tabs[0]?.close()
    await world.clock.pass(1_000)
    expect(world.server.log.findLast(it => it.cmd === 'session/login')?.body.usersig).toBe('good 1')
  })
})

describe('where tabs cannot share', () => {
  test('outside of pages and without Web Locks there is nothing to share with', () => {
    expect(browserTabs()).toBeUndefined()
    expect(browserTabs({ document: {}, navigator: {}, BroadcastChannel })).toBeUndefined()
  })

  test('a browser that forbids locks after all leaves the tab with a socket of its own', async () => {
    const world = new World()
    const locks = {
      request: () => Promise.reject(new DOMException('storage is forbidden', 'SecurityError')),
      query: () => Promise.reject(new DOMException('storage is forbidden', 'SecurityError')),
    } as unknown as LockManager
    const tabs = browserTabs({ document: {}, navigator: { locks }, BroadcastChannel })
    const options = { SDKAppID: 1, proxyServer: 'ws://test' }
    const chat = new ChatClient(
      options,
      { transport: world.server, clock: world.clock, tabs },
      () => undefined,
    )
    await world.done(chat.login({ userID: 'ana', userSig: 'good' }))
    await world.clock.until(() => chat.isReady())
    expect(world.server.count('session/login')).toBe(1)
    await world.done(chat.logout())
    expect(world.server.count('session/logout')).toBe(1)
  })
})
