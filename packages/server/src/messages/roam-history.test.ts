import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { WireMessage } from '@rookery/protocol/wire'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    users: ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'],
    settings: { 'history.days': 30 },
  })
})

afterAll(() => server.stop())

const now = Math.floor(Date.now() / 1000)
const whole = { MaxCnt: 100, MinTime: 0, MaxTime: 4294967295 }

interface Item {
  readonly From_Account: string
  readonly MsgKey: string
  readonly MsgTimeStamp: number
  readonly MsgFlagBits: number
  readonly IsPeerRead: number
  readonly MsgBody: unknown
}
interface Page {
  readonly Complete: number
  readonly MsgCnt: number
  readonly LastMsgTime: number
  readonly LastMsgKey: string
  readonly MsgList: readonly Item[]
}

const roam = (owner: string, peer: string, over: object = {}) =>
  server.ok<Page>('openim/admin_getroammsg', {
    Operator_Account: owner,
    Peer_Account: peer,
    ...whole,
    ...over,
  })
const roamCode = async (over: object) =>
  (
    await server.rest('openim/admin_getroammsg', {
      Operator_Account: 'bob',
      Peer_Account: 'alice',
      ...whole,
      ...over,
    })
  ).ErrorCode

/** Imports one message of `from` at a second; its number in the conversation is the order of the calls. */
async function at(from: string, to: string, time: number, text: string, random: number): Promise<void> {
  await server.ok('openim/importmsg', {
    SyncFromOldSystem: 2,
    From_Account: from,
    To_Account: to,
    MsgSeq: 1,
    MsgRandom: random,
    MsgTimeStamp: time,
    MsgBody: textBody(text),
  })
}

const texts = (list: readonly { MsgBody: unknown }[]) =>
  list.map(item => (item.MsgBody as { MsgContent: { Text: string } }[])[0]?.MsgContent.Text)

test('pages go from newest to oldest, each oldest first, several messages of one second included', async () => {
  for (let n = 0; n < 10; n++) {
    const [from, to] = n % 2 ? ['alice', 'bob'] : ['bob', 'alice']
    await at(from as string, to as string, now - 100 + Math.floor(n / 4), `m${n}`, n)
  }
  const seen: (string | undefined)[][] = []
  let page = await roam('bob', 'alice', { MaxCnt: 3 })
  for (;;) {
    expect(page.MsgCnt).toBe(page.MsgList.length)
    expect(page.LastMsgKey).toBe(page.MsgList[0]?.MsgKey as string)
    expect(page.LastMsgTime).toBe(page.MsgList[0]?.MsgTimeStamp as number)
    seen.unshift(texts(page.MsgList))
    if (page.Complete === 1) break
    page = await roam('bob', 'alice', {
      MaxCnt: 3,
      MaxTime: page.LastMsgTime,
      LastMsgKey: page.LastMsgKey,
    })
  }
  expect(seen.map(list => list.length)).toEqual([1, 3, 3, 3])
  expect(seen.flat()).toEqual(Array.from({ length: 10 }, (_, n) => `m${n}`))
})

test('the range is inclusive on both ends, and older spellings of the accounts and numbers as text work', async () => {
  const page = await server.ok<Page>('openim/admin_getroammsg', {
    From_Account: 'bob',
    To_Account: 'alice',
    MaxCnt: '100',
    MinTime: String(now - 99),
    MaxTime: now - 99,
  })
  expect(texts(page.MsgList)).toEqual(['m4', 'm5', 'm6', 'm7'])
})

test('each side has its own view: a send with SyncOtherMachine 2 is not in the sender`s', async () => {
  await server.ok('openim/sendmsg', {
    From_Account: 'alice',
    To_Account: 'carol',
    SyncOtherMachine: 2,
    MsgRandom: 1,
    MsgBody: textBody('one-sided'),
  })
  expect((await roam('alice', 'carol')).MsgCnt).toBe(0)
  expect((await roam('carol', 'alice')).MsgCnt).toBe(1)
})

