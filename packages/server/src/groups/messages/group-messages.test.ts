import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { WireConversation, WireMessage } from '@rookery/protocol/wire'
import { type Device, startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'

let server: TestServer
let alice: Device
let bob: Device
let carl: Device
let random = 0

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carl', 'dora'] })
  ;[alice, bob, carl] = await Promise.all([
    server.connect('alice'),
    server.connect('bob'),
    server.connect('carl'),
  ])
})

afterAll(() => server.stop())

/** Alice's, with bob in it. */
async function newGroup(more: object = {}): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Owner_Account: 'alice',
    Type: 'Public',
    Name: 'talk',
    MemberList: [{ Member_Account: 'bob' }],
    ...more,
  })
  return GroupId
}

interface Sent {
  readonly MsgSeq: number
  readonly MsgTime: number
  readonly MsgDropReason?: string
  readonly Duplicate?: 1
}

/** Over REST as somebody. */
const say = (GroupId: string, From_Account: string, text: string, more: object = {}): Promise<Sent> =>
  server.ok<Sent>(`${G}/send_group_msg`, {
    GroupId,
    From_Account,
    Random: ++random,
    MsgBody: textBody(text),
    ...more,
  })

/** Over the socket. */
async function write(
  device: Device,
  GroupId: string,
  text: string,
  more: object = {},
): Promise<Sent & { readonly ErrorCode: number }> {
  const answer: unknown = await device.call(`${G}/send_group_msg`, {
    GroupId,
    Random: ++random,
    MsgClientTime: 1_700_000_000,
    MsgBody: textBody(text),
    ...more,
  })
  return answer as Sent & { readonly ErrorCode: number }
}

async function item(device: Device, GroupId: string): Promise<WireConversation> {
  const { Items } = await device.ok<{ Items: WireConversation[] }>('sync/snapshot')
  const found = Items.find(it => it.Group?.GroupId === GroupId)
  if (!found) throw new Error(`${GroupId} is not in the list`)
  return found
}

async function history(device: Device, GroupId: string, more: object = {}): Promise<WireMessage[]> {
  const { MsgList } = await device.ok<{ MsgList: WireMessage[] }>('group/get_messages', {
    GroupId,
    MaxCnt: 100,
    ...more,
  })
  return MsgList
}

const textOf = (m: WireMessage | null): unknown => m?.MsgBody[0]?.MsgContent.Text

