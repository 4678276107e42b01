import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import postgres from 'postgres'
import { findNats, type NatsServer, NO_NATS, startNats } from '../testing/nats-server.ts'
import { findPostgres, NO_POSTGRES, testPostgres } from '../testing/postgres-server.ts'
import { type Device, startTestServer, TEST_APP, TestServer, textBody } from '../testing/test-server.ts'

const missing = findPostgres() === undefined ? NO_POSTGRES : findNats() === undefined ? NO_NATS : undefined

/** Cuts a server's database off from everybody until `end`. */
async function withoutDatabase(server: TestServer): Promise<{ end(): Promise<void> }> {
  const { source } = server.database
  if (source.kind !== 'postgres') throw new Error('This is about PostgreSQL.')
  const name = new URL(source.url).pathname.slice(1)
  const sql = postgres((await testPostgres()).url('postgres'), { max: 1, onnotice: () => undefined })
  await sql.unsafe(`alter database ${name} with allow_connections false`)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
  return {
    async end() {
      await sql.unsafe(`alter database ${name} with allow_connections true`)
      await sql.end()
    },
  }
}

if (missing !== undefined) test.skip(`two nodes (skipped: ${missing})`, () => {})
else
  describe('two nodes on one PostgreSQL', () => {
    let nats: NatsServer
    let a: TestServer
    let b: TestServer
    const hurried = () => ({ bus: { urls: [nats.url] } })

    beforeAll(async () => {
      nats = await startNats()
    })
    afterAll(() => nats.stop())

    beforeEach(async () => {
      const settings = { 'login.webInstances': 1 }
      a = await startTestServer({ engine: 'postgres', server: hurried(), settings })
      b = new TestServer({ beside: a, server: hurried(), settings })
      await b.start()
      await until(() => a.running.services.bus.problem === undefined)
      await until(() => b.running.services.bus.problem === undefined)
    })
    afterEach(async () => {
      await b.stop()
      await a.stop()
    })

    /** The test's own time limit ends it. */
    async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await isSo())) await Bun.sleep(5)
    }

    let random = 0
    const message = (to: string, text: string) => ({
      To_Account: to,
      MsgSeq: 1,
      MsgRandom: ++random,
      MsgClientTime: 1_700_000_000,
      MsgBody: textBody(text),
    })
    /** The text of the next `message` event, whatever came before it. */
    const textAt = async (device: Device): Promise<unknown> =>
      (await device.event('message')).m.MsgBody[0]?.MsgContent.Text
    const seen = (device: Device, ev: string) => device.events.filter(event => event.ev === ev).length
    const metric = async (server: TestServer, line: string): Promise<number> => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return Number(
        text
          .split('\n')
          .find(it => it.startsWith(`${line} `))
          ?.slice(line.length + 1),
      )
    }

    test('a message sent at one node arrives at the sockets of the other, once, and on the sender’s other devices', async () => {
      const alice = await a.connect('alice')
      const [bob, phone] = [await b.connect('bob'), await b.connect('alice', { platform: 'Android' })]
      for (const text of ['1', '2', '3']) await alice.ok('openim/sendmsg', message('bob', text))
      for (const device of [bob, phone])
        expect([await textAt(device), await textAt(device), await textAt(device)]).toEqual(['1', '2', '3'])
      // Long enough for the log to have told of them as well.
      await bob.ok('openim/sendmsg', message('alice', 'back'))
      expect(await textAt(alice)).toBe('back')
      await Bun.sleep(600)
      expect([seen(bob, 'message'), seen(bob, 'head'), seen(phone, 'head'), seen(alice, 'head')]).toEqual([
        3, 0, 0, 0,
      ])
    })

    test('with NATS gone the other node’s devices learn of a message within a second, and pull it', async () => {
      const [alice, bob] = [await a.connect('alice'), await b.connect('bob')]
      await nats.kill()
      try {
        await until(() => a.running.services.bus.problem !== undefined)
        const sent = await alice.ok<{ ConvId: number; Seq: number }>('openim/sendmsg', message('bob', 'slow'))
        const before = performance.now()
        const head = await bob.event('head')
        expect(head).toEqual({ ev: 'head', ConvId: sent.ConvId, Seq: sent.Seq })
        expect(performance.now() - before).toBeLessThan(1000)
        const pulled = await bob.ok<{ Messages: { MsgBody: unknown }[] }>('sync/pull', {
          To_Account: 'alice',
          ConvId: head.ConvId,
          AfterSeq: 0,
          AfterChangeNo: 0,
          Limit: 10,
        })
        expect(pulled.Messages.map(it => it.MsgBody)).toEqual([textBody('slow')])
        const ready = await fetch(`${b.url}/readyz`)
        expect([ready.status, await ready.json()]).toEqual([
          200,
          { status: 'ready', slowedBy: 'the connection to NATS is lost' },
        ])
        expect(await metric(a, 'rookery_bus_up')).toBe(0)
        expect(await metric(a, 'rookery_hints_total{outcome="lost"}')).toBeGreaterThan(0)
      } finally {
        await nats.restart()
      }
      await until(
        () => b.running.services.bus.problem === undefined && a.running.services.bus.problem === undefined,
      )
      await until(async () => {
        await alice.ok('openim/sendmsg', message('bob', 'fast'))
        return bob.events.some(event => event.ev === 'message')
      })
      expect(await metric(a, 'rookery_nodes')).toBe(2)
      expect(await metric(a, 'rookery_log_age_seconds')).toBeLessThan(1)
      expect(await metric(a, 'rookery_lanes')).toBeGreaterThan(2)
      const batches = await metric(a, 'rookery_append_batches_total')
      expect(batches).toBeGreaterThan(1)
      expect(await metric(a, 'rookery_append_messages_total')).toBeGreaterThanOrEqual(batches)
    })

    test('a kick at one node closes the sockets at the other and refuses the ticket there', async () => {
      const bob = await b.connect('bob')
      const usersig = b.userSig('bob')
      await a.ok('im_open_login_svc/kick', { UserID: 'bob' })
      expect((await bob.event('kicked')).Type).toBe('REST_API_Kick')
      expect((await bob.closed).code).toBe(4500)
      const again = await b.socket()
      expect(
        await again.call('session/login', { sdkappid: TEST_APP, identifier: 'bob', usersig }),
      ).toMatchObject({ ErrorCode: 70052 })
      again.close()
    })

    test('a login at one node ends the device that it replaces at the other', async () => {
      const first = await a.connect('alice')
      const phone = await a.connect('alice', { platform: 'Android' })
      const second = await b.connect('alice')
      expect((await first.event('kicked')).Type).toBe('multipleAccount')
      expect((await first.closed).code).toBe(4500)
      await phone.ok('session/ping')
      await second.ok('session/ping')
    })

    test('a session that comes back at the other node closes its older socket, and goes on', async () => {
      const old = await a.connect('alice')
      const { SessionId: id, Generation: generation, SessionToken: token } = old.login
      const moved = await b.connect('alice', { session: { id, generation, token } })
      expect(moved.login).toMatchObject({ SessionId: id, Resumed: 1 })
      expect((await old.closed).code).toBe(4001)
      await moved.ok('session/ping')
      const bob = await a.connect('bob')
      await bob.ok('openim/sendmsg', message('alice', 'found you'))
      expect(await textAt(moved)).toBe('found you')
      const state = await a.ok<{ QueryResult: { Status: string }[] }>('openim/query_online_status', {
        To_Account: ['alice'],
      })
      expect(state.QueryResult[0]?.Status).toBe('Online')
    })

    test('recalls and read marks reach the devices of the other node', async () => {
      const [alice, bob] = [await a.connect('alice'), await b.connect('bob')]
      const sent = await alice.ok<{ MsgKey: string }>('openim/sendmsg', message('bob', 'oops'))
      await bob.event('message')
      await bob.ok('openim/set_msg_read', { Peer_Account: 'alice' })
      expect((await alice.event('conversation')).c.PeerReadSeq).toBe(1)
      await alice.ok('openim/msg_withdraw', { To_Account: 'bob', MsgKey: sent.MsgKey })
      expect((await bob.event('change')).kind).toBe('recall')
    })

    test('a profile that both nodes know is the new one at both after a change at one', async () => {
      const [alice, bob] = [await a.connect('alice'), await b.connect('bob')]
      await bob.ok('openim/sendmsg', message('alice', 'so that both know me'))
      await alice.event('message')
      await a.ok('im_open_login_svc/account_import', { UserID: 'bob', Nick: 'Bobby' })
      await until(async () => {
        await bob.ok('openim/sendmsg', message('alice', 'again'))
        return (await alice.event('message')).m.From_Nick === 'Bobby'
      })
    })

    test('both nodes write one conversation: the numbers are dense and every device sees all of them', async () => {
      const [alice, bob] = [await a.connect('alice'), await b.connect('bob')]
      const sends = Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? alice : bob).ok<{ Seq: number }>(
          'openim/sendmsg',
          message(i % 2 ? 'bob' : 'alice', String(i)),
        ),
      )
      const numbers = (await Promise.all(sends)).map(answer => answer.Seq)
      expect(numbers.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
      await until(() => seen(alice, 'message') === 20 && seen(bob, 'message') === 20)
    })

    test('a node that stops tells its clients, who go on at the other', async () => {
      const old = await a.connect('alice')
      const { SessionId: id, Generation: generation, SessionToken: token } = old.login
      await a.halt()
      expect((await old.closed).code).toBe(4000)
      const moved = await b.connect('alice', { session: { id, generation, token } })
      expect(moved.login.Resumed).toBe(1)
      await moved.ok('openim/sendmsg', message('bob', 'still here'))
    })

    test('without PostgreSQL nobody is served, everybody is told to come back, and it goes on by itself', async () => {
      const [alice, bob] = [await a.connect('alice'), await b.connect('bob')]
      const unreachable = await withoutDatabase(a)
      const behind = { ErrorCode: 60022, ErrorDetail: { check: 'behind' } }
      await until(async () => (await fetch(`${a.url}/readyz`)).status === 503)
      expect(await alice.call('session/ping')).toMatchObject(behind)
      expect(await alice.call('openim/sendmsg', message('bob', 'x'))).toMatchObject(behind)
      expect(await a.rest('openim/query_online_status', { To_Account: ['bob'] })).toMatchObject(behind)
      const late = await a.socket()
      const login = { sdkappid: TEST_APP, identifier: 'alice', usersig: a.userSig('alice'), platform: 'Mac' }
      expect(await late.call('session/login', login)).toMatchObject(behind)
      expect(await metric(a, 'rookery_node_behind')).toBe(1)
      await unreachable.end()
      for (const node of [a, b]) await until(async () => (await fetch(`${node.url}/readyz`)).status === 200)
      await late.ok('session/login', login)
      await alice.ok('openim/sendmsg', message('bob', 'after'))
      expect(await textAt(bob)).toBe('after')
    }, 60_000)

    test('a node whose place was taken closes its sockets; its clients come back and it serves again', async () => {
      const alice = await a.connect('alice')
      const { nodeId } = a.running.services.store
      await a.sql(`update lane set node_id = 'somebody' where node_id = ?`, nodeId)
      expect((await alice.closed).code).toBe(4000)
      await until(async () => (await fetch(`${a.url}/readyz`)).status === 200)
      expect(a.running.services.store.nodeId).not.toBe(nodeId)
      const { SessionId: id, Generation: generation, SessionToken: token } = alice.login
      const back = await a.connect('alice', { session: { id, generation, token } })
      expect(back.login.Resumed).toBe(1)
      const bob = await b.connect('bob')
      await bob.ok('openim/sendmsg', message('alice', 'there you are'))
      expect(await textAt(back)).toBe('there you are')
    })

    test('nodes without a bus are slower, and lose nothing', async () => {
      await b.halt()
      const plain = new TestServer({ beside: a })
      await plain.start()
      try {
        const [alice, bob] = [await a.connect('alice'), await plain.connect('bob')]
        await alice.ok('openim/sendmsg', message('bob', 'by the log'))
        expect((await bob.event('head')).Seq).toBe(1)
        await bob.ok('openim/sendmsg', message('alice', 'back'))
        expect((await alice.event('head')).Seq).toBe(2)
      } finally {
        await plain.stop()
      }
    })
  })
