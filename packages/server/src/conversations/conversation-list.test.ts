import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer
let users = 0

const PEERS = 230

beforeAll(async () => {
  server = await startTestServer({
    users: [
      ...Array.from({ length: 40 }, (_, n) => `u${n}`),
      'busy',
      ...Array.from({ length: PEERS }, (_, n) => `p${n}`),
    ],
    settings: { 'conv.pinnedMax': 120, 'rate.rest.default': 0, 'session.commandsPerSec': 10_000 },
  })
})

afterAll(() => server.stop())

/** Two users that no other test has. */
function pair(): [string, string] {
  users += 2
  return [`u${users - 2}`, `u${users - 1}`]
}

let random = 0
async function send(from: string, to: string, over: object = {}) {
  return server.ok<{ MsgKey: string; MsgTime: number }>('openim/sendmsg', {
    From_Account: from,
    To_Account: to,
    MsgRandom: ++random,
    MsgBody: textBody(`m${random}`),
    SyncOtherMachine: 1,
    ...over,
  })
}

interface Session {
  To_Account: string
  MsgTime: number
  TopFlag: number
  StandardMark?: string
}

const START = { TimeStamp: 0, StartIndex: 0, TopTimeStamp: 0, TopStartIndex: 0 }

async function pages(user: string, AssistFlags = 63): Promise<Session[][]> {
  const found: Session[][] = []
  let cursor: object = START
  while (found.length < 20) {
    const page = await server.ok('recentcontact/get_list', { From_Account: user, AssistFlags, ...cursor })
    found.push(page.SessionItem as Session[])
    if (page.CompleteFlag === 1) return found
    const { TimeStamp, StartIndex, TopTimeStamp, TopStartIndex } = page
    cursor = { TimeStamp, StartIndex, TopTimeStamp, TopStartIndex }
  }
  throw new Error('The list has no end.')
}

const names = async (user: string, flags?: number): Promise<string[]> =>
  (await pages(user, flags)).flat().map(it => it.To_Account)

const list = (body: object) => server.rest('recentcontact/get_list', body)
const remove = (body: object) => server.rest('recentcontact/delete', body)

test('the list names the conversations with their time and pin, and ends', async () => {
  const [a, b] = pair()
  const { MsgTime } = await send(a, b)
  const answer = await list({ From_Account: a, ...START, AssistFlags: 63 })
  expect(answer).toMatchObject({
    ActionStatus: 'OK',
    ErrorDisplay: '',
    CompleteFlag: 1,
    SessionItem: [{ Type: 1, To_Account: b, MsgTime, TopFlag: 0 }],
    TimeStamp: MsgTime,
    TopTimeStamp: 0,
    TopStartIndex: 0,
  })
  const beyond = { ...START, TimeStamp: MsgTime, StartIndex: answer.StartIndex }
  expect(await list({ From_Account: a, ...beyond, AssistFlags: 63 })).toMatchObject({
    CompleteFlag: 1,
    SessionItem: [],
  })
})

test('a long list comes in pages of 100 without gaps or repeats, pinned ones first', async () => {
  await Promise.all(
    Array.from({ length: PEERS }, (_, n) =>
      server.ok('openim/importmsg', {
        SyncFromOldSystem: 1,
        From_Account: `p${n}`,
        To_Account: 'busy',
        MsgSeq: 1,
        MsgRandom: n,
        // Several of one second.
        MsgTimeStamp: 1_700_000_000 + Math.floor(n / 7),
        MsgBody: textBody('old'),
      }),
    ),
  )
  const device = await server.connect('busy')
  for (let n = 0; n < 110; n++) await device.ok('recentcontact/pin', { To_Account: `p${n}`, TopFlag: 1 })

  const paged = await pages('busy')
  expect(paged.map(page => page.length)).toEqual([100, 100, 30])
  const flat = paged.flat()
  expect(new Set(flat.map(it => it.To_Account)).size).toBe(PEERS)
  expect(flat.map(it => it.TopFlag)).toEqual([...Array(110).fill(1), ...Array(120).fill(0)])
  for (const part of [flat.slice(0, 110), flat.slice(110)])
    expect(part.map(it => it.MsgTime)).toEqual(part.map(it => it.MsgTime).sort((x, y) => y - x))

  // Without bit 2 the pinned ones come at once; without bit 0 nothing is pinned.
  expect((await pages('busy', 3)).map(page => page.length)).toEqual([210, 20])
  const plain = (await pages('busy', 6)).flat()
  expect(plain).toHaveLength(PEERS)
  expect(plain.every(it => it.TopFlag === 0)).toBe(true)
  expect(plain[0]?.MsgTime).toBe(1_700_000_000 + Math.floor((PEERS - 1) / 7))
  device.close()
})