test('a recalled message stays in the list with flag 8 and without its content', async () => {
  const sent = await server.ok('openim/sendmsg', {
    From_Account: 'carol',
    To_Account: 'bob',
    MsgRandom: 2,
    MsgBody: textBody('oops'),
    CloudCustomData: 'secret',
  })
  await server.ok('openim/admin_msgwithdraw', {
    From_Account: 'carol',
    To_Account: 'bob',
    MsgKey: sent.MsgKey,
  })
  expect((await roam('bob', 'carol')).MsgList).toEqual([
    expect.objectContaining({
      From_Account: 'carol',
      MsgKey: sent.MsgKey,
      MsgFlagBits: 8,
      IsPeerRead: 0,
      IsNeedReadReceipt: 0,
      SupportMessageExtension: 0,
      MsgVersion: 0,
      MsgBody: [],
      CloudCustomData: '',
    }),
  ])
})

test('a page ends at about 13 KB, though more messages were asked for', async () => {
  for (let n = 0; n < 5; n++) await at('dave', 'erin', now - 50, 'x'.repeat(5000), n)
  const first = await roam('erin', 'dave')
  expect(first).toMatchObject({ Complete: 0, MsgCnt: 2 })
  const second = await roam('erin', 'dave', { MaxTime: first.LastMsgTime, LastMsgKey: first.LastMsgKey })
  expect(second).toMatchObject({ Complete: 0, MsgCnt: 2 })
  const third = await roam('erin', 'dave', { MaxTime: second.LastMsgTime, LastMsgKey: second.LastMsgKey })
  expect(third).toMatchObject({ Complete: 1, MsgCnt: 1 })
})

test('a MaxCnt above what a page can hold is accepted, and paging reaches every message', async () => {
  for (let n = 0; n < 60; n++) await at('dave', 'frank', now - 500 + n, 'm', n)
  let page = await roam('dave', 'frank', { MaxCnt: 4294967295 })
  let count = page.MsgCnt
  while (page.Complete === 0) {
    page = await roam('dave', 'frank', { MaxTime: page.LastMsgTime, LastMsgKey: page.LastMsgKey })
    count += page.MsgCnt
  }
  expect(count).toBe(60)
})

test('messages older than history.days are not shown, in history, pull or by key', async () => {
  await at('erin', 'frank', now - 31 * 86_400, 'gone', 1)
  await at('erin', 'frank', now - 29 * 86_400, 'there', 2)
  expect(texts((await roam('frank', 'erin')).MsgList)).toEqual(['there'])
  const frank = await server.connect('frank')
  const { MsgList } = await frank.ok<{ MsgList: WireMessage[] }>('openim/get_roam_msg', {
    Peer_Account: 'erin',
    MaxCnt: 10,
  })
  expect(texts(MsgList)).toEqual(['there'])
  const pulled = await frank.ok<{ Messages: WireMessage[]; CoverSeq: number }>('sync/pull', {
    To_Account: 'erin',
    ConvId: MsgList[0]?.ConvId,
    AfterSeq: 0,
    AfterChangeNo: 0,
    Limit: 100,
  })
  expect(texts(pulled.Messages)).toEqual(['there'])
  expect(pulled.CoverSeq).toBe(2)
  expect(
    await server.rest('openim/admin_msgwithdraw', {
      From_Account: 'erin',
      To_Account: 'frank',
      MsgKey: `1_1_${now - 31 * 86_400}`,
    }),
  ).toMatchObject({ ErrorCode: 20022 })
  frank.close()
})

test('an admin`s reading is on record with who read whose history, an empty answer is not', async () => {
  const rows = () =>
    server.running.services.store.read
      .selectFrom('audit')
      .select(['actor', 'action', 'target', 'detail'])
      .orderBy('no', 'desc')
      .execute()
  const before = (await rows()).length
  await roam('erin', 'dave', { MaxCnt: 1 })
  await roam('erin', 'dave', { MaxTime: 5 })
  const after = await rows()
  expect(after).toHaveLength(before + 1)
  expect(after[0]).toMatchObject({ actor: 'rest:administrator', action: 'history/read', target: 'erin' })
  expect(JSON.parse(after[0]?.detail ?? '')).toMatchObject({ peer: 'dave', messages: 1 })
})

