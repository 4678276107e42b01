import { ErrorCode } from '@rookery/protocol/error-code'
import type { MessageRow } from '../../messages/message-row.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { MessageFlag } from '../../store/schema.ts'
import { denied } from '../group-error.ts'
import { type GroupRow, memberRow } from '../group-rows.ts'
import { roleIn } from '../judge.ts'
import { rightsOf, roleInTopic } from '../permissions/rights.ts'
import { outranks } from '../rules/operations.ts'
import { SYSTEM_SENDER } from '../tips/append-tip.ts'
import { announceGroupChange, raiseChangeNo } from './group-message-change.ts'
import {
  conversationLocks,
  type GroupMessageCall,
  KEEPS_HEADS,
  type MessageStanding,
  messageStanding,
  seenMessage,
} from './message-call.ts'

export interface GroupRecall extends GroupMessageCall {
  readonly seqs: readonly number[]
  readonly reason: string
  /** Seconds after sending within which it may be recalled; absent: any time. */
  readonly window?: number
  /** Unix seconds of the oldest message of the history. */
  readonly notBefore: number
}

/**
 * Takes messages back, each with a code of its own: 10030 not there, 10031 too late, 10032 not the actor's to recall. Owner and
 * admins, with permission groups who has the right, recall what lower ranks wrote. Throws 10007 for who is no member.
 */
export const recallGroupMessages = defineMutation<GroupRecall, readonly number[]>(
  'groups/recall-messages',
  async (tx, call) => {
    const standing = await messageStanding(tx, call)
    if (standing.role === 'NonMember') throw denied('You are not in this group.', 'membership')
    const codes: number[] = []
    for (const seq of call.seqs) codes.push(await recallOne(tx, call, standing, seq))
    return codes
  },
  { ...KEEPS_HEADS, locks: conversationLocks },
)

async function recallOne(
  tx: Transaction,
  call: GroupRecall,
  standing: MessageStanding,
  seq: number,
): Promise<number> {
  const { group } = standing
  const message = await seenMessage(tx, group, call.actor, seq)
  if (!message || message.time < call.notBefore) return ErrorCode.GROUP_RECALL_MESSAGE_NOT_FOUND
  if (message.sender_id === SYSTEM_SENDER || !(await mayRecall(tx, call, standing, message)))
    return ErrorCode.GROUP_RECALL_DENIED
  // Asked for twice: it is done.
  if (message.flags & MessageFlag.RECALLED) return 0
  if (call.window !== undefined && tx.now - message.time > call.window)
    return ErrorCode.GROUP_RECALL_TIME_LIMIT
  const recalled = await takeBack(tx, group, message, {
    revoker: call.actor.account,
    reason: call.reason,
    changeNo: await raiseChangeNo(tx, group),
  })
  await announceGroupChange(tx, group, recalled, 'recall')
  return 0
}

async function mayRecall(
  tx: Transaction,
  { actor }: GroupRecall,
  { group, home, role, rights }: MessageStanding,
  message: MessageRow,
): Promise<boolean> {
  if (role === 'AppAdmin' || message.sender_id === actor.account) return true
  const acting = roleInTopic('recall', group.group_no, role, rights)
  if (acting !== 'Owner' && acting !== 'Admin') return false
  const sender = message.sender_id
  const senderIs = roleIn(home, await memberRow(tx.db, home, sender), sender)
  const senderRights = rights && (await rightsOf(tx.db, home, sender))
  const target = roleInTopic('recall', group.group_no, senderIs, senderRights)
  return target !== 'AppAdmin' && outranks(acting, target)
}

/** What a recall leaves of a message; its number stays. */
export async function takeBack(
  tx: Transaction,
  group: GroupRow,
  message: MessageRow,
  by: { readonly revoker: number; readonly reason: string; readonly changeNo: number },
): Promise<MessageRow> {
  const at = { app_id: group.app_id, conv_id: group.conv_id, seq: message.seq }
  if ((message.flags & MessageFlag.NO_UNREAD) === 0)
    await tx.db
      .insertInto('message_uncounted')
      .values({ ...at, sender_id: message.sender_id })
      .onConflict(conflict => conflict.doNothing())
      .execute()
  const recalled = {
    body: '',
    custom: '',
    at_info: '',
    flags: message.flags | MessageFlag.RECALLED,
    revoker_id: by.revoker,
    revoke_reason: by.reason,
    change_no: by.changeNo,
  }
  await tx.db
    .updateTable('message')
    .set({ ...recalled, push_info: '' })
    .where('app_id', '=', at.app_id)
    .where('conv_id', '=', at.conv_id)
    .where('seq', '=', at.seq)
    .execute()
  for (const table of ['message_extension', 'message_receipt', 'group_pin'] as const)
    await tx.db
      .deleteFrom(table)
      .where('app_id', '=', at.app_id)
      .where('conv_id', '=', at.conv_id)
      .where('seq', '=', at.seq)
      .execute()
  return { ...message, ...recalled }
}

/** How many of the newest messages a deletion by sender looks at (rest-2 section 6.4). */
const NEWEST = 1000

export interface SenderDeletion extends GroupMessageCall {
  readonly sender: number
}

/** Recalls what one sender wrote among the newest messages. Nobody is told; devices see it when they ask. Returns how many. */
export const recallBySender = defineMutation<SenderDeletion, number>(
  'groups/recall-by-sender',
  async (tx, call) => {
    const { group } = await messageStanding(tx, call)
    const head = await tx.db
      .selectFrom('conversation')
      .select('head_seq')
      .where('app_id', '=', call.app)
      .where('conv_id', '=', call.conv)
      .executeTakeFirstOrThrow()
    const rows = await tx.db
      .selectFrom('message')
      .select('seq')
      .where('app_id', '=', call.app)
      .where('conv_id', '=', call.conv)
      .where('seq', '>', head.head_seq - NEWEST)
      .where('sender_id', '=', call.sender)
      .orderBy('seq')
      .execute()
    const messages: MessageRow[] = []
    for (const { seq } of rows) {
      const message = await seenMessage(tx, group, call.actor, seq)
      if (message && (message.flags & MessageFlag.RECALLED) === 0) messages.push(message)
    }
    if (messages.length === 0) return 0
    const first = (await raiseChangeNo(tx, group, messages.length)) - messages.length + 1
    for (const [index, message] of messages.entries())
      await takeBack(tx, group, message, {
        revoker: call.actor.account,
        reason: '',
        changeNo: first + index,
      })
    tx.changed({ kind: 'conversation', app: call.app, conv: call.conv })
    return messages.length
  },
  { ...KEEPS_HEADS, locks: conversationLocks },
)
