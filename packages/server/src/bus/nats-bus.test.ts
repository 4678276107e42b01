import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from '@nats-io/transport-node'
import { findNats, type NatsServer, NO_NATS, startNats } from '../testing/nats-server.ts'
import type { GroupPush, Push } from './bus.ts'
import { NatsBus } from './nats-bus.ts'

const APP = 1400000001
const ALICE = 7
const BOB = 8

if (findNats() === undefined) test.skip(`hints over NATS (skipped: ${NO_NATS})`, () => {})
else
  describe('hints over NATS', () => {
    let nats: NatsServer
    const open: Node[] = []

    beforeAll(async () => {
      nats = await startNats()
    })
    afterEach(async () => {
      await Promise.all(open.splice(0).map(node => node.bus.close()))
    })
    afterAll(() => nats.stop())

    /** A bus and what came to it. */
    interface Node {
      readonly bus: NatsBus
      readonly got: Push[]
      readonly gotInGroups: GroupPush[]
      hurries: number
    }

    async function node(cluster = 'cluster', url = nats.url): Promise<Node> {
      const bus = NatsBus.open({ urls: [url], cluster })
      const made: Node = { bus, got: [], gotInGroups: [], hurries: 0 }
      made.bus.onPush(push => made.got.push(push))
      made.bus.onGroupPush(push => made.gotInGroups.push(push))
      made.bus.onHurry(() => made.hurries++)
      open.push(made)
      await until(() => made.bus.problem === undefined)
      return made
    }

    /** The test's own time limit ends it. */
    async function until(isSo: () => boolean): Promise<void> {
      while (!isSo()) await Bun.sleep(2)
    }

    /** Resolves when everything that `from` published before has reached `to`, which is subscribed to `marker`. */
    async function settled(from: Node, to: Node): Promise<void> {
      const before = to.hurries
      await until(() => {
        from.bus.hurry()
        return to.hurries > before
      })
    }

    const push = (to: readonly number[], frame = '{"ev":"message"}', more: Partial<Push> = {}): Push => ({
      app: APP,
      to,
      frame,
      ...more,
    })

    test('a push reaches this node at once, and the nodes that watch one of its accounts', async () => {
      const [here, there, elsewhere] = [await node(), await node(), await node()]
      there.bus.watch(APP, ALICE)
      there.bus.watch(APP, BOB)
      elsewhere.bus.watch(APP, 9)
      elsewhere.bus.watch(APP + 1, ALICE)
      await settled(here, there)
      await settled(here, elsewhere)
      const sent = push([ALICE, BOB], '{"ev":"message","m":{"Text":"häppy\\n😀"}}', {
        except: 'session_1',
        head: { conv: 41, seq: 3 },
      })
      here.bus.push(sent)
      expect(here.got).toEqual([sent])
      await until(() => there.got.length === 2)
      await settled(here, elsewhere)
      expect(there.got).toEqual([
        { ...sent, to: [ALICE] },
        { ...sent, to: [BOB] },
      ])
      expect(elsewhere.got).toEqual([])
      expect(here.got).toHaveLength(1)
      expect(here.bus.hints).toMatchObject({ lost: 0, received: 0 })
      expect(there.bus.hints.received).toBe(2)
    })

    test('a push to a group reaches this node as it is, and the nodes that watch the group without the session', async () => {
      const [here, there, elsewhere] = [await node(), await node(), await node()]
      there.bus.watchGroup(APP, 5)
      elsewhere.bus.watchGroup(APP, 6)
      elsewhere.bus.watch(APP, 5)
      await settled(here, there)
      await settled(here, elsewhere)
      const sent = { app: APP, group: 5, frame: '{"ev":"message"}', authNo: 3, head: { conv: 41, seq: 3 } }
      here.bus.pushGroup({ ...sent, except: 'session_1' })
      await until(() => there.gotInGroups.length === 1)
      there.bus.unwatchGroup(APP, 5)
      await settled(there, here)
      here.bus.pushGroup(sent)
      await settled(here, there)
      await settled(here, elsewhere)
      expect(here.gotInGroups).toEqual([{ ...sent, except: 'session_1' }, sent])
      expect(there.gotInGroups).toEqual([sent])
      expect([...elsewhere.gotInGroups, ...elsewhere.got]).toEqual([])
    })

    test('an account that is watched no more gets nothing more', async () => {
      const [here, there] = [await node(), await node()]
      there.bus.watch(APP, ALICE)
      there.bus.watch(APP, ALICE)
      await settled(here, there)
      here.bus.push(push([ALICE]))
      await until(() => there.got.length === 1)
      there.bus.unwatch(APP, ALICE)
      await settled(there, here)
      here.bus.push(push([ALICE]))
      await settled(here, there)
      expect(there.got).toHaveLength(1)
    })

    test('a hurry reaches the others, never its own node', async () => {
      const [here, there] = [await node(), await node()]
      // Again and again: the first may overtake the subscription of the other node on its way to the server.
      await settled(here, there)
      expect(there.hurries).toBeGreaterThan(0)
      expect(here.hurries).toBe(0)
    })

    test('two installations on one NATS hear nothing of each other', async () => {
      const [here, there, other] = [await node('one'), await node('one'), await node('two')]
      const otherToo = await node('two')
      other.bus.watch(APP, ALICE)
      there.bus.watch(APP, ALICE)
      await settled(here, there)
      here.bus.push(push([ALICE]))
      await until(() => there.got.length === 1)
      const { hurries } = other
      await settled(otherToo, other)
      expect([other.got.length, hurries]).toEqual([0, 0])
    })

    test('while NATS is away pushes are dropped and counted, then everything that is watched is watched again', async () => {
      const [here, there] = [await node(), await node()]
      there.bus.watch(APP, ALICE)
      await settled(here, there)
      await nats.kill()
      await until(() => here.bus.problem !== undefined && there.bus.problem !== undefined)
      here.bus.push(push([ALICE, BOB]))
      here.bus.hurry()
      expect(here.bus.hints.lost).toBe(2)
      expect(here.got).toHaveLength(1)
      // Also what began and ended meanwhile.
      there.bus.watch(APP, BOB)
      there.bus.unwatch(APP, ALICE)
      await nats.restart()
      await until(() => here.bus.problem === undefined && there.bus.problem === undefined)
      await settled(here, there)
      here.bus.push(push([ALICE, BOB], 'again'))
      await until(() => there.got.length === 1)
      await settled(here, there)
      expect(there.got).toEqual([push([BOB], 'again')])
    })

    test('a NATS that takes nothing more costs a bounded memory and no waiting', async () => {
      const here = await node()
      await nats.pause()
      const frame = 'x'.repeat(60_000)
      let pushed = 0
      while (here.bus.hints.lost === 0 && pushed++ < 10_000) here.bus.push(push([ALICE], frame))
      const kept = here.bus.hints.sent * frame.length
      expect(here.bus.hints.lost).toBeGreaterThan(0)
      expect(kept).toBeLessThan(10 << 20)
      nats.resume()
      await until(() => {
        const { sent } = here.bus.hints
        here.bus.push(push([ALICE], frame))
        return here.bus.hints.sent > sent
      })
    }, 30_000)

    test('a server that is not there yet is waited for without end, and closing does not wait for it', async () => {
      const bus = NatsBus.open({ urls: ['nats://127.0.0.1:1'], cluster: 'cluster' })
      await until(() => bus.problem?.includes("can't be reached") === true)
      bus.watch(APP, ALICE)
      bus.push(push([ALICE]))
      expect(bus.hints.lost).toBe(1)
      await bus.close()
    })

    test('what others put on a subject is dropped unless it is a push', async () => {
      const there = await node()
      there.bus.watch(APP, ALICE)
      const stranger = await connect({ servers: nats.url.replace('nats://', '') })
      const subject = `rookery.cluster.${APP}.u.${ALICE}`
      await until(() => {
        stranger.publish(subject, 'rubbish')
        return there.bus.hints.lost > 0
      })
      stranger.publish(subject, '1 0 0 \n{"ev":"online"}')
      await until(() => there.got.length === 1)
      expect(there.got).toEqual([push([ALICE], '{"ev":"online"}')])
      await stranger.close()
    })

    test('a frame larger than NATS takes is lost, not thrown', async () => {
      const here = await node()
      here.bus.push(push([ALICE], 'x'.repeat(2 << 20)))
      expect(here.bus.hints.lost).toBe(1)
    })
  })