test('a deleted conversation is out of the list until the next message, its history stays unless cleared', async () => {
  const [a, b] = pair()
  await send(a, b)
  expect(await remove({ From_Account: b, Type: 1, To_Account: a })).toMatchObject({
    ActionStatus: 'OK',
    ErrorDisplay: '',
  })
  expect(await names(b)).toEqual([])
  expect(await names(a)).toEqual([b])
  const device = await server.connect(b)
  const seen = async () =>
    ((await device.ok('openim/get_roam_msg', { Peer_Account: a, MaxCnt: 20 })).MsgList as object[]).length
  expect(await seen()).toBe(1)
  await send(a, b)
  expect(await names(b)).toEqual([a])
  expect(await device.ok('openim/get_c2c_unread_msg_num')).toMatchObject({ AllC2CUnreadMsgNum: 1 })
  await remove({ From_Account: b, Type: 1, To_Account: a, ClearRamble: 1 })
  expect(await seen()).toBe(0)
  expect(await names(b)).toEqual([])
  device.close()
})

test('older spellings of the deletion work, and each wrong field has its code', async () => {
  const [a, b] = pair()
  await send(a, b)
  expect((await remove({ From_Account: b, type: 1, To_Account: a })).ErrorCode).toBe(0)
  expect(await names(b)).toEqual([])
  const code = async (body: object) => (await remove(body)).ErrorCode
  expect(await code({ From_Account: 'ghost', Type: 1, To_Account: a })).toBe(50001)
  expect(await code({ From_Account: b, Type: 1, To_Account: 'ghost' })).toBe(50001)
  expect(await code({ From_Account: b, Type: 1, To_Account: `x' or '1'='1` })).toBe(50001)
  expect(await code({ Type: 1, To_Account: a })).toBe(50002)
  expect(await code({ From_Account: b, To_Account: a })).toBe(50002)
  expect(await code({ From_Account: b, Type: 3, To_Account: a })).toBe(50002)
  expect(await code({ From_Account: b, Type: 1 })).toBe(50002)
  expect(await code({ From_Account: b, Type: 1, To_Account: a, ClearRamble: 2 })).toBe(50002)
  expect(await code({ From_Account: b, Type: 2 })).toBe(50002)
  expect(await code({ From_Account: b, Type: 2, ToGroupid: '@TGS#1' })).toBe(51007)
  expect(await code({ From_Account: b, type: 2, ToGroupId: '@TGS#1' })).toBe(51007)
  expect(await code({ From_Account: b, Type: 1, To_Account: 'p0' })).toBe(0)
})

test('the list refuses what is not documented', async () => {
  const [a] = pair()
  const code = async (over: object) =>
    (await list({ From_Account: a, ...START, AssistFlags: 63, ...over })).ErrorCode
  expect(await code({ From_Account: 'ghost' })).toBe(50001)
  for (const field of [
    'From_Account',
    'TimeStamp',
    'StartIndex',
    'TopTimeStamp',
    'TopStartIndex',
    'AssistFlags',
  ])
    expect(await code({ [field]: undefined })).toBe(50002)
  expect(await code({ TimeStamp: -1 })).toBe(50002)
  expect(await code({})).toBe(0)
})

test('clearing the history keeps the conversation, as an empty one', async () => {
  const [a, b] = pair()
  await send(a, b)
  const device = await server.connect(b)
  const clear = { Type: 1, To_Account: a, ClearOnly: 1 }
  await device.ok('recentcontact/delete', clear)
  expect((await device.event('conversation')).c).toMatchObject({
    Hidden: 0,
    ClearedSeq: 1,
    UnreadMsgNum: 0,
    LastMsg: null,
  })
  const events = device.events.length
  await device.ok('recentcontact/delete', clear)
  expect(device.events.length).toBe(events)
  expect(await names(b, 63)).toEqual([a])
  expect(await names(b, 63 - 2)).toEqual([])
  device.close()
})

