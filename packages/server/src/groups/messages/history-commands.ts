import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand, RawAnswer } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { groupReadMove, markGroupRead } from '../../conversations/group-read-mark.ts'
import { historyFloor } from '../../messages/history-floor.ts'
import { PAGE_BYTES, takePage } from '../../messages/message-list.ts'
import { ownGroup } from '../../messages/pair.ts'
import { MessageFlag } from '../../store/schema.ts'
import { COMMON_ERRORS } from '../commands/group-caller.ts'
import { groupId } from '../commands/group-fields.ts'
import { denied } from '../group-error.ts'
import { roleIn } from '../judge.ts'
import { roleInTopic } from '../permissions/rights.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { groupMessageList } from './group-message-list.ts'
import { memberPage, pinnedMessages, rowsDown } from './history-page.ts'
import { messageGroup, topicId, zeroOrOne } from './message-fields.ts'
import { simpleItemText } from './simple-item.ts'

/** rest-2 section 6.5 */
const SIMPLE_MAX = 20
/** docs/decisions/0008 */
const PAGE_MAX = 100

/** `group_open_http_svc/group_msg_get_simple` (rest-2 section 6.5). */
export const getSimpleCommand = defineCommand({
  name: 'group_open_http_svc/group_msg_get_simple',
  summary: 'Reads the history of a group, newest first, whatever members see of it.',
  http: 'admin',
  request: Type.Object({
    GroupId: groupId,
    ReqMsgNumber: Type.Integer({
      minimum: 1,
      maximum: SIMPLE_MAX,
      fromText: true,
      description: 'Messages of the page.',
    }),
    ReqMsgSeq: Type.Optional(
      Type.Integer({
        minimum: 0,
        fromText: true,
        description: 'Highest number of the page; absent: the newest.',
      }),
    ),
    WithRecalledMsg: zeroOrOne('1: recalled messages keep their place.'),
    TopicId: topicId,
  }),
  response: Type.Object({
    GroupId: groupId,
    IsFinished: Type.Integer({
      description: '1 complete, 0 cut by its size, 2 the rest is past the history.',
    }),
    RspMsgList: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'The messages, newest first.',
    }),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_LIVE_ROOM_NO_HISTORY],
  async handler(call) {
    const { body, caller, services } = call
    const group = await messageGroup(call, body)
    if (!TYPE_RULES[group.type].storesHistory)
      throw new CommandError(ErrorCode.GROUP_LIVE_ROOM_NO_HISTORY, 'A live room keeps no messages.', {
        check: 'type',
      })
    const floor = historyFloor(caller.app)
    const rows = await rowsDown(services.store.read, group, body.ReqMsgSeq, body.ReqMsgNumber)
    const living = rows.filter(row => row.time >= floor)
    const shown = living.filter(row => body.WithRecalledMsg === 1 || (row.flags & MessageFlag.RECALLED) === 0)
    const list = groupMessageList(services, group)
    const page = await takePage(
      shown,
      async row => simpleItemText(row, (await list.author(row.sender_id)).userId),
      PAGE_BYTES,
    )
    const finished = page.taken < shown.length ? 0 : living.length < rows.length ? 2 : 1
    return new RawAnswer(
      `"GroupId":${JSON.stringify(group.name)},"IsFinished":${finished},"RspMsgList":[${page.texts.join(',')}]`,
    )
  },
})

const messagesRequest = Type.Object({
  GroupId: groupId,
  MaxCnt: Type.Integer({ minimum: 1, maximum: PAGE_MAX, description: 'Messages of the page.' }),
  Anchor: Type.Optional(
    Type.Object(
      { MsgSeq: Type.Integer({ minimum: 0, description: 'Number of a message.' }) },
      { description: 'Where the page begins; absent: at the end.' },
    ),
  ),
  Direction: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1, description: '0 older, 1 newer messages.' }),
  ),
  Inclusive: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1, description: '1: with the anchor itself.' }),
  ),
})

/**
 * `group/get_messages` (docs/decisions/0008). Of members only: what who left may keep, its device has pulled or pulls with
 * `sync/pull`.
 */
