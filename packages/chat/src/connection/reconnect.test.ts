import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { Refusal } from '../testing/fake-commands.ts'
import { World } from '../testing/test-client.ts'

describe('a lost connection', () => {
  test('is told as disconnected, connecting, connected; the SDK stays ready', async () => {
    const world = new World()
    const ana = await world.client('ana')
    ana.events.length = 0
    world.server.cut('ana')
    await world.clock.pass(5_000)
    expect(ana.named(EVENT.NET_STATE_CHANGE).map(event => event.data)).toEqual([
      { state: 'disconnected' },
      { state: 'connecting' },
      { state: 'connected' },
    ])
    expect(ana.named(EVENT.SDK_NOT_READY)).toHaveLength(0)
    expect(ana.named(EVENT.SDK_READY)).toHaveLength(0)
    expect(ana.chat.isReady()).toBe(true)
  })

  test('comes back as the same session, with a generation that never falls', async () => {
    const world = new World()
    await world.client('ana')
    let isLosing = true
    world.server.intercept = (_, cmd) => (cmd === 'session/login' && isLosing ? 'unanswered' : undefined)
    world.server.cut('ana')
    await world.clock.pass(15_000)
    isLosing = false
    await world.clock.pass(30_000)
    const logins = world.server.log.filter(it => it.cmd === 'session/login').map(it => it.body.session)
    expect(logins.length).toBeGreaterThan(2)
    expect(logins.slice(1)).toEqual(
      logins.slice(1).map((_, at) => ({ id: 'ana#1', generation: at + 1, token: 'secret' })),
    )
  })

  test('is tried again with growing pauses, never longer than 20 s', async () => {
    const world = new World()
    await world.client('ana')
    world.server.isDown = true
    world.server.cut('ana')
    await world.clock.pass(600_000)
    const attempts = world.server.connections - 1
    expect(attempts).toBeGreaterThan(600 / 21)
    expect(attempts).toBeLessThan(120)
    world.server.isDown = false
    await world.clock.pass(25_000)
    expect(world.server.count('session/login')).toBe(2)
  })

  test('is noticed when the socket is open but dead', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.isDeaf = true
    await world.clock.pass(60_000)
    expect(ana.named(EVENT.NET_STATE_CHANGE).map(event => event.data)).toContainEqual({
      state: 'disconnected',
    })
    world.server.isDeaf = false
    await world.clock.pass(45_000)
    expect(ana.last(EVENT.NET_STATE_CHANGE)).toEqual({ state: 'connected' })
  })

  test('an idle client pings within the server’s patience and compares every hello interval', async () => {
    const world = new World()
    await world.client('ana')
    await world.clock.pass(600_000)
    const beats = world.server.count('session/ping') + world.server.count('session/hello')
    expect(beats).toBeGreaterThanOrEqual(600 / 30)
    expect(world.server.count('session/hello')).toBeGreaterThanOrEqual(4)
    expect(world.server.count('sync/resume')).toBe(0)
    expect(world.server.connections).toBe(1)
  })

  test('a clock that is set back by hours stops neither requests, comparisons nor the notice of a dead socket', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.clock.set(-7_200_000)
    const sends = Array.from({ length: 60 }, (_, n) =>
      ana.chat.sendMessage(
        ana.chat.createTextMessage({ to: 'bo', conversationType: 'C2C', payload: { text: `${n}` } }),
      ),
    )
    await world.clock.pass(5_000)
    expect(await Promise.all(sends)).toHaveLength(60)
    await world.clock.pass(600_000)
    expect(world.server.count('session/hello')).toBeGreaterThanOrEqual(4)
    world.server.isDeaf = true
    await world.clock.pass(60_000)
    expect(ana.named(EVENT.NET_STATE_CHANGE).map(event => event.data)).toContainEqual({
      state: 'disconnected',
    })
  })

  test('a draining node is left at a random moment within the given time', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.emit('ana', { ev: 'drain', ReconnectWithinMs: 5_000 })
    await world.clock.pass(10)
    expect(ana.chat.isReady()).toBe(true)
    world.server.cut('ana', 4000)
    await world.clock.pass(5_100)
    expect(ana.last(EVENT.NET_STATE_CHANGE)).toEqual({ state: 'connected' })
    expect(world.server.count('session/login')).toBe(2)
  })
})

