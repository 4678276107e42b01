import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { EventFrame, WireContactGroup, WireConversation } from '@rookery/protocol/wire'
import { MessageFlag } from '../store/schema.ts'
import type { SocketClient } from '../testing/socket-client.ts'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

const PEERS = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']
const MANY = Array.from({ length: 130 }, (_, n) => `m${n}`)

beforeAll(async () => {
  server = await startTestServer({
    users: ['alice', 'bob', 'popular', 'seeds1', 'seeds2', 'seeds3', ...PEERS, ...MANY],
    settings: { 'rate.rest.default': 0, 'session.commandsPerSec': 10_000, 'conv.deleteSync': true },
  })
})

afterAll(() => server.stop())

/** What a device holds: the marks that it would resume with, and every item. */
interface Device {
  readonly epoch: string
  logNo: number
  readonly items: Map<number, WireConversation>
  groups: readonly WireContactGroup[]
}

interface SnapshotAnswer {
  StoreEpoch: string
  LogNo: number
  Items: WireConversation[]
  Groups?: WireContactGroup[]
  NextCursor: string
}

async function snapshot(client: SocketClient): Promise<Device> {
  let page = await client.ok<SnapshotAnswer>('sync/snapshot')
  const device: Device = {
    epoch: page.StoreEpoch,
    logNo: page.LogNo,
    items: new Map(),
    groups: page.Groups ?? [],
  }
  for (let pages = 0; pages < 50; pages++) {
    for (const item of page.Items) device.items.set(item.ConvId, item)
    if (page.NextCursor === '') return device
    page = await client.ok<SnapshotAnswer>('sync/snapshot', { Cursor: page.NextCursor })
  }
  throw new Error('The snapshot has no end.')
}

async function resume(client: SocketClient, device: Device): Promise<void> {
  const answer = await client.ok<Partial<SnapshotAnswer> & { Snapshot?: 1; More?: 0 | 1 }>('sync/resume', {
    Epoch: device.epoch,
    LogNo: device.logNo,
    Marks: [...device.items.values()].map(it => [it.ConvId, it.HeadSeq, it.ChangeNo]),
  })
  expect(answer.Snapshot).toBeUndefined()
  expect(answer.More).toBe(0)
  for (const item of answer.Items ?? []) device.items.set(item.ConvId, item)
  if (answer.Groups) device.groups = answer.Groups
  device.logNo = answer.LogNo ?? 0
}

const copy = (device: Device): Device => ({ ...device, items: new Map(device.items) })

/** A small generator with a seed, so that a failure can be run again. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x9e3779b9) | 0
    const mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below
  }
}

/** One random thing that happens to `me` and its peers. */
async function happen(
  me: string,
  client: SocketClient,
  draw: (below: number) => number,
  keys: { from: string; to: string; key: string }[],
  step: number,
): Promise<void> {
  const peer = PEERS[draw(PEERS.length)] ?? ''
  const pick = keys[draw(Math.max(1, keys.length))]
  const contact = { Type: 1, To_Account: peer }
  const group = ['one', 'two', 'three'][draw(3)] ?? ''
  switch (draw(16)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const [from, to] = draw(3) === 0 ? [me, peer] : [peer, me]
      const { MsgKey } = await server.ok<{ MsgKey: string }>('openim/sendmsg', {
        From_Account: from,
        To_Account: to,
        MsgRandom: step,
        MsgBody: textBody(`m${step}`),
        SyncOtherMachine: 1 + Number(draw(5) === 0),
        SendMsgControl: [['NoUnread'], ['NoLastMsg'], [], [], []][draw(5)],
      })
      keys.push({ from, to, key: MsgKey })
      return
    }
    case 4:
      await server.ok('openim/importmsg', {
        SyncFromOldSystem: 1 + draw(2),
        From_Account: peer,
        To_Account: me,
        MsgSeq: 1,
        MsgRandom: step,
        MsgTimeStamp: 1_600_000_000 + draw(1000),
        MsgBody: textBody('old'),
      })
      return
    case 5:
    case 6:
      await client.call('openim/set_msg_read', { Peer_Account: peer, ReadSeq: draw(40) })
      return
    case 7:
      await server.rest('openim/admin_set_msg_read', { Report_Account: peer, Peer_Account: me })
      return
    case 8:
      if (pick)
        await server.rest('openim/admin_msgwithdraw', {
          From_Account: pick.from,
          To_Account: pick.to,
          MsgKey: pick.key,
        })
      return
    case 9:
      if (pick)
        await server.rest('openim/delete_c2c_msg_ramble', {
          Operator_Account: me,
          Peer_Account: pick.from === me ? pick.to : pick.from,
          MsgKeyList: [pick.key],
        })
      return
    case 10:
      await client.call('recentcontact/pin', { To_Account: peer, TopFlag: draw(2) })
      return
    case 11:
      await client.call('recentcontact/delete', {
        Type: 1,
        To_Account: peer,
        ClearRamble: draw(2),
        ClearOnly: draw(2),
      })
      return
    case 12:
      await client.call('recentcontact/set_recv_opt', { To_Account: [peer], RecvOpt: draw(3) })
      return
    case 13:
      await client.call('recentcontact/mark_contact', {
        MarkItem: [
          {
            OptType: 3,
            ContactItem: contact,
            SetMark: [1 + draw(4)],
            ClearMark: [1 + draw(4)],
            CustomMark: group,
          },
        ],
      })
      return
    case 14:
      await client.call('recentcontact/create_contact_group', {
        GroupContactItem: [{ GroupName: group, ContactItem: [contact] }],
      })
      return
    default:
      if (draw(3) === 0) await client.call('recentcontact/del_contact_group', { GroupName: [group] })
      else
        await client.call('recentcontact/update_contact_group', {
          UpdateType: 1,
          UpdateGroup: {
            UpdateGroupType: 2,
            OldGroupName: group,
            ContactUpdateItem: [{ ContactOptType: 1 + draw(2), ContactItem: contact }],
          },
        })
  }
}

