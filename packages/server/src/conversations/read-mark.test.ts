import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RestAnswer, startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer
let users = 0

beforeAll(async () => {
  server = await startTestServer({
    users: Array.from({ length: 60 }, (_, n) => `u${n}`),
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

async function unread(user: string, peer?: string): Promise<unknown> {
  const answer = await server.ok('openim/get_c2c_unread_msg_num', {
    To_Account: user,
    ...(peer && { Peer_Account: [peer] }),
  })
  if (!peer) return answer.AllC2CUnreadMsgNum
  return (answer.C2CUnreadMsgNumList as { C2CUnreadMsgNum: number }[])[0]?.C2CUnreadMsgNum
}

const read = (user: string, peer: string, over: object = {}): Promise<RestAnswer> =>
  server.rest('openim/admin_set_msg_read', { Report_Account: user, Peer_Account: peer, ...over })

test('own messages and messages without unread do not count, and reading brings the count to 0', async () => {
  const [a, b] = pair()
  await send(a, b)
  await send(a, b)
  await send(b, a)
  await send(a, b, { SendMsgControl: ['NoUnread'] })
  expect(await unread(b, a)).toBe(2)
  expect(await unread(b)).toBe(2)
  expect(await unread(a, b)).toBe(1)
  expect(await read(b, a)).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0 })
  expect(await unread(b, a)).toBe(0)
  expect(await unread(b)).toBe(0)
  expect(await unread(a, b)).toBe(1)
  await send(a, b)
  expect(await unread(b, a)).toBe(1)
})

test('recalled and self-deleted messages leave the count, above and below a mark', async () => {
  const [a, b] = pair()
  const first = await send(a, b)
  await send(b, a)
  const third = await send(a, b)
  await send(a, b)
  await server.ok('openim/admin_msgwithdraw', { From_Account: a, To_Account: b, MsgKey: first.MsgKey })
  expect(await unread(b, a)).toBe(2)
  await server.ok('openim/delete_c2c_msg_ramble', {
    Operator_Account: b,
    Peer_Account: a,
    MsgKeyList: [third.MsgKey],
  })
  expect(await unread(b, a)).toBe(1)
  await read(b, a)
  expect(await unread(b, a)).toBe(0)
  const fifth = await send(a, b)
  await server.ok('openim/admin_msgwithdraw', { From_Account: a, To_Account: b, MsgKey: fifth.MsgKey })
  expect(await unread(b, a)).toBe(0)
})

test('the peer learns up to where it was read, on every device, once', async () => {
  const [a, b] = pair()
  const { MsgTime } = await send(a, b)
  await send(a, b)
  const sender = await server.connect(a)
  const reader = await server.connect(b)
  await reader.ok('openim/set_msg_read', { Peer_Account: a, ReadSeq: 1 })
  const own = await reader.event('conversation')
  expect(own.c).toMatchObject({ To_Account: a, ReadSeq: 1, UnreadMsgNum: 1, LogNo: own.LogNo })
  const told = await sender.event('conversation')
  expect(told.c).toMatchObject({ To_Account: b, PeerReadSeq: 1, PeerReadTime: MsgTime, ReadSeq: 0 })

  const before = [sender.events.length, reader.events.length]
  await reader.ok('openim/set_msg_read', { Peer_Account: a, ReadSeq: 1 })
  await reader.ok('openim/set_msg_read', { Peer_Account: a, ReadSeq: 0 })
  expect([sender.events.length, reader.events.length]).toEqual(before)
  await reader.ok('openim/set_msg_read', { Peer_Account: a, ReadSeq: 99 })
  expect((await reader.event('conversation')).c).toMatchObject({ ReadSeq: 2, UnreadMsgNum: 0 })
  expect((await sender.event('conversation')).c).toMatchObject({ PeerReadSeq: 2 })
  sender.close()
  reader.close()
})

test('an admin reads up to a time, given as a number or as a text', async () => {
  const [a, b] = pair()
  for (const MsgTimeStamp of [1_700_000_000, 1_700_000_100, 1_700_000_200])
    await server.ok('openim/importmsg', {
      SyncFromOldSystem: 1,
      From_Account: a,
      To_Account: b,
      MsgSeq: 1,
      MsgRandom: ++random,
      MsgTimeStamp,
      MsgBody: textBody('old'),
    })
  expect(await unread(b, a)).toBe(3)
  await read(b, a, { MsgReadTime: '1700000000' })
  expect(await unread(b, a)).toBe(2)
  await read(b, a, { MsgReadTime: 1_700_000_150 })
  expect(await unread(b, a)).toBe(1)
  await read(b, a, { MsgReadTime: 1_600_000_000 })
  expect(await unread(b, a)).toBe(1)
  await read(b, a)
  expect(await unread(b, a)).toBe(0)
})

test('reading by number inside a talk counts each side right', async () => {
  const [a, b] = pair()
  for (const from of [a, b, a, a, b, a]) await send(from, from === a ? b : a)
  const reader = await server.connect(b)
  const expected = [4, 3, 3, 2, 1, 1, 0]
  for (const [seq, left] of expected.entries()) {
    await reader.ok('openim/set_msg_read', { Peer_Account: a, ReadSeq: seq })
    expect(await unread(b, a)).toBe(left)
  }
  expect(await unread(a, b)).toBe(2)
  reader.close()
})

test('messages to oneself are never unread and can be read', async () => {
  const [a] = pair()
  await send(a, a)
  expect(await unread(a)).toBe(0)
  const device = await server.connect(a)
  await device.ok('openim/set_msg_read', { Peer_Account: a })
  expect((await device.event('conversation')).c).toMatchObject({ ReadSeq: 1, PeerReadSeq: 1 })
  device.close()
})

test('a wrong or unknown account has its documented code', async () => {
  const [a, b] = pair()
  expect((await read('ghost', b)).ErrorCode).toBe(90008)
  expect((await read(a, 'ghost')).ErrorCode).toBe(90003)
  expect((await server.rest('openim/admin_set_msg_read', { Peer_Account: b })).ErrorCode).toBe(90008)
  expect((await server.rest('openim/admin_set_msg_read', { Report_Account: a })).ErrorCode).toBe(90003)
  expect((await read(a, b, { MsgReadTime: 'now' })).ErrorCode).toBe(90001)
  expect((await read(a, b, { MsgReadTime: -1 })).ErrorCode).toBe(90001)
  expect((await server.rest('openim/admin_set_msg_read', '[')).ErrorCode).toBe(90001)
  expect((await read(a, `' or 1=1 --`)).ErrorCode).toBe(90003)
  expect((await read(a, b)).ErrorCode).toBe(0)
  expect((await server.rest('openim/set_msg_read', { Peer_Account: b })).ErrorCode).toBe(60009)

  const device = await server.connect(a)
  expect((await device.call('openim/set_msg_read', { Peer_Account: 'ghost' })).ErrorCode).toBe(20003)
  expect((await device.call('openim/set_msg_read', {})).ErrorCode).toBe(90003)
  expect((await device.call('openim/set_msg_read', { Peer_Account: b, ReadSeq: -1 })).ErrorCode).toBe(90001)
  expect((await device.call('openim/set_msg_read', { Peer_Account: b })).ErrorCode).toBe(0)
  const spoof = { Peer_Account: b, Report_Account: 'u1', From_Account: 'u1' }
  expect((await device.call('openim/set_msg_read', spoof)).ErrorCode).toBe(0)
  expect((await device.call('openim/admin_set_msg_read', spoof)).ErrorCode).toBe(60009)
  device.close()
})

test('unread counts are told by peer, with unknown ones in a list of their own', async () => {
  const [a, b] = pair()
  await send(a, b)
  const count = (body: object) => server.rest('openim/get_c2c_unread_msg_num', body)
  expect(await count({ To_Account: b, Peer_Account: [a, 'ghost', b] })).toMatchObject({
    ActionStatus: 'OK',
    ErrorCode: 0,
    C2CUnreadMsgNumList: [
      { Peer_Account: a, C2CUnreadMsgNum: 1 },
      { Peer_Account: b, C2CUnreadMsgNum: 0 },
    ],
    ErrorList: [{ Peer_Account: 'ghost', ErrorCode: 70107 }],
  })
  expect(await count({ To_Account: b, Peer_Account: ['ghost'] })).toMatchObject({
    ActionStatus: 'FAIL',
    ErrorCode: 70107,
    ErrorList: [{ Peer_Account: 'ghost', ErrorCode: 70107 }],
  })
  expect((await count({ To_Account: b })).AllC2CUnreadMsgNum).toBe(1)
  expect((await count({ To_Account: b, Peer_Account: [] })).AllC2CUnreadMsgNum).toBe(1)
  expect((await count({ To_Account: 'ghost' })).ErrorCode).toBe(90003)
  expect((await count({})).ErrorCode).toBe(90003)
  expect((await count({ To_Account: b, Peer_Account: Array(11).fill(a) })).ErrorCode).toBe(90001)
  expect((await count({ To_Account: b, Peer_Account: [7] })).ErrorCode).toBe(90001)

  const device = await server.connect(b)
  expect(await device.ok('openim/get_c2c_unread_msg_num')).toMatchObject({ AllC2CUnreadMsgNum: 1 })
  const foreign = await device.ok('openim/get_c2c_unread_msg_num', { To_Account: a, Peer_Account: [a] })
  expect(foreign.C2CUnreadMsgNumList).toEqual([{ Peer_Account: a, C2CUnreadMsgNum: 1 }])
  device.close()
})

test('the conversation with a deleted account can still be read, until its name talks again', async () => {
  const [a, b] = pair()
  await send(a, b)
  await server.ok('im_open_login_svc/account_delete', { DeleteItem: [{ UserID: a }] })
  expect(await unread(b)).toBe(1)
  await server.ok('im_open_login_svc/account_import', { UserID: a })
  expect(await unread(b, a)).toBe(1)
  await send(a, b)
  await send(a, b)
  // The new conversation takes the name; the old one is out of reach and out of the total.
  expect(await unread(b, a)).toBe(2)
  expect(await unread(b)).toBe(2)
  await read(b, a)
  expect(await unread(b)).toBe(0)
})