describe('the UserSig', () => {
  test('is renewed between 70 and 90 % of its lifetime when getUserSig is given', async () => {
    const world = new World()
    world.server.lifetime = 30 * 86_400
    const asked: string[] = []
    const start = world.clock.now()
    const times: number[] = []
    await world.client('ana', {
      getUserSig: userID => {
        asked.push(userID)
        times.push((world.clock.now() - start) / 1000)
        return 'renewed'
      },
    })
    await world.clock.pass(20.9 * 86_400_000)
    expect(asked).toEqual([])
    await world.clock.pass(6.2 * 86_400_000)
    expect(asked).toEqual(['ana'])
    expect(times[0]).toBeGreaterThan(0.7 * world.server.lifetime)
    expect(times[0]).toBeLessThan(0.9 * world.server.lifetime)
    expect(world.server.log.filter(it => it.cmd === 'session/renew').map(it => it.body)).toEqual([
      { usersig: 'renewed' },
    ])
  }, 60_000)

  test('is renewed once within the spread when the server says that it ends', async () => {
    const world = new World()
    let asked = 0
    const ana = await world.client('ana', {
      getUserSig: async () => {
        asked += 1
        return 'renewed'
      },
    })
    const expiring = { ev: 'expiring', ExpiresAt: 0, SpreadSeconds: 30 } as const
    world.server.emit('ana', expiring)
    world.server.emit('ana', expiring)
    await world.clock.pass(31_000)
    expect(asked).toBe(1)
    world.server.emit('ana', expiring)
    await world.clock.pass(20_000)
    expect(asked).toBe(1)
    await world.clock.pass(60_000)
    expect(asked).toBe(2)
    expect(ana.named(EVENT.KICKED_OUT)).toHaveLength(0)
  })

  test('a failing getUserSig is asked again a minute later', async () => {
    const world = new World()
    let asked = 0
    await world.client('ana', {
      getUserSig: () => {
        asked += 1
        if (asked === 1) throw new Error('the app server is down')
        return 'renewed'
      },
    })
    world.server.emit('ana', { ev: 'expiring', ExpiresAt: 0, SpreadSeconds: 1 })
    await world.clock.pass(2_000)
    expect(asked).toBe(1)
    await world.clock.pass(61_000)
    expect(asked).toBe(2)
    expect(world.server.count('session/renew')).toBe(1)
  })

  test('when it ended while away, a new one is fetched and the session goes on', async () => {
    const world = new World()
    let isExpired = false
    world.server.intercept = (_, cmd, body) =>
      cmd === 'session/login' && isExpired && body.usersig === 'good' ? new Refusal(70001) : undefined
    const ana = await world.client('ana', { getUserSig: () => 'renewed' })
    isExpired = true
    world.server.cut('ana')
    await world.clock.pass(10_000)
    expect(ana.last(EVENT.NET_STATE_CHANGE)).toEqual({ state: 'connected' })
    expect(ana.named(EVENT.KICKED_OUT)).toHaveLength(0)
  })

  test('without getUserSig its end is a kick', async () => {
    const world = new World()
    const ana = await world.client('ana')
    world.server.intercept = (_, cmd) => (cmd === 'session/login' ? new Refusal(70001) : undefined)
    world.server.cut('ana')
    await world.clock.pass(10_000)
    expect(ana.last(EVENT.KICKED_OUT)).toEqual({ type: 'userSigExpired' })
    expect(ana.events.at(-1)?.name).toBe(EVENT.SDK_NOT_READY)
  })

  test('a session that the server ends for it is opened anew when getUserSig gives one', async () => {
    const world = new World()
    const ana = await world.client('ana', { getUserSig: () => 'renewed' })
    world.server.kick('ana', 'userSigExpired')
    await world.clock.pass(10_000)
    expect(ana.named(EVENT.KICKED_OUT)).toHaveLength(0)
    expect(ana.chat.isReady()).toBe(true)
    const logins = world.server.log.filter(it => it.cmd === 'session/login')
    expect(logins.map(it => [it.body.usersig, it.body.session])).toEqual([
      ['good', undefined],
      ['renewed', undefined],
    ])
  })
})
