import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findNats, type NatsServer, NO_NATS, startNats } from '../../testing/nats-server.ts'
import { findPostgres, NO_POSTGRES } from '../../testing/postgres-server.ts'
import { type Device, startTestServer, TestServer, textBody } from '../../testing/test-server.ts'

const missing = findPostgres() === undefined ? NO_POSTGRES : findNats() === undefined ? NO_NATS : undefined
const ROUNDS = 25
const G = 'group_open_http_svc'
const T = 'million_group_open_http_svc'

if (missing !== undefined) test.skip(`topics over two nodes (skipped: ${missing})`, () => {})
else
  describe('topics over two nodes', () => {
    let nats: NatsServer
    let a: TestServer
    let b: TestServer
    let GroupId: string
    let TopicId: string
    let random = 0

    beforeAll(async () => {
      nats = await startNats()
      const server = { bus: { urls: [nats.url] } }
      a = await startTestServer({ engine: 'postgres', server, users: ['alice', 'bob', 'carol'] })
      b = new TestServer({ beside: a, server })
      await b.start()
      for (const node of [a, b]) await until(() => node.running.services.bus.problem === undefined)
      const made = await a.ok<{ GroupId: string }>(`${G}/create_group`, {
        Type: 'Community',
        Name: 'Town',
        SupportTopic: 1,
        DefaultPermission: 64,
        Owner_Account: 'alice',
        MemberList: [{ Member_Account: 'carol' }],
      })
      GroupId = made.GroupId
      TopicId = (await a.ok<{ TopicId: string }>(`${T}/create_topic`, { GroupId, TopicName: 'one' })).TopicId
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

    const say = (node: TestServer, text: string) =>
      node.ok(`${G}/send_group_msg`, {
        GroupId: TopicId,
        From_Account: 'alice',
        Random: ++random,
        MsgBody: textBody(text),
      })
    const write = (device: Device, text: string) =>
      device.call(`${G}/send_group_msg`, {
        GroupId: TopicId,
        Random: ++random,
        MsgClientTime: 1_700_000_000,
        MsgBody: textBody(text),
      })
    const textOf = (body: unknown): string =>
      (body as readonly { MsgContent: { Text: string } }[])[0]?.MsgContent.Text ?? ''
    const texts = (device: Device): string[] =>
      device.events.flatMap(event =>
        event.ev === 'message' && event.m.GroupId === TopicId && event.m.From_Account === 'alice'
          ? [textOf(event.m.MsgBody)]
          : [],
      )
    const add = (node: TestServer, name: string) =>
      node.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: name }] })
    const remove = (node: TestServer, name: string) =>
      node.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account: [name] })

    test('nothing that is written in a topic reaches a member whose removal from the community was acknowledged', async () => {
      const [alice, bob] = [await b.connect('alice'), await b.connect('bob')]
      // Bob's node reads the log at its own turns only, so that what is written often comes before it.
      const { store } = b.running.services
      const hurry = store.hurry
      store.hurry = () => undefined
      for (let round = 0; round < ROUNDS; round++) {
        await add(round % 2 ? a : b, 'bob')
        await say(round % 3 ? a : b, `in ${round}`)
        await until(() => texts(bob).includes(`in ${round}`))
        // Another node than bob's removes him, and writes before bob's has read the log; or the other way round.
        await remove(round % 4 < 2 ? a : b, 'bob')
        await say(round % 3 ? a : b, `out ${round}`)
        expect((await write(bob, `bob ${round}`)).ErrorCode).toBe(10007)
      }
      await until(() => texts(alice).length >= 2 * ROUNDS)
      await bob.ok('session/ping')
      store.hurry = hurry
      expect(texts(bob)).toEqual(Array.from({ length: ROUNDS }, (_, round) => `in ${round}`))
      for (const device of [alice, bob]) device.close()
    }, 60_000)

    test('a right that one node took away is not used on another', async () => {
      const carol = await b.connect('carol')
      const change = (fields: object) => a.ok(`${G}/modify_group_base_info`, { GroupId, ...fields })
      const mute = (MuteTime: number) =>
        a.ok(`${G}/forbid_send_msg`, { GroupId, TopicId, Members_Account: ['carol'], MuteTime })
      // What is given is known there once the log was read; what is taken away holds at once.
      const mayWrite = async () => (await write(carol, 'allowed')).ErrorCode === 0
      for (let round = 0; round < ROUNDS / 5; round++) {
        await change({ EnablePermission: 1, DefaultPermission: 64 })
        await until(mayWrite)
        await change({ DefaultPermission: 0 })
        expect((await write(carol, 'denied')).ErrorCode).toBe(10007)
        await change({ EnablePermission: 0 })
        await until(mayWrite)
        await mute(600)
        expect((await write(carol, 'muted')).ErrorCode).toBe(10017)
        await mute(0)
        await a.ok(`${T}/modify_topic`, { GroupId, TopicId, MuteAllMember: 'On' })
        expect((await write(carol, 'muted')).ErrorCode).toBe(10017)
        await a.ok(`${T}/modify_topic`, { GroupId, TopicId, MuteAllMember: 'Off' })
        await until(mayWrite)
      }
      carol.close()
    }, 60_000)

    test('appends in topics and changes of the community take turns without a deadlock', async () => {
      const more = await a.ok<{ TopicId: string }>(`${T}/create_topic`, { GroupId, TopicName: 'two' })
      const writing = async (node: TestServer, GroupId: string) => {
        for (let n = 0; n < ROUNDS * 2; n++)
          await until(async () => {
            const body = { GroupId, From_Account: 'alice', Random: ++random, MsgBody: textBody(`${n}`) }
            const { ErrorCode } = await node.rest(`${G}/send_group_msg`, body)
            // While rights change without a pause the answer is to send it again.
            expect([0, 10007]).toContain(ErrorCode)
            return ErrorCode === 0
          })
      }
      const moving = async (node: TestServer) => {
        for (let n = 0; n < ROUNDS / 2; n++) {
          await add(node, 'bob')
          await remove(node, 'bob')
        }
      }
      await Promise.all([
        writing(a, TopicId),
        writing(b, more.TopicId),
        writing(b, TopicId),
        moving(a),
        moving(b),
      ])
      const rows = await a.running.services.store.read
        .selectFrom('conversation as c')
        .innerJoin('chat_group as g', 'g.conv_id', 'c.conv_id')
        .select(['c.auth_no', 'g.auth_no as row_auth'])
        .where('g.type', '=', 'Community')
        .execute()
      expect(new Set(rows.flatMap(row => [row.auth_no, row.row_auth])).size).toBe(1)
    }, 60_000)
  })