for (const seed of [1, 2, 3])
  test(`an old snapshot and what changed since equal a fresh snapshot, whatever happened (seed ${seed})`, async () => {
    const me = `seeds${seed}`
    const client = await server.connect(me)
    const draw = numbers(seed)
    const keys: { from: string; to: string; key: string }[] = []
    const devices: Device[] = [await snapshot(client)]
    for (let step = 0; step < 250; step++) {
      await happen(me, client, draw, keys, seed * 10_000 + step)
      if (draw(10) === 0) devices.push(await snapshot(client))
      if (draw(10) === 0) await resume(client, devices[draw(devices.length)] as Device)
      if (step % 50 !== 49) continue
      const fresh = await snapshot(client)
      for (const item of fresh.items.values()) expect(counted(item)).toEqual(await scanned(me, item))
      for (const device of devices) {
        const resumed = copy(device)
        await resume(client, resumed)
        expect(resumed).toEqual(fresh)
      }
    }
    expect(keys.length).toBeGreaterThan(20)
    // The snapshots were made of messages in memory, what was resumed of the rows alone.
    expect(server.running.services.lastMessages.counts.conversations).toBeGreaterThan(3)

    // A device that followed the events has the same numbers as the store: nothing was told twice or left out.
    const { items, logNo, epoch } = await snapshot(client)
    const heads = followed(client.events)
    for (const item of items.values())
      expect([item.To_Account, ...(heads.convs.get(item.ConvId) ?? [0, 0])]).toEqual([
        item.To_Account,
        item.HeadSeq,
        item.ChangeNo,
      ])
    expect(heads.logNos).toEqual(Array.from({ length: logNo }, (_, n) => n + 1))
    const sum = (of: (it: WireConversation) => number) =>
      [...items.values()].reduce((total, it) => total + of(it), 0)
    const hello = {
      Epoch: epoch,
      LogNo: logNo,
      Heads: sum(it => it.HeadSeq),
      Changes: sum(it => it.ChangeNo),
    }
    expect(await client.ok('session/hello', hello)).toMatchObject({ Lag: 0 })
    for (const off of ['LogNo', 'Heads', 'Changes'] as const)
      expect(await client.ok('session/hello', { ...hello, [off]: hello[off] + 1 })).toMatchObject({ Lag: 1 })
    client.close()
  }, 60_000)

