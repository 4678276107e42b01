import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findNats, type NatsServer, NO_NATS, startNats } from '../../testing/nats-server.ts'
import { findPostgres, NO_POSTGRES } from '../../testing/postgres-server.ts'
import { type Device, startTestServer, TEST_APP, TestServer, textBody } from '../../testing/test-server.ts'

const missing = findPostgres() === undefined ? NO_POSTGRES : findNats() === undefined ? NO_NATS : undefined
const ROUNDS = 40

if (missing !== undefined) test.skip(`groups over two nodes (skipped: ${missing})`, () => {})
else
  describe('groups over two nodes', () => {
    let nats: NatsServer
    let a: TestServer
    let b: TestServer
    let groupId: string
    let group: number

    beforeAll(async () => {
      nats = await startNats()
      const server = { bus: { urls: [nats.url] } }
      a = await startTestServer({ engine: 'postgres', server, users: ['alice', 'bob', 'carol'] })
      b = new TestServer({ beside: a, server })
      await b.start()
      await until(() => a.running.services.bus.problem === undefined)
      await until(() => b.running.services.bus.problem === undefined)
      const made = await a.ok<{ GroupId: string }>('group_open_http_svc/create_group', {
        Type: 'Public',
        Name: 'Rooks',
        MemberList: [{ Member_Account: 'alice' }],
      })
      groupId = made.GroupId
      group = (await a.running.services.groups.find(TEST_APP, groupId))?.group_no ?? 0
    })
    afterAll(async () => {
      await b.stop()
      await a.stop()
      await nats.stop()
    })

    /** The test's own time limit ends it. */
    async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await isSo())) await Bun.sleep(5)
    }

    /** Says something from node a with the state of the rights that an append would meet. */
    async function say(text: string): Promise<void> {
      const { auth_no } = await a.running.services.store.read
        .selectFrom('chat_group')
        .select('auth_no')
        .where('group_no', '=', group)
        .executeTakeFirstOrThrow()
      a.running.services.bus.pushGroup({
        app: TEST_APP,
        group,
        frame: `{"ev":"online","m":{"Text":"${text}"}}`,
        authNo: auth_no,
      })
    }

    const texts = (device: Device): string[] =>
      device.events.flatMap(event =>
        event.ev === 'online' && 'Text' in event.m ? [String(event.m.Text)] : [],
      )
    const add = (server: TestServer, name: string) =>
      server.ok('group_open_http_svc/add_group_member', {
        GroupId: groupId,
        MemberList: [{ Member_Account: name }],
      })
    const remove = (server: TestServer, name: string) =>
      server.ok('group_open_http_svc/delete_group_member', {
        GroupId: groupId,
        MemberToDel_Account: [name],
      })

    test('what is said while somebody is a member reaches him, what is said after his removal does not', async () => {
      const [alice, bob] = [await b.connect('alice'), await b.connect('bob')]
      for (let round = 0; round < ROUNDS; round++) {
        // By either node, and with changes of rights in between that the log tells later.
        await add(round % 2 ? a : b, 'bob')
        if (round % 3 === 0) await add(a, 'carol')
        await say(`in ${round}`)
        if (round % 3 === 1) await remove(b, 'carol')
        // Now and then the removal overtakes it: then it may reach him or not.
        if (round % 5 > 0) await until(() => texts(bob).includes(`in ${round}`))
        await remove(round % 4 < 2 ? a : b, 'bob')
        await say(`out ${round}`)
      }
      const all = Array.from({ length: ROUNDS }, (_, round) => [`in ${round}`, `out ${round}`]).flat()
      await until(() => texts(alice).length >= all.length)
      await bob.ok('session/ping')
      expect(texts(alice)).toEqual(all)
      const said = new Set(all.filter(text => text.startsWith('in')))
      expect(texts(bob).filter(text => !said.delete(text))).toEqual([])
      expect([...said].filter(text => Number(text.slice(3)) % 5 > 0)).toEqual([])
      for (const device of [alice, bob]) device.close()
    })

    test('a change on this node does not stand for a removal on the other that was not told here yet', async () => {
      const bob = await b.connect('bob')
      const { bus } = a.running.services
      const { hurry } = bus
      for (let round = 0; round < 5; round++) {
        await add(b, 'bob')
        await say(`before ${round}`)
        await until(() => texts(bob).includes(`before ${round}`))
        // The other node learns of the removal with its next look at the log only.
        bus.hurry = () => undefined
        await remove(a, 'bob')
        const from = bob.events.length
        await b.ok('group_open_http_svc/modify_group_base_info', { GroupId: groupId, Name: `Out ${round}` })
        await until(() => bob.events.slice(from).some(({ ev }) => ev === 'conversation'))
        await say(`after ${round}`)
        await Bun.sleep(50)
        await bob.ok('session/ping')
        const told = bob.events.slice(from).map(({ ev }) => ev)
        expect(told.filter(ev => ev === 'message' || ev === 'online' || ev === 'group')).toEqual([])
        bus.hurry = hurry
      }
      bob.close()
    })

    test('who logs in while he is added misses nothing that is said after his login and his adding', async () => {
      for (let round = 0; round < ROUNDS / 4; round++) {
        await remove(a, 'bob')
        const [bob] = await Promise.all([
          (async () => {
            await Bun.sleep(Math.random() * 8)
            return await b.connect('bob')
          })(),
          add(a, 'bob'),
        ])
        // In the log: a hint that comes before the node knows of the member is made up for by it.
        await a.ok('group_open_http_svc/modify_group_base_info', { GroupId: groupId, Name: `Round ${round}` })
        await bob.event('group', event => event.g.Name === `Round ${round}`)
        bob.close()
        await bob.closed
      }
    })

    test('a stored message reaches the members on the other node, by hint or by the log', async () => {
      const alice = await b.connect('alice')
      for (let round = 0; round < 5; round++) {
        const { MsgSeq } = await a.ok<{ MsgSeq: number }>('group_open_http_svc/send_group_msg', {
          GroupId: groupId,
          Random: 1000 + round,
          MsgBody: textBody(`message ${round}`),
        })
        await alice.event('message', ({ m }) => m.Seq === MsgSeq)
      }
      const { bus } = a.running.services
      const { pushGroup } = bus
      // A hint that is lost: nothing but the log tells of the message.
      bus.pushGroup = () => undefined
      const { MsgSeq } = await a.ok<{ MsgSeq: number }>('group_open_http_svc/send_group_msg', {
        GroupId: groupId,
        Random: 2000,
        MsgBody: textBody('without a hint'),
      })
      bus.pushGroup = pushGroup
      expect((await alice.event('head')).Seq).toBe(MsgSeq)
      alice.close()
    })
  })
