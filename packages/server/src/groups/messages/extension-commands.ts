import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../../commands/command.ts'
import { Operate, requireExtensible } from '../../messages/change-extensions.ts'
import {
  checkPairs,
  extensionPage,
  extensionPair,
  operateType,
  requireExtensions,
  shownPair,
} from '../../messages/extension-commands.ts'
import { historyFloor } from '../../messages/history-floor.ts'
import type { MessageRow } from '../../messages/message-row.ts'
import { ownGroup } from '../../messages/pair.ts'
import { isMeantFor } from '../../messages/stored-message.ts'
import { COMMON_ERRORS } from '../commands/group-caller.ts'
import { groupId } from '../commands/group-fields.ts'
import { denied } from '../group-error.ts'
import { changeGroupExtensions } from './change-group-extensions.ts'
import { groupMessage } from './group-message-change.ts'
import { messageCall, messageGroup, seq, topicId } from './message-fields.ts'

const errors = [...COMMON_ERRORS, ErrorCode.EXTENSION_UNSUPPORTED, ErrorCode.EXTENSION_NOT_FOUND]
const pairs = Type.Optional(Type.Array(extensionPair, { description: 'The key-values.' }))
const setFields = {
  GroupId: groupId,
  MsgSeq: seq,
  OperateType: operateType,
  ExtensionList: pairs,
  TopicId: topicId,
}

/** `openim_msg_ext_http_svc/group_set_key_values` (rest-2 section 6.9). */
export const groupSetKeyValuesCommand = defineCommand({
  name: 'openim_msg_ext_http_svc/group_set_key_values',
  summary: 'Sets, deletes or clears key-values on a message of a group that takes them.',
  http: 'admin',
  request: Type.Object(setFields),
  socket: { request: Type.Object(setFields) },
  response: Type.Object({
    ExtensionList: Type.Array(Type.Object({ ErrorCode: Type.Integer(), Extension: shownPair }), {
      description: 'The outcome for each key.',
    }),
  }),
  errors: [...errors, ErrorCode.EXTENSION_VERSION_CONFLICT, ErrorCode.EXTENSION_FREQ_LIMIT],
  async handler(call) {
    const { body, caller, services } = call
    const { app } = caller
    requireExtensions(app)
    const group = await messageGroup(call, body)
    const results = await services.store.mutate(changeGroupExtensions, {
      ...messageCall(call, group),
      seq: body.MsgSeq,
      ...(caller.door === 'socket' && { viewer: caller.accountId }),
      operate: body.OperateType,
      pairs: body.OperateType === Operate.CLEAR ? [] : checkPairs(caller, body.ExtensionList ?? []),
      perMessage: app.setting('ext.perMessage'),
      perMinute: app.setting('ext.changesPerMinute'),
      notBefore: historyFloor(app),
    })
    return { ExtensionList: results }
  },
})

const getFields = {
  GroupId: groupId,
  MsgSeq: seq,
  StartSeq: Type.Optional(
    Type.Integer({ minimum: 0, fromText: true, description: 'Changes from this number on.' }),
  ),
  TopicId: topicId,
}

/** `openim_msg_ext_http_svc/group_get_key_values` (rest-2 section 6.9). */
export const groupGetKeyValuesCommand = defineCommand({
  name: 'openim_msg_ext_http_svc/group_get_key_values',
  summary: 'Reads the key-values of a message of a group, in the order of their change.',
  http: 'admin',
  request: Type.Object(getFields),
  socket: { request: Type.Object(getFields) },
  response: Type.Object({
    CompleteFlag: Type.Integer({ description: '1: these are all.' }),
    LatestSeq: Type.Integer({ description: 'Number of the latest change.' }),
    ClearSeq: Type.Integer({ description: 'What is older was cleared.' }),
    ExtensionList: Type.Array(shownPair, { description: 'The key-values.' }),
  }),
  errors,
  async handler(call) {
    const { body, caller, services } = call
    requireExtensions(caller.app)
    const group = await messageGroup(call, body)
    const { read } = services.store
    let message: MessageRow | undefined = await groupMessage(read, group, body.MsgSeq)
    if (caller.door === 'socket') {
      const own = await ownGroup(read, group.app_id, caller.accountId, group.conv_id)
      if (!own) throw denied(`You are not in the group ${group.name}.`, 'membership')
      const isSeen = body.MsgSeq > own.clearedSeq && body.MsgSeq <= own.headSeq
      if (!isSeen || (message && !isMeantFor(message, caller.accountId))) message = undefined
    }
    const shown = requireExtensible(message && message.time >= historyFloor(caller.app) ? message : undefined)
    return extensionPage(read, shown, body.StartSeq ?? 0, caller.app.setting('ext.returnedMax'))
  },
})