test('a list that was read before shows a name that changed and a message that was recalled since', async () => {
  const { MsgKey } = await server.ok<{ MsgKey: string }>('openim/sendmsg', {
    From_Account: 'p5',
    To_Account: 'alice',
    MsgRandom: 71,
    MsgBody: textBody('to be recalled'),
  })
  const client = await server.connect('alice')
  const item = async () =>
    [...(await snapshot(client)).items.values()].find(({ To_Account }) => To_Account === 'p5')
  for (let reads = 0; reads < 3; reads++)
    expect(await item()).toMatchObject({ Peer_Nick: '', LastMsg: { MsgFlagBits: 0 }, UnreadMsgNum: 1 })
  await server.ok('im_open_login_svc/account_import', { UserID: 'p5', Nick: 'Pat' })
  expect(await item()).toMatchObject({ Peer_Nick: 'Pat', LastMsg: { From_Nick: 'Pat' } })
  await server.ok('openim/admin_msgwithdraw', { From_Account: 'p5', To_Account: 'alice', MsgKey })
  for (let reads = 0; reads < 2; reads++)
    expect(await item()).toMatchObject({ LastMsg: { MsgFlagBits: 8, MsgBody: [] }, UnreadMsgNum: 0 })
  client.close()
})

const counted = (item: WireConversation) => ({
  peer: item.To_Account,
  unread: item.UnreadMsgNum,
  last: item.LastMsg?.Seq ?? 0,
})

/** The same, found by looking at every message. */
async function scanned(me: string, item: WireConversation): Promise<ReturnType<typeof counted>> {
  const { read } = server.running.services.store
  const { account_id } = await read
    .selectFrom('account')
    .select('account_id')
    .where('user_id', '=', me)
    .executeTakeFirstOrThrow()
  const deleted = await read
    .selectFrom('message_hidden')
    .select('seq')
    .where('account_id', '=', account_id)
    .where('conv_id', '=', item.ConvId)
    .execute()
  const messages = await read
    .selectFrom('message')
    .select(['seq', 'flags', 'sender_id'])
    .where('conv_id', '=', item.ConvId)
    .orderBy('seq')
    .execute()
  const seen = messages.filter(
    ({ seq, flags, sender_id }) =>
      (flags &
        (sender_id === account_id ? MessageFlag.HIDDEN_FROM_SENDER : MessageFlag.HIDDEN_FROM_RECEIVER)) ===
        0 && !deleted.some(row => row.seq === seq),
  )
  const counts = seen.filter(
    ({ seq, flags, sender_id }) =>
      sender_id !== account_id &&
      seq > item.ReadSeq &&
      (flags & (MessageFlag.NO_UNREAD | MessageFlag.RECALLED)) === 0,
  )
  const lasts = seen.filter(
    ({ seq, flags }) => seq > item.ClearedSeq && (flags & MessageFlag.NO_LAST_MESSAGE) === 0,
  )
  return {
    peer: item.To_Account,
    unread: item.RecvOpt === 1 ? 0 : counts.length,
    last: lasts.at(-1)?.seq ?? 0,
  }
}

/** Highest covered numbers of each conversation, and the numbers of the own log, as the events brought them. */
function followed(events: readonly EventFrame[]): {
  readonly convs: Map<number, [seq: number, change: number]>
  readonly logNos: number[]
} {
  const convs = new Map<number, [number, number]>()
  const logNos: number[] = []
  const raise = (conv: number, seq = 0, change = 0): void => {
    const [s, c] = convs.get(conv) ?? [0, 0]
    convs.set(conv, [Math.max(s, seq), Math.max(c, change)])
  }
  for (const event of events) {
    if (event.ev === 'message') raise(event.m.ConvId, event.m.Seq)
    else if (event.ev === 'change') raise(event.m.ConvId, 0, event.m.ChangeNo)
    else if (event.ev === 'cover') raise(event.ConvId, event.Seq, event.ChangeNo)
    else if (event.ev === 'conversation') {
      logNos.push(event.LogNo)
      // Imports are told to nobody live; the item says how far the conversation goes.
      raise(event.c.ConvId, event.c.HeadSeq, event.c.ChangeNo)
    } else if (event.ev === 'contactGroups') logNos.push(event.LogNo)
  }
  return { convs, logNos }
}

