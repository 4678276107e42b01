import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { WireMessage } from '@rookery/protocol/wire'
import type { SocketClient } from '../testing/socket-client.ts'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol', 'dave'] })
})

afterAll(() => server.stop())

interface Pulled {
  readonly Messages: readonly WireMessage[]
  readonly CoverSeq: number
  readonly Changes: readonly WireMessage[]
  readonly CoverChangeNo: number
  readonly More: number
}

let random = 0
async function sent(from: string, to: string, over: object = {}): Promise<string> {
  const answer = await server.ok<{ MsgKey: string }>('openim/sendmsg', {
    From_Account: from,
    To_Account: to,
    MsgRandom: ++random,
    MsgBody: textBody(`m${random}`),
    ...over,
  })
  return answer.MsgKey
}
async function convOf(client: SocketClient): Promise<number> {
  return (await client.event('message')).m.ConvId
}
const pull = (client: SocketClient, To_Account: string, ConvId: number, over: object = {}) =>
  client.ok<Pulled>('sync/pull', { To_Account, ConvId, AfterSeq: 0, AfterChangeNo: 0, Limit: 100, ...over })

test('a device pulls page by page what it missed, and every number is covered', async () => {
  const bob = await server.connect('bob')
  for (let n = 0; n < 5; n++)
    await sent(n % 2 ? 'bob' : 'alice', n % 2 ? 'alice' : 'bob', { SyncOtherMachine: n === 3 ? 2 : 1 })
  const conv = await convOf(bob)
  const first = await pull(bob, 'alice', conv, { AfterSeq: 1, Limit: 2 })
  expect(first.Messages.map(m => m.Seq)).toEqual([2, 3])
  expect(first).toMatchObject({ CoverSeq: 3, More: 1 })
  const second = await pull(bob, 'alice', conv, { AfterSeq: 3, Limit: 2 })
  expect(second.Messages.map(m => m.Seq)).toEqual([5])
  expect(second).toMatchObject({ CoverSeq: 5, CoverChangeNo: 0, More: 0 })
  expect(await pull(bob, 'alice', conv, { AfterSeq: 99 })).toMatchObject({
    Messages: [],
    CoverSeq: 5,
    More: 0,
  })
  bob.close()
})

test('changes bring the present state of messages that the device has; later ones come as messages', async () => {
  const carol = await server.connect('carol')
  const keys = [await sent('alice', 'carol'), await sent('alice', 'carol'), await sent('alice', 'carol')]
  const conv = await convOf(carol)
  const message = (n: number) => ({ From_Account: 'alice', To_Account: 'carol', MsgKey: keys[n] })
  await server.ok('openim/modify_c2c_msg', { ...message(0), CloudCustomData: 'a' })
  await server.ok('openim/modify_c2c_msg', { ...message(2), CloudCustomData: 'c' })
  await server.ok('openim/admin_msgwithdraw', message(0))
  await server.ok('openim/admin_msgwithdraw', message(1))
  const pulled = await pull(carol, 'alice', conv, { AfterSeq: 2, AfterChangeNo: 1 })
  expect(pulled.Messages).toMatchObject([{ Seq: 3, CloudCustomData: 'c', MsgVersion: 1, ChangeNo: 2 }])
  expect(pulled.Changes).toMatchObject([
    { Seq: 1, ChangeNo: 3, MsgFlagBits: 8, Revoker_Account: 'administrator' },
    { Seq: 2, ChangeNo: 4, MsgFlagBits: 8, MsgBody: [] },
  ])
  expect(pulled).toMatchObject({ CoverSeq: 3, CoverChangeNo: 4, More: 0 })
  const page = await pull(carol, 'alice', conv, { AfterSeq: 3, AfterChangeNo: 0, Limit: 1 })
  expect(page).toMatchObject({ CoverChangeNo: 2, More: 1 })
  carol.close()
})

test('a page of large messages is cut below the size of a socket`s buffer and goes on where it ended', async () => {
  const dave = await server.connect('dave')
  for (let n = 0; n < 30; n++) await sent('alice', 'dave', { MsgBody: textBody('x'.repeat(12_000)) })
  const conv = await convOf(dave)
  const seen: number[] = []
  let cover = 0
  for (let more = 1; more === 1; ) {
    const page = await pull(dave, 'alice', conv, { AfterSeq: cover })
    expect(JSON.stringify(page).length).toBeLessThan(300_000)
    expect(page.CoverSeq).toBeGreaterThan(cover)
    seen.push(...page.Messages.map(m => m.Seq ?? 0))
    cover = page.CoverSeq
    more = page.More
  }
  expect(seen).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
  dave.close()
})

test('nobody pulls a conversation of others, or under another name', async () => {
  const [bob, carol] = [await server.connect('bob'), await server.connect('carol')]
  await sent('alice', 'bob')
  const conv = await convOf(bob)
  const request = { To_Account: 'alice', ConvId: conv, AfterSeq: 0, AfterChangeNo: 0, Limit: 10 }
  expect(await carol.call('sync/pull', request)).toMatchObject({ ErrorCode: 50002 })
  expect(await bob.call('sync/pull', { ...request, To_Account: 'carol' })).toMatchObject({ ErrorCode: 50002 })
  expect(await bob.call('sync/pull', { ...request, ConvId: 9999 })).toMatchObject({ ErrorCode: 50002 })
  expect(await bob.call('sync/pull', { ...request, Limit: 101 })).toMatchObject({ ErrorCode: 50002 })
  expect(await bob.call('sync/pull', { ...request, AfterSeq: -1 })).toMatchObject({ ErrorCode: 50002 })
  expect((await server.rest('sync/pull', request)).ErrorCode).not.toBe(0)
  bob.close()
  carol.close()
})