export const getMessagesCommand = defineCommand({
  name: 'group/get_messages',
  summary: 'Reads a page of the history that the user sees of a group.',
  http: 'none',
  request: messagesRequest,
  socket: { request: messagesRequest },
  response: Type.Object({
    MsgList: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'The messages (WireMessage), oldest first.',
    }),
    Complete: Type.Integer({ description: '1: there is nothing beyond the page.' }),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_LIVE_ROOM_NO_HISTORY],
  async handler(call) {
    const { body, caller, services } = call
    const group = await messageGroup(call, body)
    if (!TYPE_RULES[group.type].storesHistory)
      throw new CommandError(ErrorCode.GROUP_LIVE_ROOM_NO_HISTORY, 'A live room keeps no messages.', {
        check: 'type',
      })
    const { read } = services.store
    const own = await ownGroup(read, caller.app.id, caller.accountId, group.conv_id)
    // Who left can no longer pull (rest-2 section 9.9).
    const home = group.community_no > 0 ? await services.groups.byNo(group.app_id, group.community_no) : group
    const membership = home && (await services.groups.membership(home, caller.accountId))
    if (!own || !home || !membership?.row)
      throw denied(`You are not in the group ${group.name}.`, 'membership')
    const role = roleIn(home, membership.row, caller.accountId)
    if (membership.rights && roleInTopic('readHistory', group.group_no, role, membership.rights) === 'Member')
      throw denied(`Your permission groups do not let you read the history of ${group.name}.`, 'permission')
    const older = body.Direction !== 1
    const page = await memberPage(read, own, {
      count: body.MaxCnt,
      older,
      from: body.Anchor?.MsgSeq,
      inclusive: body.Inclusive === 1,
      floor: historyFloor(caller.app),
    })
    const list = groupMessageList(services, group)
    const taken = await takePage(page.rows, row => list.wireText(row), PAGE_BYTES)
    const texts = older ? [...taken.texts].reverse() : taken.texts
    const complete = page.complete && taken.taken === page.rows.length ? 1 : 0
    return new RawAnswer(`"MsgList":[${texts.join(',')}],"Complete":${complete}`)
  },
})

const readRequest = Type.Object({
  GroupId: groupId,
  ReadSeq: Type.Optional(Type.Integer({ minimum: 0, description: 'Up to this number; absent: everything.' })),
})

/** `group/set_read`; the mark only moves forward. */
export const setReadCommand = defineCommand({
  name: 'group/set_read',
  summary: 'Marks the messages of a group as read up to a number, or all of them.',
  http: 'none',
  request: readRequest,
  socket: { request: readRequest },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS],
  async handler({ body, caller, services }) {
    const group = await messageGroup({ caller, services }, body)
    const read = {
      app: caller.app.id,
      reader: caller.accountId,
      conv: group.conv_id,
      ...(body.ReadSeq !== undefined && { seq: body.ReadSeq }),
    }
    if (!(await ownGroup(services.store.read, read.app, read.reader, read.conv)))
      throw denied(`You are not in the group ${group.name}.`, 'membership')
    // Kits report each time a message is shown: what moves nothing does not reach the writer.
    if (await groupReadMove(services.store.read, read)) await services.store.mutate(markGroupRead, read)
    return {}
  },
})

const pinnedRequest = Type.Object({ GroupId: groupId })

/** `group/pinned` (docs/decisions/0008). */
export const pinnedCommand = defineCommand({
  name: 'group/pinned',
  summary: 'Lists the pinned messages of a group, the latest pin first.',
  http: 'none',
  request: pinnedRequest,
  socket: { request: pinnedRequest },
  response: Type.Object({
    Items: Type.Array(
      Type.Object({
        m: Type.Object({}, { additionalProperties: true, description: 'The message (WireMessage).' }),
        Operator_Account: Type.String({ description: 'UserID of who pinned it.' }),
        PinTime: Type.Integer({ description: 'When it was pinned, Unix seconds.' }),
      }),
      { description: 'The pinned messages.' },
    ),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { caller, services } = call
    const group = await messageGroup(call, call.body)
    const home = group.community_no > 0 ? await services.groups.byNo(group.app_id, group.community_no) : group
    if (!home || !(await services.groups.membership(home, caller.accountId)).row)
      throw denied(`You are not in the group ${group.name}.`, 'membership')
    const list = groupMessageList(services, group)
    const items: string[] = []
    const floor = historyFloor(caller.app)
    for (const { row, operator, time } of await pinnedMessages(services.store.read, group, floor))
      items.push(
        `{"m":${await list.wireText(row)},"Operator_Account":${JSON.stringify(
          (await list.author(operator)).userId,
        )},"PinTime":${time}}`,
      )
    return new RawAnswer(`"Items":[${items.join(',')}]`)
  },
})