test('a long list comes in pages, and what moves up meanwhile is not lost', async () => {
  const send = (from: string, random: number) =>
    server.ok('openim/sendmsg', {
      From_Account: from,
      To_Account: 'popular',
      MsgRandom: random,
      MsgBody: textBody('hi'),
    })
  // Each in a second of its own, so that a new message changes the place in the list.
  for (const [index, from] of MANY.entries())
    await server.ok('openim/importmsg', {
      SyncFromOldSystem: 1,
      From_Account: from,
      To_Account: 'popular',
      MsgSeq: 1,
      MsgRandom: index,
      MsgTimeStamp: 1_700_000_000 + index,
      MsgBody: textBody('old'),
    })
  const client = await server.connect('popular')
  const first = await client.ok<SnapshotAnswer>('sync/snapshot')
  expect(first.Items).toHaveLength(100)
  expect(first.Groups).toEqual([])
  const times = first.Items.map(it => it.MsgTime)
  expect(times).toEqual([...times].sort((a, b) => b - a))
  // One that was to come on the second page moves to the top, another one gets a pin.
  const missing = MANY.filter(name => !first.Items.some(it => it.To_Account === name))
  await send(missing[0] ?? '', 1000)
  await client.ok('recentcontact/pin', { To_Account: missing[1], TopFlag: 1 })
  const seen = new Map(first.Items.map(it => [it.To_Account, it]))
  let cursor = first.NextCursor
  for (let pages = 0; cursor !== '' && pages < 10; pages++) {
    const page = await client.ok<SnapshotAnswer>('sync/snapshot', { Cursor: cursor })
    for (const item of page.Items) seen.set(item.To_Account, item)
    expect(page.LogNo).toBe(first.LogNo)
    cursor = page.NextCursor
  }
  expect(cursor).toBe('')
  expect(seen.size).toBe(MANY.length)
  expect(seen.get(missing[0] ?? '')).toMatchObject({ HeadSeq: 2, UnreadMsgNum: 2 })
  expect(seen.get(missing[1] ?? '')).toMatchObject({ TopFlag: 1 })
  for (const bad of ['x', '1.2', '1.2.3.4', '1.2.3.4.5.6', "1.2.3' or 1=1"])
    expect((await client.call('sync/snapshot', { Cursor: bad })).ErrorCode).toBe(50002)
  client.close()
})

test('a device of another epoch, or one that is ahead of the store, is told to begin anew', async () => {
  const client = await server.connect('popular')
  const device = await snapshot(client)
  const [item] = device.items.values()
  const marks = (seq: number, change: number) => ({
    Epoch: device.epoch,
    LogNo: device.logNo,
    Marks: [[item?.ConvId, seq, change]],
  })
  const head = item?.HeadSeq ?? 0
  const anew = { Snapshot: 1 }
  expect(await client.ok('sync/resume', { ...marks(head, 0), Epoch: 'other' })).toMatchObject(anew)
  expect(await client.ok('sync/resume', { ...marks(head, 0), LogNo: device.logNo + 1 })).toMatchObject(anew)
  expect(await client.ok('sync/resume', marks(head + 1, 0))).toMatchObject(anew)
  expect(await client.ok('sync/resume', marks(head, 1))).toMatchObject(anew)
  const rest = await client.ok<SnapshotAnswer>('sync/resume', marks(head, 0))
  expect(rest.Items).toHaveLength(MANY.length - 1)
  const code = async (body: object) =>
    (await client.call('sync/resume', { ...marks(head, 0), ...body })).ErrorCode
  expect(await code({ Marks: [[1, 2]] })).toBe(50002)
  expect(await code({ Marks: undefined })).toBe(50002)
  expect(await code({ LogNo: -1 })).toBe(50002)
  expect(await code({ Epoch: undefined })).toBe(50002)
  const full = Array.from({ length: 3001 }, (_, n) => [n, 0, 0])
  expect(await code({ Marks: full.slice(1) })).not.toBe(50002)
  expect(await code({ Marks: full })).toBe(50002)
  client.close()
})

test('a page holds fewer conversations when their last messages are large', async () => {
  const names = MANY.slice(0, 40)
  for (const [index, from] of names.entries())
    await server.ok('openim/sendmsg', {
      From_Account: from,
      To_Account: 'bob',
      MsgRandom: index,
      MsgBody: textBody('x'.repeat(11_000)),
    })
  const client = await server.connect('bob')
  const first = await client.ok<SnapshotAnswer>('sync/snapshot')
  expect(first.Items.length).toBeGreaterThan(10)
  expect(first.Items.length).toBeLessThan(40)
  const device = await snapshot(client)
  expect(device.items.size).toBe(40)
  const answer = await client.ok<SnapshotAnswer>('sync/resume', {
    Epoch: device.epoch,
    LogNo: device.logNo,
    Marks: [],
  })
  expect(answer.Items).toHaveLength(40)
  client.close()
})