describe('sending', () => {
  test('numbers messages and stored tips of a group densely, whichever door they come through', async () => {
    const GroupId = await newGroup()
    const numbers = [
      (await say(GroupId, 'alice', 'a')).MsgSeq,
      (await write(bob, GroupId, 'b')).MsgSeq,
      (await say(GroupId, 'dora', 'from outside')).MsgSeq,
    ]
    // 1 is the tip of bob's joining.
    expect(numbers).toEqual([2, 3, 4])
    const list = await history(alice, GroupId)
    expect(list.map(m => [m.Seq, m.From_Account])).toEqual([
      [1, '@TIM#SYSTEM'],
      [2, 'alice'],
      [3, 'bob'],
      [4, 'dora'],
    ])
    expect(list[2]).toMatchObject({ GroupId, To_Account: '', MsgSeq: 3, MsgPriority: 'Normal' })
  })

  test('answers a repeated request with its first result, and another content under the same key with an error', async () => {
    const GroupId = await newGroup()
    const first = await say(GroupId, 'alice', 'once', { Random: 77 })
    expect(await say(GroupId, 'alice', 'once', { Random: 77 })).toMatchObject({
      MsgSeq: first.MsgSeq,
      MsgTime: first.MsgTime,
    })
    expect((await say(GroupId, 'alice', 'other', { Random: 77 })).MsgSeq).toBe(first.MsgSeq + 1)
    const sent = await write(bob, GroupId, 'mine', { Random: 5 })
    expect(await write(bob, GroupId, 'mine', { Random: 5 })).toMatchObject({
      MsgSeq: sent.MsgSeq,
      Duplicate: 1,
    })
    expect((await write(bob, GroupId, 'changed', { Random: 5 })).ErrorCode).toBe(10004)
  })

  test('refuses non-members over the socket, the muted, and everybody but owner and admins while all are muted', async () => {
    const GroupId = await newGroup()
    expect((await write(carl, GroupId, 'let me')).ErrorCode).toBe(10007)
    await server.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['bob'], MuteTime: 60 })
    expect((await write(bob, GroupId, 'muted')).ErrorCode).toBe(10017)
    const rest = { GroupId, From_Account: 'bob', Random: 1, MsgBody: textBody('x') }
    expect((await server.rest(`${G}/send_group_msg`, rest)).ErrorCode).toBe(10017)
    await server.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['bob'], MuteTime: 0 })
    expect((await write(bob, GroupId, 'again')).ErrorCode).toBe(0)
    await server.ok(`${G}/modify_group_base_info`, { GroupId, MuteAllMember: 'On' })
    expect((await write(bob, GroupId, 'all muted')).ErrorCode).toBe(10017)
    expect((await write(alice, GroupId, 'the owner')).ErrorCode).toBe(0)
  })

  test('refuses what is no message, an unknown sender and a group that there is not', async () => {
    const GroupId = await newGroup()
    const send = async (more: object) =>
      (
        await server.rest(`${G}/send_group_msg`, {
          GroupId,
          From_Account: 'alice',
          Random: ++random,
          MsgBody: textBody('x'),
          ...more,
        })
      ).ErrorCode
    expect(await send({ From_Account: 'nobody' })).toBe(10019)
    expect(await send({ GroupId: '@TGS#none' })).toBe(10010)
    expect(await send({ MsgBody: [] })).toBe(90002)
    expect(await send({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: {} }] })).toBe(90010)
    expect(await send({ MsgBody: textBody('x'.repeat(20_000)) })).toBe(80002)
    expect(await send({ Random: undefined })).toBe(10004)
    expect(await send({ MsgPriority: 'high' })).toBe(10004)
    expect(await send({ GroupAtInfo: Array.from({ length: 31 }, () => ({ GroupAtAllFlag: 1 })) })).toBe(10053)
    expect(await send({ To_Account: ['carl'] })).toBe(10004)
    expect(await send({ To_Account: ['nobody'] })).toBe(10019)
  })

  test('shows a directed message to its receivers and its sender only, and counts it for nobody', async () => {
    const GroupId = await newGroup({
      MemberList: [{ Member_Account: 'bob' }, { Member_Account: 'carl' }],
    })
    await say(GroupId, 'alice', 'for all')
    await say(GroupId, 'alice', 'for bob', { To_Account: ['bob'] })
    const seen = async (device: Device) => (await history(device, GroupId)).map(textOf)
    expect(await seen(bob)).toContain('for bob')
    expect(await seen(alice)).toContain('for bob')
    expect(await seen(carl)).not.toContain('for bob')
    expect((await history(bob, GroupId)).at(-1)?.To_Accounts).toEqual(['bob'])
    const [ofBob, ofCarl] = [await item(bob, GroupId), await item(carl, GroupId)]
    expect([ofBob.UnreadMsgNum, textOf(ofBob.LastMsg)]).toEqual([1, 'for bob'])
    expect([ofCarl.UnreadMsgNum, textOf(ofCarl.LastMsg)]).toEqual([1, 'for all'])
    expect(ofCarl.HeadSeq).toBe(ofBob.HeadSeq)
  })

  test('tells every member of a message and its changes at once, who is not meant only of its number', async () => {
    const GroupId = await newGroup({ MemberList: [{ Member_Account: 'bob' }, { Member_Account: 'carl' }] })
    const { MsgSeq } = await say(GroupId, 'alice', 'live')
    const directed = await say(GroupId, 'alice', 'for bob', { To_Account: ['bob'] })
    await server.ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq }] })
    const { ConvId } = await item(bob, GroupId)
    for (const device of [bob, carl]) await device.event('change', it => it.m.ConvId === ConvId)
    const told = (device: Device) =>
      device.events.flatMap(it => {
        if (it.ev === 'message' && it.m.ConvId === ConvId && it.m.From_Account === 'alice')
          return [`message ${it.m.Seq}`]
        if (it.ev === 'change' && it.m.ConvId === ConvId) return [`${it.kind} ${it.m.Seq}`]
        return it.ev === 'cover' && it.ConvId === ConvId && it.Seq !== undefined ? [`cover ${it.Seq}`] : []
      })
    const last = directed.MsgSeq
    expect(told(carl)).toEqual([`message ${MsgSeq}`, `cover ${last}`, `recall ${MsgSeq}`])
    expect(told(bob).filter(it => it !== `cover ${last}`)).toEqual([
      `message ${MsgSeq}`,
      `message ${last}`,
      `recall ${MsgSeq}`,
    ])
  })

  test('an online-only message takes no number', async () => {
    const GroupId = await newGroup()
    const before = (await item(bob, GroupId)).HeadSeq
    expect((await say(GroupId, 'alice', 'now', { MsgOnlineOnlyFlag: 1 })).MsgSeq).toBe(0)
    expect((await item(bob, GroupId)).HeadSeq).toBe(before)
  })

  test('lists the mentions above the read mark', async () => {
    const GroupId = await newGroup()
    const me = await say(GroupId, 'alice', '@bob', {
      GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: 'bob' }],
    })
    const all = await say(GroupId, 'alice', '@all', { GroupAtInfo: [{ GroupAtAllFlag: 1 }] })
    const list = [
      { Seq: me.MsgSeq, AtType: 1 as const, From_Account: 'alice' },
      { Seq: all.MsgSeq, AtType: 2 as const, From_Account: 'alice' },
    ]
    expect((await item(bob, GroupId)).Group?.AtList).toEqual(list)
    expect((await item(alice, GroupId)).Group?.AtList).toEqual([])
    await bob.ok('group/set_read', { GroupId, ReadSeq: me.MsgSeq })
    expect((await item(bob, GroupId)).Group?.AtList).toEqual(list.slice(1))
  })

  test('a work group shows itself to its members with its first message', async () => {
    const GroupId = await newGroup({ Type: 'Private' })
    await expect(item(bob, GroupId)).rejects.toThrow('not in the list')
    await write(alice, GroupId, 'begin')
    expect(textOf((await item(bob, GroupId)).LastMsg)).toBe('begin')
  })

  test('over the limit of a second drops what is less important and answers success', async () => {
    await using limited = await startTestServer({
      users: ['alice'],
      settings: { 'rate.groupMsgPerSec': 2 },
    })
    const { GroupId } = await limited.ok<{ GroupId: string }>(`${G}/create_group`, {
      Owner_Account: 'alice',
      Type: 'Public',
      Name: 'busy',
    })
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        limited.ok<Sent>(`${G}/send_group_msg`, {
          GroupId,
          From_Account: 'alice',
          Random: n,
          MsgBody: textBody('x'),
          MsgPriority: 'Low',
        }),
      ),
    )
    const stored = answers.filter(it => it.MsgDropReason === undefined).map(it => it.MsgSeq)
    const dropped = answers.filter(it => it.MsgDropReason !== undefined)
    expect(dropped.every(it => it.MsgSeq === 0)).toBe(true)
    expect(dropped.length).toBeGreaterThan(0)
    expect(stored.sort((a, b) => a - b)).toEqual(stored.map((_, index) => index + 1))
  })
})

