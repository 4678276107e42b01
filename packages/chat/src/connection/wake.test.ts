import { describe, expect, test } from 'bun:test'
import { EVENT } from '../constants/event.ts'
import { World } from '../testing/test-client.ts'

/** The network changed while the machine slept: frames vanish, no socket knows. */
async function asleep() {
  const world = new World()
  const ana = await world.client('ana')
  world.server.isDeaf = true
  return { world, ana }
}

describe('after a sleep of the machine', () => {
  test('a dead socket is noticed within seconds, and what was missed is told', async () => {
    const { world, ana } = await asleep()
    world.server.send('bo', 'ana', 'missed')
    world.clock.sleep(3_600_000)
    // Another network: old sockets stay dead, new ones work.
    await world.clock.pass(2_000)
    world.server.cutSilently('ana')
    world.server.isDeaf = false
    await world.clock.pass(5_000)
    expect(world.server.connections).toBe(2)
    expect(ana.received).toEqual(['missed'])
  })

  test('a socket that survived is asked once and kept', async () => {
    const world = new World()
    const ana = await world.client('ana')
    const pings = world.server.count('session/ping')
    world.clock.sleep(20_000)
    await world.clock.pass(10)
    expect(world.server.count('session/ping')).toBeGreaterThan(pings)
    await world.clock.pass(10_000)
    expect(world.server.connections).toBe(1)
    expect(ana.named(EVENT.NET_STATE_CHANGE).length).toBe(2)
  })

  test('a page that comes back asks at once, and one that waits for its next try does not wait any longer', async () => {
    const { world } = await asleep()
    globalThis.dispatchEvent(new Event('pageshow'))
    await world.clock.pass(5_000)
    expect(world.server.connections).toBeGreaterThan(1)
    world.server.isDeaf = false
    world.server.isDown = true
    world.server.cut()
    await world.clock.pass(120_000)
    const tries = world.server.connections
    world.server.isDown = false
    globalThis.dispatchEvent(new Event('online'))
    await world.clock.pass(10)
    expect(world.server.connections).toBe(tries + 1)
  })

  test('nothing listens or ticks any more after the logout', async () => {
    const world = new World()
    const ana = await world.client('ana')
    await world.done(ana.chat.logout())
    globalThis.dispatchEvent(new Event('online'))
    world.clock.sleep(60_000)
    await world.clock.pass(60_000)
    expect(world.server.connections).toBe(1)
  })
})
