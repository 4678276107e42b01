import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { checkElements } from '../../messages/element-check.ts'
import { historyFloor } from '../../messages/history-floor.ts'
import { messageBodyText } from '../../messages/message-body.ts'
import { accountOf, COMMON_ERRORS } from '../commands/group-caller.ts'
import { groupId, userId } from '../commands/group-fields.ts'
import { badField, denied } from '../group-error.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { clearGroupMessages } from './clear-messages.ts'
import { hideGroupMessages } from './hide-group-messages.ts'
import {
  customData,
  messageBody,
  messageCall,
  messageGroup,
  seq,
  seqItems,
  topicId,
} from './message-fields.ts'
import { modifyGroupMessage } from './modify-group-message.ts'
import { pinGroupMessage } from './pin-messages.ts'
import { recallBySender, recallGroupMessages } from './recall-messages.ts'

const RECALLS_MAX = 10
const REASON_BYTES = 100
/** docs/decisions/0008 */
const DELETIONS_MAX = 30

const recallFields = {
  GroupId: groupId,
  MsgSeqList: seqItems(RECALLS_MAX),
  Reason: Type.Optional(Type.String({ description: 'Shown to the members, up to 100 bytes.' })),
  TopicId: topicId,
}

/** `group_open_http_svc/group_msg_recall` (rest-2 section 6.3). */
export const recallCommand = defineCommand({
  name: 'group_open_http_svc/group_msg_recall',
  summary:
    'Recalls messages of a group; users recall their own within the window, owner and admins those of others.',
  http: 'admin',
  request: Type.Object(recallFields),
  socket: { request: Type.Object(recallFields) },
  response: Type.Object({
    RecallRetList: Type.Array(
      Type.Object({
        MsgSeq: seq,
        RetCode: Type.Integer({
          description:
            '0 done, 10030 no such message, 10031 too late, 10032 not to be recalled by the caller.',
        }),
      }),
      { description: 'The outcome for each message.' },
    ),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body, caller, services } = call
    const reason = body.Reason ?? ''
    if (Buffer.byteLength(reason) > REASON_BYTES)
      throw badField('Reason', `has more than ${REASON_BYTES} bytes`)
    const group = await messageGroup(call, body)
    const seqs = body.MsgSeqList.map(item => item.MsgSeq)
    const codes = TYPE_RULES[group.type].storesHistory
      ? await services.store.mutate(recallGroupMessages, {
          ...messageCall(call, group),
          seqs,
          reason,
          ...(caller.door === 'socket' && { window: caller.app.setting('message.recallSeconds') }),
          notBefore: historyFloor(caller.app),
        })
      : seqs.map(() => ErrorCode.GROUP_RECALL_MESSAGE_NOT_FOUND)
    return { RecallRetList: seqs.map((MsgSeq, index) => ({ MsgSeq, RetCode: codes[index] ?? 0 })) }
  },
})

/** `group_open_http_svc/delete_group_msg_by_sender` (rest-2 section 6.4). */
export const deleteBySenderCommand = defineCommand({
  name: 'group_open_http_svc/delete_group_msg_by_sender',
  summary: 'Recalls what one sender wrote among the newest 1000 messages of a group; nobody is told.',
  http: 'admin',
  request: Type.Object({ GroupId: groupId, Sender_Account: userId, TopicId: topicId }),
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_NOT_FOUND],
  async handler(call) {
    const group = await messageGroup(call, call.body)
    const sender = await accountOf(call, call.body.Sender_Account)
    if (TYPE_RULES[group.type].storesHistory)
      await call.services.store.mutate(recallBySender, { ...messageCall(call, group), sender: sender.id })
    return {}
  },
})

/** `group_open_http_svc/clear_group_msg` (rest-2 section 6.6). */
export const clearCommand = defineCommand({
  name: 'group_open_http_svc/clear_group_msg',
  summary: 'Takes the messages of a group so far, or up to a number, out of the history of its members.',
  http: 'admin',
  request: Type.Object({ GroupId: groupId, MsgSeq: Type.Optional(seq) }),
  response: Type.Object({}),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const group = await messageGroup(call, call.body)
    if (group.type === 'Community') throw denied('The history of communities can not be cleared.', 'type')
    if (TYPE_RULES[group.type].storesHistory)
      await call.services.store.mutate(clearGroupMessages, {
        ...messageCall(call, group),
        ...(call.body.MsgSeq !== undefined && { seq: call.body.MsgSeq }),
      })
    return {}
  },
})

const modifyFields = {
  GroupId: groupId,
  MsgSeq: seq,
  MsgBody: Type.Optional(messageBody),
  CloudCustomData: Type.Optional(customData),
  TopicId: topicId,
}
const version = Type.Integer({
  minimum: 0,
  fromText: true,
  description: 'Version that the change begins from.',
})

