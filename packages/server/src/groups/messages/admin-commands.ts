import { randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupNotice } from '@rookery/protocol/group-notice'
import type { WireGroupNotice } from '@rookery/protocol/wire-group'
import Type from 'typebox'
import { type Call, defineCommand } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { checkElements } from '../../messages/element-check.ts'
import { randomU32 } from '../../messages/send-options.ts'
import { MessageFlag } from '../../store/schema.ts'
import { audienceOf } from '../audience/audience-of.ts'
import { accountOf, accountsOf, COMMON_ERRORS } from '../commands/group-caller.ts'
import { count, groupId, userId } from '../commands/group-fields.ts'
import { accountNotFound, denied, requireBatch } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { messageBody, messageCall, messageGroup, topicId, zeroOrOne } from './message-fields.ts'
import { groupFlags, sendToGroup } from './send-to-group.ts'
import { setMemberUnread } from './set-member-unread.ts'

/** `group_open_http_svc/set_unread_msg_num` (rest-2 section 6.10). */
export const setUnreadCommand = defineCommand({
  name: 'group_open_http_svc/set_unread_msg_num',
  summary: 'Moves the read position of a member so that a number of messages is unread.',
  http: 'admin',
  request: Type.Object({
    GroupId: groupId,
    Member_Account: userId,
    UnreadMsgNum: count(4_294_967_295, 'Messages that shall be unread.'),
    TopicId: topicId,
  }),
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_NOT_FOUND],
  async handler(call) {
    const group = await messageGroup(call, call.body)
    if (!TYPE_RULES[group.type].countsUnread) return {}
    const member = await accountOf(call, call.body.Member_Account)
    await call.services.store.mutate(setMemberUnread, {
      ...messageCall(call, group),
      member: member.id,
      unread: call.body.UnreadMsgNum,
    })
    return {}
  },
})

/** Accounts of one notification, messages of one import. */
const RECEIVERS_MAX = 50
const IMPORTS_MAX = 20
/** Bytes of one import's body (own choice: the largest messages in full). */
const IMPORT_BYTES = 262_144

/** `group_open_http_svc/send_group_system_notification` (rest-2 section 6.2). */
export const notifyCommand = defineCommand({
  name: 'group_open_http_svc/send_group_system_notification',
  summary: 'Sends a custom notice to the members of a group who are online.',
  http: 'admin',
  request: Type.Object({
    GroupId: groupId,
    Content: Type.String({ description: 'Text of the notice.' }),
    ToMembers_Account: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { description: 'Only these members; absent: everybody.' }),
    ),
    TopicId: topicId,
  }),
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT],
  async handler(call) {
    const { body, caller, services } = call
    const names = body.ToMembers_Account ?? []
    requireBatch('ToMembers_Account', names, RECEIVERS_MAX)
    const group = await messageGroup(call, body)
    const notice: WireGroupNotice = {
      ToGroupId: group.name,
      ReportType: GroupNotice.CUSTOM,
      ClientSeq: randomBytes(4).readUInt32BE(),
      MsgRandom: randomBytes(4).readUInt32BE(),
      MsgTimeStamp: Math.floor(Date.now() / 1000),
      Operator_Account: caller.userId,
      UserDefinedField: body.Content,
      GroupInfo: { GroupName: group.title, Type: group.type },
    }
    const frame = `{"ev":"notice","n":${JSON.stringify(notice)}}`
    const { bus } = services
    if (names.length === 0 || !TYPE_RULES[group.type].storesMembers) {
      bus.pushGroup({ app: group.app_id, ...audienceOf(group), frame })
      return {}
    }
    const to: number[] = []
    for (const { id } of (await accountsOf(call, names)).values())
      if ((await services.groups.membership(group, id)).row) to.push(id)
    if (to.length > 0) bus.push({ app: group.app_id, to, frame })
    return {}
  },
})

const importItem = Type.Object({
  From_Account: userId,
  SendTime: count(4_294_967_295, 'When it was sent, Unix seconds.'),
  Random: Type.Optional(count(4_294_967_295, 'With sender and time: recognises a repeated import.')),
  MsgBody: messageBody,
})

