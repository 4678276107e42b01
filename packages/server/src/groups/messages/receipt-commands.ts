import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, defineCommand } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { MessageFlag } from '../../store/schema.ts'
import { accountOf, COMMON_ERRORS } from '../commands/group-caller.ts'
import { groupId, userId } from '../commands/group-fields.ts'
import { badField, denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { groupMessage } from './group-message-change.ts'
import { messageCall, messageGroup, seq, seqItems } from './message-fields.ts'
import { receiptsOn } from './receipt-rules.ts'
import { receiptAccounts, receiptCount, reportGroupReceipts } from './report-receipts.ts'

/** rest-2 section 6.8 */
const SEQS_MAX = 50
const PAGE_MAX = 200

const errors = [...COMMON_ERRORS, ErrorCode.GROUP_RECEIPT_GROUP_TOO_BIG]

/** The group, when its type and size have receipts. Throws 10007, 10060. */
async function receiptGroup(call: Pick<Call<unknown>, 'caller' | 'services'>, id: string): Promise<GroupRow> {
  const group = await messageGroup(call, { GroupId: id })
  const { app } = call.caller
  if (!receiptsOn(app, group)) throw denied(`Groups of the type ${group.type} have no read receipts.`, 'type')
  const max = app.setting('receipt.groupMax')
  if (group.member_count > max)
    throw new CommandError(
      ErrorCode.GROUP_RECEIPT_GROUP_TOO_BIG,
      `The group has ${group.member_count} members; up to ${max} have read receipts.`,
      { check: 'receipt.groupMax', max },
    )
  return group
}

const reportFields = { GroupId: groupId, MsgSeqList: seqItems(SEQS_MAX) }

/** `group_open_http_svc/group_msg_receipt` (rest-2 section 6.8). */
export const reportReceiptCommand = defineCommand({
  name: 'group_open_http_svc/group_msg_receipt',
  summary: 'Sends read receipts of a member for messages that asked for them.',
  http: 'admin',
  request: Type.Object({ ...reportFields, From_Account: userId }),
  socket: { request: Type.Object(reportFields), acting: 'From_Account' },
  response: Type.Object({}),
  errors: [...errors, ErrorCode.GROUP_ACCOUNT_NOT_FOUND],
  async handler(call) {
    const group = await receiptGroup(call, call.body.GroupId)
    const reader = await accountOf(call, call.body.From_Account)
    await call.services.store.mutate(reportGroupReceipts, {
      ...messageCall(call, group),
      reader: reader.id,
      seqs: call.body.MsgSeqList.map(item => item.MsgSeq),
    })
    return {}
  },
})

const count = Type.Integer({ description: 'Members.' })

/** `group_open_http_svc/get_group_msg_receipt` (rest-2 section 6.8). */
export const getReceiptCommand = defineCommand({
  name: 'group_open_http_svc/get_group_msg_receipt',
  summary: 'Counts who read messages of a group.',
  http: 'admin',
  request: Type.Object(reportFields),
  socket: { request: Type.Object(reportFields) },
  response: Type.Object({
    GroupMsgReceiptList: Type.Array(
      Type.Object({
        Code: Type.Integer({ description: '0, or 10062: the message has no receipts.' }),
        MsgSeq: seq,
        ReadNum: count,
        UnreadNum: count,
      }),
      { description: 'One item for each message.' },
    ),
  }),
  errors,
  async handler(call) {
    const { body, services } = call
    const group = await receiptGroup(call, body.GroupId)
    await requireMember(call, group)
    const db = services.store.read
    const GroupMsgReceiptList = []
    for (const { MsgSeq } of body.MsgSeqList) {
      const message = await askedMessage(call, group, MsgSeq)
      GroupMsgReceiptList.push(
        message
          ? { Code: 0, ...(await receiptCount(db, group, message.sender_id, MsgSeq)) }
          : { Code: ErrorCode.GROUP_RECEIPT_NOT_FOUND, MsgSeq, ReadNum: 0, UnreadNum: 0 },
      )
    }
    return { GroupMsgReceiptList }
  },
})

const detailFields = {
  GroupId: groupId,
  MsgSeq: seq,
  Filter: Type.Integer({
    minimum: 0,
    maximum: 1,
    fromText: true,
    description: '0 who read it, 1 who did not.',
  }),
  Cursor: Type.Optional(Type.String({ description: 'Of the last answer; empty: the first page.' })),
  Count: Type.Integer({ minimum: 1, maximum: PAGE_MAX, fromText: true, description: 'Members of the page.' }),
}

/** `group_open_http_svc/get_group_msg_receipt_detail` (rest-2 section 6.8). */
export const receiptDetailCommand = defineCommand({
  name: 'group_open_http_svc/get_group_msg_receipt_detail',
  summary: 'Lists who read a message of a group, or who did not.',
  http: 'admin',
  request: Type.Object(detailFields),
  socket: { request: Type.Object(detailFields) },
  response: Type.Object({
    MsgSeq: seq,
    ReadList: Type.Optional(
      Type.Array(Type.Object({ Read_Account: userId }), { description: 'Who read it.' }),
    ),
    UnreadList: Type.Optional(
      Type.Array(Type.Object({ Unread_Account: userId }), { description: 'Who did not.' }),
    ),
    Cursor: Type.String({ description: 'For the next page; empty after the last.' }),
    IsFinish: Type.Integer({ description: '1: this was the last page.' }),
    IsFinished: Type.Integer({ description: 'The same under its other name.' }),
  }),
  errors: [...errors, ErrorCode.GROUP_RECEIPT_NOT_FOUND],
  async handler(call) {
    const { body, services } = call
    const after = body.Cursor || '0'
    if (!/^\d{1,15}$/.test(after)) throw badField('Cursor', 'is not a value that this command answered')
    const group = await receiptGroup(call, body.GroupId)
    await requireMember(call, group)
    const message = await askedMessage(call, group, body.MsgSeq)
    if (!message)
      throw new CommandError(
        ErrorCode.GROUP_RECEIPT_NOT_FOUND,
        'There is no such message, or it was sent without NeedReadReceipt.',
        { check: 'MsgSeq' },
      )
    const of = { sender: message.sender_id, seq: body.MsgSeq, read: body.Filter === 0 }
    const page = { after: Number(after), limit: body.Count + 1 }
    const found = await receiptAccounts(services.store.read, group, of, page)
    const shown = found.slice(0, body.Count)
    const isLast = found.length <= body.Count ? 1 : 0
    return {
      MsgSeq: body.MsgSeq,
      ...(of.read
        ? { ReadList: shown.map(it => ({ Read_Account: it.userId })) }
        : { UnreadList: shown.map(it => ({ Unread_Account: it.userId })) }),
      Cursor: isLast ? '' : String(shown.at(-1)?.account ?? ''),
      IsFinish: isLast,
      IsFinished: isLast,
    }
  },
})

async function requireMember(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  group: GroupRow,
): Promise<void> {
  const { caller, services } = call
  if (caller.door === 'http' || (await services.groups.membership(group, caller.accountId)).row) return
  throw denied(`You are not in the group ${group.name}.`, 'membership')
}

/** A message that asked for receipts; over the socket an own one. */
async function askedMessage(call: Pick<Call<unknown>, 'caller' | 'services'>, group: GroupRow, of: number) {
  const message = await groupMessage(call.services.store.read, group, of)
  if (!message || (message.flags & MessageFlag.NEEDS_RECEIPT) === 0) return undefined
  if (message.flags & MessageFlag.RECALLED) return undefined
  return call.caller.door === 'http' || message.sender_id === call.caller.accountId ? message : undefined
}