test('a conversation of which only the receiver sees the messages is not in the list of the sender', async () => {
  const [a, b] = pair()
  await send(a, b, { SyncOtherMachine: 2 })
  expect(await names(a)).toEqual([])
  expect(await names(b)).toEqual([a])
  const device = await server.connect(a)
  const { Items } = await device.ok<{ Items: object[] }>('sync/snapshot')
  expect(Items).toMatchObject([{ To_Account: b, Hidden: 1, LastMsg: null, HeadSeq: 1, UnreadMsgNum: 0 }])
  await send(a, b)
  await send(a, b, { SyncOtherMachine: 2 })
  const [item] = (await device.ok<{ Items: object[] }>('sync/snapshot')).Items
  expect(item).toMatchObject({ Hidden: 0, LastMsg: { Seq: 2 } })
  device.close()
})

test('the last message is the newest that may be one and that the owner sees; a recalled one stays', async () => {
  const [a, b] = pair()
  const keys: string[] = []
  for (let n = 0; n < 3; n++) keys.push((await send(a, b)).MsgKey)
  await send(a, b, { SendMsgControl: ['NoLastMsg'] })
  const device = await server.connect(b)
  const last = async () => {
    const { Items } = await device.ok<{ Items: { LastMsg: unknown }[] }>('sync/snapshot')
    return Items[0]?.LastMsg
  }
  expect(await last()).toMatchObject({ Seq: 3, From_Account: a, To_Account: b, MsgFlagBits: 0 })
  await server.ok('openim/admin_msgwithdraw', { From_Account: a, To_Account: b, MsgKey: keys[2] })
  expect(await last()).toMatchObject({ Seq: 3, MsgFlagBits: 8, MsgBody: [] })
  for (const [index, left] of [
    [2, 2],
    [1, 1],
  ] as const) {
    await server.ok('openim/delete_c2c_msg_ramble', {
      Operator_Account: b,
      Peer_Account: a,
      MsgKeyList: [keys[index]],
    })
    expect(await last()).toMatchObject({ Seq: left })
  }
  await server.ok('openim/delete_c2c_msg_ramble', {
    Operator_Account: b,
    Peer_Account: a,
    MsgKeyList: [keys[0]],
  })
  expect(await last()).toBeNull()
  expect(await names(b)).toEqual([a])
  device.close()
})

test('pinning shows a conversation that was never there, unpinning takes it away again', async () => {
  const [a, b] = pair()
  const device = await server.connect(a)
  const other = await server.connect(a)
  await device.ok('recentcontact/pin', { To_Account: b, TopFlag: 1 })
  const pinned = (await other.event('conversation')).c
  expect(pinned).toMatchObject({ To_Account: b, TopFlag: 1, Hidden: 0, HeadSeq: 0, LastMsg: null })
  expect(Math.abs(pinned.TopTime - Date.now())).toBeLessThan(60_000)
  expect((await pages(a)).flat()).toMatchObject([{ To_Account: b, TopFlag: 1 }])
  expect(await names(b)).toEqual([])
  const events = other.events.length
  await device.ok('recentcontact/pin', { To_Account: b, TopFlag: 1 })
  expect(other.events.length).toBe(events)
  await device.ok('recentcontact/pin', { To_Account: b, TopFlag: 0 })
  expect((await other.event('conversation')).c).toMatchObject({ TopFlag: 0, TopTime: 0, Hidden: 1 })
  expect(await names(a)).toEqual([])
  // The first message goes into the same conversation.
  await send(b, a)
  const message = await device.event('message')
  expect(message.m).toMatchObject({ ConvId: pinned.ConvId, Seq: 1 })
  expect(await names(a)).toEqual([b])
  device.close()
  other.close()
})