test('wrong requests have their codes', async () => {
  expect(await roamCode({ Operator_Account: undefined })).toBe(90008)
  expect(await roamCode({ Operator_Account: "' or ''='" })).toBe(90008)
  expect(await roamCode({ Peer_Account: 'ghost' })).toBe(90003)
  expect(await roamCode({ Peer_Account: 1 })).toBe(90003)
  expect(await roamCode({ MaxCnt: undefined })).toBe(90001)
  expect(await roamCode({ MaxCnt: 0 })).toBe(90001)
  expect(await roamCode({ MinTime: undefined })).toBe(90001)
  expect(await roamCode({ LastMsgKey: '1_2' })).toBe(90054)
  expect(await roamCode({ LastMsgKey: null })).toBe(0)
})

test('the SDK pages older and newer from an anchor, with and without the anchor itself', async () => {
  const bob = await server.connect('bob')
  const page = async (over: object) => {
    const answer = await bob.ok<{ MsgList: WireMessage[]; Complete: number }>('openim/get_roam_msg', {
      Peer_Account: 'alice',
      MaxCnt: 3,
      ...over,
    })
    return { texts: texts(answer.MsgList), complete: answer.Complete, list: answer.MsgList }
  }
  const newest = await page({})
  expect(newest).toMatchObject({ texts: ['m7', 'm8', 'm9'], complete: 0 })
  const first = newest.list[0] as WireMessage
  const Anchor = { MsgTimeStamp: first.MsgTimeStamp, Seq: first.Seq }
  expect((await page({ Anchor })).texts).toEqual(['m4', 'm5', 'm6'])
  expect((await page({ Anchor, Inclusive: 1 })).texts).toEqual(['m5', 'm6', 'm7'])
  expect(await page({ Anchor, Direction: 1 })).toMatchObject({ texts: ['m8', 'm9'], complete: 1 })
  expect((await page({ Anchor, Direction: 1, Inclusive: 1 })).texts).toEqual(['m7', 'm8', 'm9'])
  const second = { MsgTimeStamp: now - 99 }
  expect((await page({ Anchor: second })).texts).toEqual(['m1', 'm2', 'm3'])
  expect((await page({ Anchor: second, Inclusive: 1 })).texts).toEqual(['m5', 'm6', 'm7'])
  expect((await page({ Anchor: second, Direction: 1 })).texts).toEqual(['m8', 'm9'])
  expect((await page({ Anchor: second, Direction: 1, Inclusive: 1 })).texts).toEqual(['m4', 'm5', 'm6'])
  expect((await page({ Direction: 1 })).texts).toEqual(['m0', 'm1', 'm2'])
  bob.close()
})

test('after clearing, pages hold what came later only, few or many, in both directions', async () => {
  for (let n = 0; n < 6; n++) await at('alice', 'erin', now - 60 + n, `c${n}`, n)
  const erin = await server.connect('erin')
  const clear = (seq: number, head: number) =>
    server.edit(async run => {
      const [newest] = await run<{ conv: number }>('select max(conv_id) as conv from conversation')
      const conv = newest?.conv ?? 0
      await run(
        'update user_conversation set cleared_seq = ? where conv_id = ? and account_id = 6',
        seq,
        conv,
      )
      await run('update conversation set head_seq = ? where conv_id = ?', head, conv)
    })
  for (const head of [6, 5000]) {
    await clear(2, head)
    const ask = (over: object) =>
      erin.ok<{ MsgList: WireMessage[]; Complete: number }>('openim/get_roam_msg', {
        Peer_Account: 'alice',
        MaxCnt: 3,
        ...over,
      })
    const newest = await ask({})
    expect(texts(newest.MsgList)).toEqual(['c3', 'c4', 'c5'])
    const older = await ask({ Anchor: { MsgTimeStamp: now - 57, Seq: 4 } })
    expect([texts(older.MsgList), older.Complete]).toEqual([['c2'], 1])
    expect(texts((await ask({ Direction: 1 })).MsgList)).toEqual(['c2', 'c3', 'c4'])
  }
  erin.close()
})

test('the SDK reads nothing of a peer it never talked to, and is told when the peer does not exist', async () => {
  const frank = await server.connect('frank')
  const ask = (Peer_Account: string) => frank.call('openim/get_roam_msg', { Peer_Account, MaxCnt: 5 })
  expect(await ask('bob')).toMatchObject({ ErrorCode: 0, MsgList: [], Complete: 1 })
  expect(await ask('ghost')).toMatchObject({ ErrorCode: 20003 })
  frank.close()
})