describe('reading', () => {
  test('counts what others wrote since the mark, and nothing of it once it is read or recalled', async () => {
    const GroupId = await newGroup()
    const first = await say(GroupId, 'alice', '1')
    await write(bob, GroupId, 'own')
    await say(GroupId, 'alice', 'quiet', { SendMsgControl: ['NoUnread'] })
    const last = await say(GroupId, 'dora', '2')
    expect((await item(bob, GroupId)).UnreadMsgNum).toBe(2)
    await bob.ok('group/set_read', { GroupId, ReadSeq: first.MsgSeq })
    expect(await item(bob, GroupId)).toMatchObject({ UnreadMsgNum: 1, ReadSeq: first.MsgSeq })
    await server.ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq: last.MsgSeq }] })
    expect((await item(bob, GroupId)).UnreadMsgNum).toBe(0)
    await server.ok(`${G}/set_unread_msg_num`, { GroupId, Member_Account: 'bob', UnreadMsgNum: 2 })
    expect((await item(bob, GroupId)).ReadSeq).toBeLessThan(last.MsgSeq)
    await bob.ok('group/set_read', { GroupId })
    expect(await item(bob, GroupId)).toMatchObject({ UnreadMsgNum: 0, ReadSeq: last.MsgSeq })
    expect((await carl.call('group/set_read', { GroupId })).ErrorCode).toBe(10007)
  })

  test('a meeting counts nothing as unread', async () => {
    const GroupId = await newGroup({ Type: 'ChatRoom' })
    await say(GroupId, 'alice', 'x')
    expect(await item(bob, GroupId)).toMatchObject({ UnreadMsgNum: 0, Group: { NoUnread: 1 } })
  })

  test('a new member sees what is written from then on, and who left what was written until then', async () => {
    const GroupId = await newGroup()
    await say(GroupId, 'alice', 'before')
    await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'carl' }] })
    await say(GroupId, 'alice', 'during')
    expect((await history(carl, GroupId)).map(textOf)).toEqual([undefined, 'during'])
    expect((await item(carl, GroupId)).UnreadMsgNum).toBe(1)
    await server.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account: ['carl'] })
    const left = await item(carl, GroupId)
    await say(GroupId, 'alice', 'after')
    expect(await item(carl, GroupId)).toEqual(left)
    expect(left).toMatchObject({ UnreadMsgNum: 1, Group: { Member: 0 } })
    expect((await carl.call('group/get_messages', { GroupId, MaxCnt: 10 })).ErrorCode).toBe(10007)
    const pulled = await carl.ok<{ Messages: WireMessage[]; CoverSeq: number }>('sync/pull', {
      GroupId,
      ConvId: left.ConvId,
      AfterSeq: 0,
      AfterChangeNo: 0,
      Limit: 100,
    })
    expect(pulled.Messages.map(textOf)).toEqual([undefined, 'during'])
    expect(pulled.CoverSeq).toBe(left.HeadSeq)
  })

  test('pages through what a member sees, in both directions', async () => {
    const GroupId = await newGroup()
    for (let n = 2; n <= 8; n++) await say(GroupId, 'alice', `m${n}`)
    await bob.ok('group/delete_messages', { GroupId, MsgSeqList: [7] })
    const page = (more: object) =>
      bob.ok<{ MsgList: WireMessage[]; Complete: number }>('group/get_messages', {
        GroupId,
        MaxCnt: 3,
        ...more,
      })
    const seqs = ({ MsgList, Complete }: { MsgList: WireMessage[]; Complete: number }) => [
      MsgList.map(m => m.Seq),
      Complete,
    ]
    expect(seqs(await page({}))).toEqual([[5, 6, 8], 0])
    expect(seqs(await page({ Anchor: { MsgSeq: 5 } }))).toEqual([[2, 3, 4], 0])
    expect(seqs(await page({ Anchor: { MsgSeq: 2 } }))).toEqual([[1], 1])
    expect(seqs(await page({ Anchor: { MsgSeq: 5 }, Direction: 1 }))).toEqual([[6, 8], 1])
    expect(seqs(await page({ Anchor: { MsgSeq: 5 }, Direction: 1, Inclusive: 1 }))).toEqual([[5, 6, 8], 1])
    expect((await bob.call('group/delete_messages', { GroupId, MsgSeqList: [99] })).ErrorCode).toBe(10052)
  })

  test('REST reads everything, newest first, recalled ones in their place when asked for', async () => {
    const GroupId = await newGroup()
    for (const text of ['a', 'b', 'c']) await say(GroupId, 'alice', text, { MsgPriority: 'Low' })
    await server.ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq: 3 }] })
    const read = (more: object) =>
      server.ok<{ RspMsgList: Record<string, unknown>[]; IsFinished: number }>(`${G}/group_msg_get_simple`, {
        GroupId,
        ReqMsgNumber: 20,
        ...more,
      })
    expect((await read({})).RspMsgList.map(it => it.MsgSeq)).toEqual([4, 2, 1])
    const { RspMsgList, IsFinished } = await read({ WithRecalledMsg: 1, ReqMsgSeq: 3 })
    expect(IsFinished).toBe(1)
    expect(RspMsgList).toMatchObject([
      { MsgSeq: 3, IsPlaceMsg: 2, From_Account: '', MsgBody: [] },
      { MsgSeq: 2, IsPlaceMsg: 0, From_Account: 'alice', MsgPriority: 3 },
      { MsgSeq: 1, IsSystemMsg: 1, From_Account: '@TIM#SYSTEM' },
    ])
    expect((await server.rest(`${G}/group_msg_get_simple`, { GroupId, ReqMsgNumber: 21 })).ErrorCode).toBe(
      10004,
    )
  })
})