type ImportItem = Type.Static<typeof importItem>

/** `group_open_http_svc/import_group_msg` (rest-2 section 7.3). */
export const importCommand = defineCommand({
  name: 'group_open_http_svc/import_group_msg',
  summary: 'Imports messages into a group, oldest first; nobody is told, and nothing of it is unread.',
  http: 'admin',
  request: Type.Object({
    GroupId: groupId,
    MsgList: Type.Array(importItem, {
      minItems: 1,
      maxItems: IMPORTS_MAX,
      description: 'The messages in the order of their times.',
    }),
    RecentContactFlag: zeroOrOne('1: they show as the last message of conversations.'),
    TopicId: topicId,
  }),
  response: Type.Object({
    ImportMsgResult: Type.Array(
      Type.Object({
        MsgSeq: Type.Integer({ description: 'Its number; 0 when it was not taken.' }),
        MsgTime: Type.Integer({ description: 'Its time.' }),
        Result: Type.Integer({ description: '0 taken, 10004 bad time, 80002 too long.' }),
      }),
      { description: 'One item for each message.' },
    ),
  }),
  errors: [
    ...COMMON_ERRORS,
    ErrorCode.GROUP_ACCOUNT_NOT_FOUND,
    ErrorCode.GROUP_PACKAGE_TOO_LONG,
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_BODY_NOT_ARRAY,
    ErrorCode.MSG_FORMAT_INVALID,
  ],
  async handler(call) {
    const { body, caller } = call
    const group = await messageGroup(call, body)
    if (!TYPE_RULES[group.type].importable) throw denied('Nothing is imported into live rooms.', 'type')
    if (Buffer.byteLength(JSON.stringify(body.MsgList)) > IMPORT_BYTES)
      throw new CommandError(
        ErrorCode.GROUP_PACKAGE_TOO_LONG,
        `One import takes at most ${IMPORT_BYTES} bytes; send fewer messages.`,
        { check: 'size', max: IMPORT_BYTES },
      )
    const bounds = {
      messages: caller.app.setting('message.mergeMax'),
      depth: caller.app.setting('message.mergeDepth'),
    }
    for (const item of body.MsgList) checkElements(item.MsgBody, bounds)
    const senders = await accountsOf(
      call,
      body.MsgList.map(item => item.From_Account),
    )
    for (const item of body.MsgList)
      if (!senders.has(item.From_Account)) throw accountNotFound(item.From_Account)
    const ImportMsgResult = []
    for (const item of body.MsgList)
      ImportMsgResult.push(await importOne(call, group, item, body.RecentContactFlag === 1))
    return { ImportMsgResult }
  },
})

async function importOne(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  group: GroupRow,
  item: ImportItem,
  isRecent: boolean,
): Promise<{ readonly MsgSeq: number; readonly MsgTime: number; readonly Result: number }> {
  const refused = (Result: number) => ({ MsgSeq: 0, MsgTime: item.SendTime, Result })
  const text = JSON.stringify(item.MsgBody)
  if (Buffer.byteLength(text) > call.caller.app.setting('message.maxBytes'))
    return refused(ErrorCode.BODY_SIZE_LIMIT)
  const now = Math.floor(Date.now() / 1000)
  if (item.SendTime < group.create_time || item.SendTime > now)
    return refused(ErrorCode.GROUP_PARAMETER_INVALID)
  const from = await accountOf(call, item.From_Account)
  const flags =
    groupFlags({ directed: false, mentions: false }) |
    MessageFlag.IMPORTED |
    (isRecent ? 0 : MessageFlag.NO_LAST_MESSAGE)
  const sent = await sendToGroup(call.services, call.caller, group.group_no, {
    from,
    random: item.Random ?? randomU32(),
    clientTime: item.SendTime,
    body: text,
    custom: '',
    flags,
    key: { kind: 'import' },
    onlineOnly: false,
    pushInfo: '',
    to: [],
    mentions: [],
    atInfo: '',
    time: item.SendTime,
  })
  if (!('result' in sent)) return refused(ErrorCode.GROUP_PARAMETER_INVALID)
  return { MsgSeq: sent.result.seq, MsgTime: sent.result.time, Result: 0 }
}
