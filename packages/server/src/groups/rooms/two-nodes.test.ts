import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findNats, type NatsServer, NO_NATS, startNats } from '../../testing/nats-server.ts'
import { findPostgres, NO_POSTGRES } from '../../testing/postgres-server.ts'
import { type Device, startTestServer, TestServer, textBody } from '../../testing/test-server.ts'

const missing = findPostgres() === undefined ? NO_POSTGRES : findNats() === undefined ? NO_NATS : undefined
const G = 'group_open_http_svc'

if (missing !== undefined) test.skip(`live rooms over two nodes (skipped: ${missing})`, () => {})
else
  describe('live rooms over two nodes', () => {
    let nats: NatsServer
    let a: TestServer
    let b: TestServer

    beforeAll(async () => {
      nats = await startNats()
      const server = { bus: { urls: [nats.url] } }
      a = await startTestServer({ engine: 'postgres', server, users: ['alice', 'bob', 'carol'] })
      b = new TestServer({ beside: a, server })
      await b.start()
      await until(() => a.running.services.bus.problem === undefined)
      await until(() => b.running.services.bus.problem === undefined)
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

    async function makeRoom(): Promise<string> {
      const { GroupId } = await a.ok<{ GroupId: string }>(`${G}/create_group`, {
        Type: 'AVChatRoom',
        Name: 'Live',
        Owner_Account: 'alice',
      })
      return GroupId
    }

    let random = 0
    const say = (server: TestServer, GroupId: string, text: string) =>
      server.ok(`${G}/send_group_msg`, { GroupId, Random: ++random, MsgBody: textBody(text) })
    const said = (device: Device): unknown[] =>
      device.events.flatMap(event =>
        event.ev === 'online' ? (event.m.MsgBody[0]?.MsgContent.Text ?? []) : [],
      )

    test('a room is one room on all nodes: what is said, who is in it, who is banned', async () => {
      const GroupId = await makeRoom()
      const [bob, carol] = [await a.connect('bob'), await b.connect('carol')]
      await bob.ok('group/join', { GroupId })
      await carol.ok('group/join', { GroupId })
      // Until NATS knows that the other node listens, hints of what is not stored are lost.
      for (let n = 0; said(carol).length === 0; n++) {
        await say(a, GroupId, `hello ${n}`)
        await Bun.sleep(5)
      }
      const heardByBob = () => said(bob).length
      const before = heardByBob()
      await say(b, GroupId, 'from b')
      await until(() => said(bob).includes('from b'))
      expect(heardByBob()).toBe(before + 1)
      for (const server of [a, b])
        await until(
          async () => (await server.ok(`${G}/get_online_member_num`, { GroupId })).OnlineMemberNum === 2,
        )
      const { MemberList } = await a.ok<{ MemberList: { Member_Account: string }[] }>(
        'group_open_avchatroom_http_svc/get_members',
        { GroupId, Timestamp: 0 },
      )
      expect(MemberList.map(it => it.Member_Account).sort()).toEqual(['bob', 'carol'])
      const rooms = await a.ok<{ GroupIdList: object[] }>(`${G}/get_joined_group_list`, {
        Member_Account: 'carol',
        WithHugeGroups: 1,
      })
      expect(rooms.GroupIdList).toEqual([{ GroupId }])
      // By the node that she is not on; what is said after the answer does not reach her.
      await a.ok(`${G}/ban_group_member`, { GroupId, Members_Account: ['carol'], Duration: 60 })
      await say(a, GroupId, 'without carol')
      await until(() => said(bob).includes('without carol'))
      await until(async () => (await b.ok(`${G}/get_online_member_num`, { GroupId })).OnlineMemberNum === 1)
      await carol.ok('session/ping')
      expect(said(carol)).not.toContain('without carol')
      expect(await carol.call('group/join', { GroupId })).toMatchObject({ ErrorCode: 10007 })
      for (const device of [bob, carol]) device.close()
    })

    test('a mute holds on every node once it is answered', async () => {
      const GroupId = await makeRoom()
      const bob = await b.connect('bob')
      await bob.ok('group/join', { GroupId })
      const speak = () =>
        bob.call(`${G}/send_group_msg`, {
          GroupId,
          Random: ++random,
          MsgClientTime: 1,
          MsgBody: textBody('me'),
        })
      for (let round = 0; round < 10; round++) {
        expect(await speak()).toMatchObject({ ErrorCode: 0 })
        await a.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['bob'], MuteTime: 60 })
        expect(await speak()).toMatchObject({ ErrorCode: 10017 })
        await a.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['bob'], MuteTime: 0 })
        // The refusal may be a moment old, never the permission.
        await until(async () => (await speak()).ErrorCode === 0)
      }
      bob.close()
    })
  })
