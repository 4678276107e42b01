import { expect } from 'bun:test'
import { TEST_APP, type TestServer } from '../../testing/test-server.ts'
import type { GroupRow } from '../group-rows.ts'
import type { TipProfile } from '../tips/tip-content.ts'

/** `MsgContent` of a tip, as far as tests look. */
export interface SeenTip {
  readonly OpType: number
  readonly Operator_Account: string
  readonly List_Account?: readonly string[]
  readonly MemberNum?: number
  readonly GroupJoinType?: number
  readonly MsgGroupNewInfo?: TipProfile
  readonly MsgMemberInfo?: readonly { readonly ShutupTime: number }[]
  readonly Reason?: string
}

/** A stored message of a group: a tip, a text, or what is left of a recalled one. */
export interface LogEntry {
  readonly seq: number
  readonly from: string
  readonly text?: string
  readonly tip?: SeenTip
}

/** A group as the tables have it, also a dismissed one. */
export interface StoredGroup {
  readonly row: GroupRow
  /** UserID -> rank. */
  readonly members: ReadonlyMap<string, number>
  readonly owner: string
  /** UserIDs that a ban keeps out now. */
  readonly banned: readonly string[]
  readonly log: readonly LogEntry[]
}

/**
 * Reads a group and checks what holds at any moment: numbers dense from 1, `member_count` and `auth_no` as the rows say, open
 * ranges of exactly the members, at most the maximum inside, nobody of a dismissed group, nobody banned.
 */
export async function soundGroup(server: TestServer, name: string): Promise<StoredGroup> {
  const { read } = server.running.services.store
  const row = await read
    .selectFrom('chat_group')
    .selectAll()
    .where('app_id', '=', TEST_APP)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  const accounts = await read
    .selectFrom('account')
    .select(['account_id', 'user_id'])
    .where('app_id', '=', TEST_APP)
    .execute()
  const names = new Map(accounts.map(it => [it.account_id, it.user_id]))
  const nameOf = (id: number): string => names.get(id) ?? ''
  const ofGroup = { app_id: TEST_APP, group_no: row.group_no }
  const members = await read
    .selectFrom('group_member')
    .select(['account_id', 'role'])
    .where(eb => eb.and(ofGroup))
    .execute()
  const banned = await read
    .selectFrom('group_ban')
    .select('account_id')
    .where(eb => eb.and(ofGroup))
    .where('until', '>', Math.floor(Date.now() / 1000))
    .execute()
  const ofConversation = { app_id: TEST_APP, conv_id: row.conv_id }
  const conversation = await read
    .selectFrom('conversation')
    .select(['auth_no', 'head_seq'])
    .where(eb => eb.and(ofConversation))
    .executeTakeFirstOrThrow()
  const messages = await read
    .selectFrom('message')
    .select(['seq', 'sender_id', 'body'])
    .where(eb => eb.and(ofConversation))
    .orderBy('seq')
    .execute()
  const open = await read
    .selectFrom('user_conversation')
    .select('account_id')
    .where(eb => eb.and({ ...ofConversation, to_seq: -1 }))
    .execute()

  const inside = members.map(it => nameOf(it.account_id)).sort()
  expect(messages.map(it => it.seq)).toEqual(
    Array.from({ length: conversation.head_seq }, (_, index) => index + 1),
  )
  expect({ members: row.member_count, auth: conversation.auth_no }).toEqual({
    members: inside.length,
    auth: row.auth_no,
  })
  expect(inside.length).toBeLessThanOrEqual(row.max_members)
  expect(open.map(it => nameOf(it.account_id)).sort()).toEqual(inside)
  if (row.dismissed > 0) expect(inside).toEqual([])
  const keptOut = banned.map(it => nameOf(it.account_id))
  expect(inside.filter(it => keptOut.includes(it))).toEqual([])
  return {
    row,
    members: new Map(members.map(it => [nameOf(it.account_id), it.role])),
    owner: nameOf(row.owner_id),
    banned: keptOut,
    log: messages.map(it => entryOf(it.seq, nameOf(it.sender_id), it.body)),
  }
}

function entryOf(seq: number, from: string, body: string): LogEntry {
  if (body === '') return { seq, from }
  const [element] = JSON.parse(body) as { MsgType: string; MsgContent: SeenTip & { Text?: string } }[]
  if (!element) throw new Error(`Message ${seq} has no element.`)
  if (element.MsgType === 'TIMGroupTipElem') return { seq, from, tip: element.MsgContent }
  return { seq, from, text: element.MsgContent.Text ?? '' }
}