/** `openim/modify_group_msg` (rest-2 section 6.7). */
export const modifyCommand = defineCommand({
  name: 'openim/modify_group_msg',
  summary: 'Replaces the elements or the custom data of a message of a group.',
  http: 'admin',
  request: Type.Object({ ...modifyFields, MsgVersion: Type.Optional(version) }),
  socket: { request: Type.Object({ ...modifyFields, MsgVersion: version }) },
  response: Type.Object({}),
  errors: [
    ...COMMON_ERRORS,
    ErrorCode.MESSAGE_REQUEST_INVALID,
    ErrorCode.MODIFY_GROUP_MESSAGE_NOT_FOUND,
    ErrorCode.MODIFY_MESSAGE_NOT_FOUND,
    ErrorCode.MODIFY_CONFLICT,
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_BODY_NOT_ARRAY,
    ErrorCode.MSG_FORMAT_INVALID,
    ErrorCode.BODY_SIZE_LIMIT,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const { app } = caller
    if (body.MsgBody === undefined && body.CloudCustomData === undefined)
      throw new CommandError(
        ErrorCode.MESSAGE_REQUEST_INVALID,
        'The request changes nothing; give MsgBody or CloudCustomData.',
        { check: 'request', field: 'MsgBody' },
      )
    if (body.MsgBody !== undefined)
      checkElements(body.MsgBody, {
        messages: app.setting('message.mergeMax'),
        depth: app.setting('message.mergeDepth'),
      })
    const group = await messageGroup(call, body)
    await services.store.mutate(modifyGroupMessage, {
      ...messageCall(call, group),
      seq: body.MsgSeq,
      // The app's own change always wins (rest-2 section 6.7).
      ...(caller.door === 'socket' && body.MsgVersion !== undefined && { version: body.MsgVersion }),
      ...(body.MsgBody !== undefined && { body: messageBodyText(call.bodyText(), body.MsgBody) }),
      ...(body.CloudCustomData !== undefined && { custom: body.CloudCustomData }),
      maxBytes: app.setting('message.maxBytes'),
      notBefore: historyFloor(app),
    })
    return {}
  },
})

const deleteRequest = Type.Object({
  GroupId: groupId,
  MsgSeqList: Type.Array(seq, {
    minItems: 1,
    maxItems: DELETIONS_MAX,
    description: 'Numbers of the messages.',
  }),
})

/** `group/delete_messages`: out of the user's own view only (rest-2 section 9.9). */
export const deleteMessagesCommand = defineCommand({
  name: 'group/delete_messages',
  summary: "Takes messages of a group out of the user's own view.",
  http: 'none',
  request: deleteRequest,
  socket: { request: deleteRequest },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_DELETE_RANGE_EMPTY, ErrorCode.GROUP_DELETE_MESSAGE_UNSUPPORTED],
  async handler(call) {
    const group = await messageGroup(call, call.body)
    if (!TYPE_RULES[group.type].storesHistory)
      throw new CommandError(
        ErrorCode.GROUP_DELETE_MESSAGE_UNSUPPORTED,
        'A live room keeps no messages, so there is nothing to delete.',
        { check: 'type' },
      )
    const hidden = await call.services.store.mutate(hideGroupMessages, {
      ...messageCall(call, group),
      seqs: call.body.MsgSeqList,
    })
    if (hidden === 0)
      throw new CommandError(
        ErrorCode.GROUP_DELETE_RANGE_EMPTY,
        'You see none of these messages in this group.',
        { check: 'MsgSeqList' },
      )
    return {}
  },
})

const pinRequest = Type.Object({
  GroupId: groupId,
  MsgSeq: seq,
  Pinned: Type.Integer({ minimum: 0, maximum: 1, description: '1 pins, 0 takes the pin away.' }),
})

/** `group/pin` (docs/decisions/0008). */
export const pinMessageCommand = defineCommand({
  name: 'group/pin',
  summary: 'Pins a message of a group for all members, or takes the pin away.',
  http: 'none',
  request: pinRequest,
  socket: { request: pinRequest },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_PINNED_LIMIT, ErrorCode.GROUP_ALREADY_PINNED],
  async handler(call) {
    const group = await messageGroup(call, call.body)
    if (!TYPE_RULES[group.type].pins) throw denied('A live room has no pinned messages.', 'type')
    await call.services.store.mutate(pinGroupMessage, {
      ...messageCall(call, group),
      seq: call.body.MsgSeq,
      pinned: call.body.Pinned === 1,
    })
    return {}
  },
})