describe('changing', () => {
  test('users recall their own, owner and admins those of lower ranks, nobody tips', async () => {
    const GroupId = await newGroup()
    const own = await write(bob, GroupId, 'mine')
    const other = await write(alice, GroupId, "the owner's")
    const list = [own, other, { MsgSeq: 1 }, { MsgSeq: 99 }].map(({ MsgSeq }) => ({ MsgSeq }))
    const recall = (device: Device) =>
      device.ok<{ RecallRetList: { RetCode: number }[] }>(`${G}/group_msg_recall`, {
        GroupId,
        MsgSeqList: list,
        Reason: 'oops',
      })
    expect((await recall(bob)).RecallRetList.map(it => it.RetCode)).toEqual([0, 10032, 10032, 10030])
    expect((await recall(alice)).RecallRetList.map(it => it.RetCode)).toEqual([0, 0, 10032, 10030])
    expect((await history(bob, GroupId)).slice(1)).toMatchObject([
      { MsgFlagBits: 8, MsgBody: [], Revoker_Account: 'bob', RevokeReason: 'oops' },
      { MsgFlagBits: 8, Revoker_Account: 'alice' },
    ])
    expect((await carl.call(`${G}/group_msg_recall`, { GroupId, MsgSeqList: list })).ErrorCode).toBe(10007)
    const eleven = Array.from({ length: 11 }, () => ({ MsgSeq: 1 }))
    expect((await server.rest(`${G}/group_msg_recall`, { GroupId, MsgSeqList: eleven })).ErrorCode).toBe(
      10004,
    )
  })

  test('an edit needs the present version over the socket and wins over REST', async () => {
    const GroupId = await newGroup()
    const { MsgSeq } = await write(bob, GroupId, 'first')
    const edit = (device: Device, MsgVersion: number) =>
      device.call('openim/modify_group_msg', { GroupId, MsgSeq, MsgVersion, MsgBody: textBody('second') })
    expect((await edit(bob, 0)).ErrorCode).toBe(0)
    expect((await edit(bob, 0)).ErrorCode).toBe(2480)
    expect((await edit(carl, 1)).ErrorCode).toBe(10007)
    await server.ok('openim/modify_group_msg', { GroupId, MsgSeq, CloudCustomData: 'data' })
    expect((await history(alice, GroupId)).at(-1)).toMatchObject({
      MsgVersion: 2,
      CloudCustomData: 'data',
      MsgBody: textBody('second'),
    })
    const missing = { GroupId, MsgSeq: 99, CloudCustomData: 'x' }
    expect((await server.rest('openim/modify_group_msg', missing)).ErrorCode).toBe(20028)
  })

  test('deleting what a sender wrote recalls it quietly', async () => {
    const GroupId = await newGroup()
    await say(GroupId, 'bob', 'a')
    await say(GroupId, 'alice', 'b')
    await say(GroupId, 'bob', 'c')
    await server.ok(`${G}/delete_group_msg_by_sender`, { GroupId, Sender_Account: 'bob' })
    expect((await history(alice, GroupId)).map(m => m.MsgFlagBits)).toEqual([0, 8, 0, 8])
    expect((await item(alice, GroupId)).UnreadMsgNum).toBe(0)
  })

  test('clearing takes history and unread counts from everybody, whoever wrote in between', async () => {
    const GroupId = await newGroup()
    await write(bob, GroupId, '2')
    await say(GroupId, 'alice', '3')
    await write(bob, GroupId, '4')
    await say(GroupId, 'alice', '5')
    await server.ok(`${G}/clear_group_msg`, { GroupId, MsgSeq: 3 })
    expect((await history(bob, GroupId)).map(m => m.Seq)).toEqual([4, 5])
    expect(await item(bob, GroupId)).toMatchObject({ UnreadMsgNum: 1, ClearedSeq: 3 })
    expect((await item(alice, GroupId)).UnreadMsgNum).toBe(1)
    await write(bob, GroupId, '6')
    expect((await item(bob, GroupId)).UnreadMsgNum).toBe(1)
    expect((await item(alice, GroupId)).UnreadMsgNum).toBe(2)
    await server.ok(`${G}/clear_group_msg`, { GroupId })
    expect((await item(alice, GroupId)).UnreadMsgNum).toBe(0)
    expect(await history(alice, GroupId)).toEqual([])
  })

  test('imports keep their times, count for nobody, and are known again', async () => {
    const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/import_group`, {
      Owner_Account: 'alice',
      Type: 'Public',
      Name: 'old',
      CreateTime: 1_500_000_000,
    })
    await server.ok(`${G}/import_group_member`, { GroupId, MemberList: [{ Member_Account: 'bob' }] })
    const at = (SendTime: number, Random: number) => ({
      From_Account: 'alice',
      SendTime,
      Random,
      MsgBody: textBody(String(SendTime)),
    })
    const list = [at(1_500_000_100, 1), at(1_500_000_200, 2), at(1_500_000_150, 3), at(1_400_000_000, 4)]
    const run = () =>
      server.ok<{ ImportMsgResult: { MsgSeq: number; Result: number }[] }>(`${G}/import_group_msg`, {
        GroupId,
        RecentContactFlag: 1,
        MsgList: list,
      })
    const expected = [
      { MsgSeq: 1, MsgTime: 1_500_000_100, Result: 0 },
      { MsgSeq: 2, MsgTime: 1_500_000_200, Result: 0 },
      { MsgSeq: 0, MsgTime: 1_500_000_150, Result: 10004 },
      { MsgSeq: 0, MsgTime: 1_400_000_000, Result: 10004 },
    ]
    expect((await run()).ImportMsgResult).toMatchObject(expected)
    expect((await run()).ImportMsgResult).toMatchObject(expected)
    expect(await item(bob, GroupId)).toMatchObject({ UnreadMsgNum: 0, MsgTime: 1_500_000_200 })
    await server.ok(`${G}/set_unread_msg_num`, { GroupId, Member_Account: 'bob', UnreadMsgNum: 1 })
    expect((await item(bob, GroupId)).UnreadMsgNum).toBe(1)
  })
})

describe('beside the messages', () => {
  test('receipts count who read a message that asked for it', async () => {
    const GroupId = await newGroup({ MemberList: [{ Member_Account: 'bob' }, { Member_Account: 'carl' }] })
    const asked = await write(alice, GroupId, 'read?', { NeedReadReceipt: 1 })
    const plain = await write(alice, GroupId, 'no matter')
    const MsgSeqList = [asked, plain].map(({ MsgSeq }) => ({ MsgSeq }))
    await bob.ok(`${G}/group_msg_receipt`, { GroupId, MsgSeqList })
    await bob.ok(`${G}/group_msg_receipt`, { GroupId, MsgSeqList })
    expect(await alice.ok(`${G}/get_group_msg_receipt`, { GroupId, MsgSeqList })).toMatchObject({
      GroupMsgReceiptList: [
        { Code: 0, MsgSeq: asked.MsgSeq, ReadNum: 1, UnreadNum: 1 },
        { Code: 10062, MsgSeq: plain.MsgSeq },
      ],
    })
    const detail = (Filter: number) =>
      server.ok(`${G}/get_group_msg_receipt_detail`, { GroupId, MsgSeq: asked.MsgSeq, Filter, Count: 10 })
    expect(await detail(0)).toMatchObject({ ReadList: [{ Read_Account: 'bob' }], IsFinish: 1, IsFinished: 1 })
    expect(await detail(1)).toMatchObject({ UnreadList: [{ Unread_Account: 'carl' }], Cursor: '' })
  })

  test('key-values of a message have versions, which the app itself need not know', async () => {
    const GroupId = await newGroup()
    const { MsgSeq } = await write(bob, GroupId, 'vote', { SupportMessageExtension: 1 })
    const set = (device: Device, Value: string, Seq: number) =>
      device.ok<{ ExtensionList: { ErrorCode: number }[] }>('openim_msg_ext_http_svc/group_set_key_values', {
        GroupId,
        MsgSeq,
        OperateType: 1,
        ExtensionList: [{ Key: 'k', Value, Seq }],
      })
    expect((await set(bob, '1', 0)).ExtensionList[0]?.ErrorCode).toBe(0)
    expect((await set(alice, '2', 0)).ExtensionList[0]?.ErrorCode).toBe(23001)
    expect((await set(alice, '2', 1)).ExtensionList[0]?.ErrorCode).toBe(0)
    expect(
      await server.ok('openim_msg_ext_http_svc/group_get_key_values', { GroupId, MsgSeq, StartSeq: 0 }),
    ).toMatchObject({ ExtensionList: [{ Key: 'k', Value: '2', Seq: 2 }], CompleteFlag: 1, LatestSeq: 2 })
    const read = { GroupId, MsgSeq }
    expect((await carl.call('openim_msg_ext_http_svc/group_get_key_values', read)).ErrorCode).toBe(10007)
  })

  test('up to ten messages are pinned, each once, and a recalled one no more', async () => {
    const GroupId = await newGroup()
    const seqs: number[] = []
    for (let n = 0; n < 11; n++) seqs.push((await write(alice, GroupId, `m${n}`)).MsgSeq)
    const pin = async (MsgSeq: number, Pinned = 1) =>
      (await bob.call('group/pin', { GroupId, MsgSeq, Pinned })).ErrorCode
    for (const seq of seqs.slice(0, 10)) expect(await pin(seq)).toBe(0)
    expect(await pin(seqs[0] ?? 0)).toBe(10071)
    expect(await pin(seqs[10] ?? 0)).toBe(10070)
    expect(await pin(seqs[0] ?? 0, 0)).toBe(0)
    await alice.ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq: seqs[1] }] })
    const { Items } = await bob.ok<{ Items: { m: WireMessage; Operator_Account: string }[] }>(
      'group/pinned',
      {
        GroupId,
      },
    )
    expect(Items.map(it => it.m.Seq).sort()).toEqual(seqs.slice(2, 10).sort())
    expect(Items[0]?.Operator_Account).toBe('bob')
    expect((await carl.call('group/pinned', { GroupId })).ErrorCode).toBe(10007)
  })

  test('the list of conversations treats groups like people', async () => {
    const GroupId = await newGroup()
    await say(GroupId, 'alice', 'x')
    await bob.ok('recentcontact/pin', { GroupId, TopFlag: 1 })
    expect((await item(bob, GroupId)).TopFlag).toBe(1)
    const mark = { OptType: 1, ContactItem: { Type: 2, ToGroupId: GroupId }, SetMark: [1] }
    expect(
      await server.ok('recentcontact/mark_contact', { From_Account: 'bob', MarkItem: [mark] }),
    ).toMatchObject({ ResultItem: [{ ResultCode: 0 }] })
    const query = {
      From_Account: 'bob',
      TimeStamp: 0,
      StartIndex: 0,
      TopTimeStamp: 0,
      TopStartIndex: 0,
      AssistFlags: 1,
    }
    const listed = async () =>
      (await server.ok<{ SessionItem: { GroupId?: string }[] }>('recentcontact/get_list', query)).SessionItem
    expect((await listed()).find(it => it.GroupId === GroupId)).toMatchObject({
      Type: 2,
      TopFlag: 1,
      StandardMark: '1',
    })
    await server.ok('recentcontact/delete', { From_Account: 'bob', Type: 2, ToGroupid: GroupId })
    expect((await listed()).some(it => it.GroupId === GroupId)).toBe(false)
    expect(
      (await server.rest('recentcontact/delete', { From_Account: 'dora', Type: 2, ToGroupid: GroupId }))
        .ErrorCode,
    ).toBe(51007)
  })
})