test('deleting a conversation takes its pin, and pinning a deleted one brings it back for good', async () => {
  const [a, b] = pair()
  await send(a, b)
  const device = await server.connect(a)
  await device.ok('recentcontact/pin', { To_Account: b, TopFlag: 1 })
  await device.ok('recentcontact/delete', { Type: 1, To_Account: b })
  expect(await names(a)).toEqual([])
  await device.ok('recentcontact/pin', { To_Account: b, TopFlag: 1 })
  await device.ok('recentcontact/pin', { To_Account: b, TopFlag: 0 })
  expect(await names(a)).toEqual([b])
  device.close()
})

test('pins are limited, and wrong requests have their codes', async () => {
  const device = await server.connect('busy')
  const pin = async (body: object) => (await device.call('recentcontact/pin', body)).ErrorCode
  for (let n = 0; n < 120; n++) expect(await pin({ To_Account: `p${n}`, TopFlag: 1 })).toBe(0)
  expect(await pin({ To_Account: 'p120', TopFlag: 1 })).toBe(51012)
  expect(await pin({ To_Account: 'p5', TopFlag: 1 })).toBe(0)
  expect(await pin({ To_Account: 'p5', TopFlag: 0 })).toBe(0)
  expect(await pin({ To_Account: 'p120', TopFlag: 1 })).toBe(0)
  expect(await pin({ To_Account: 'ghost', TopFlag: 1 })).toBe(50001)
  expect(await pin({ To_Account: 'p1', TopFlag: 2 })).toBe(50002)
  expect(await pin({ TopFlag: 1 })).toBe(50002)
  expect((await server.rest('recentcontact/pin', { To_Account: 'p1', TopFlag: 1 })).ErrorCode).toBe(60009)
  device.close()
})

test('a deletion is told to no other device at once, unless the app mirrors deletions', async () => {
  const [a, b] = pair()
  await send(a, b)
  const device = await server.connect(b)
  const start = await device.ok<{ LogNo: number; StoreEpoch: string }>('sync/snapshot')
  await device.ok('recentcontact/delete', { Type: 1, To_Account: a })
  await send(a, b)
  await device.event('message')
  expect(device.events.filter(event => event.ev === 'conversation')).toEqual([])
  const resumed = await device.ok('sync/resume', {
    Epoch: start.StoreEpoch,
    LogNo: start.LogNo,
    Marks: [],
  })
  expect(resumed).toMatchObject({
    LogNo: start.LogNo + 1,
    Items: [{ To_Account: a, Hidden: 0, UnreadMsgNum: 1 }],
  })
  device.close()

  const mirrored = await startTestServer({ settings: { 'conv.deleteSync': true } })
  try {
    await mirrored.ok('openim/sendmsg', {
      From_Account: 'alice',
      To_Account: 'bob',
      MsgRandom: 1,
      MsgBody: textBody('hi'),
    })
    const other = await mirrored.connect('bob')
    await mirrored.ok('recentcontact/delete', { From_Account: 'bob', Type: 1, To_Account: 'alice' })
    expect((await other.event('conversation')).c).toMatchObject({ To_Account: 'alice', Hidden: 1 })
    other.close()
  } finally {
    await mirrored.stop()
  }
})

test('discarded messages are not unread, also not after messages are received again', async () => {
  const [a, b] = pair()
  const device = await server.connect(b)
  const answer = await device.ok('recentcontact/set_recv_opt', { To_Account: [a, 'ghost'], RecvOpt: 1 })
  expect(answer.ErrorList).toEqual([{ To_Account: 'ghost', ErrorCode: 50001 }])
  expect((await device.event('conversation')).c).toMatchObject({ To_Account: a, RecvOpt: 1, Hidden: 1 })
  await send(a, b)
  const total = async () => (await device.ok('openim/get_c2c_unread_msg_num')).AllC2CUnreadMsgNum
  expect(await total()).toBe(0)
  await device.ok('recentcontact/set_recv_opt', { To_Account: [a], RecvOpt: 2 })
  expect(await total()).toBe(0)
  await send(a, b)
  expect(await total()).toBe(1)
  const code = async (body: object) => (await device.call('recentcontact/set_recv_opt', body)).ErrorCode
  expect(await code({ To_Account: [a], RecvOpt: 3 })).toBe(50002)
  expect(await code({ To_Account: [], RecvOpt: 1 })).toBe(50002)
  expect(await code({ To_Account: Array(31).fill(a), RecvOpt: 1 })).toBe(50002)
  device.close()
})
