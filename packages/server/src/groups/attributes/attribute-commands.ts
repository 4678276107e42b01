import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { App } from '../../apps/app.ts'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { requireInside } from '../audience/require-insider.ts'
import { actorOf, COMMON_ERRORS, groupOf } from '../commands/group-caller.ts'
import { groupId } from '../commands/group-fields.ts'
import { denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import {
  type Attribute,
  type AttributeBounds,
  attributeSeq,
  attributesOf,
  type ChangeAttributes,
  changeAttributes,
} from './change-attributes.ts'

type AnyCall = Pick<Call<unknown>, 'caller' | 'services'>

const errors = [
  ...COMMON_ERRORS,
  ErrorCode.GROUP_ATTRIBUTE_KEY_TOO_LONG,
  ErrorCode.GROUP_ATTRIBUTE_VALUE_TOO_LONG,
  ErrorCode.GROUP_ATTRIBUTE_COUNT_LIMIT,
  ErrorCode.GROUP_ATTRIBUTE_TOTAL_SIZE_LIMIT,
  ErrorCode.GROUP_ATTRIBUTE_FREQ_LIMIT,
  ErrorCode.GROUP_ATTRIBUTE_WRITE_CONFLICT,
]
const key = Type.String({ description: 'Key of the attribute, up to 32 bytes.' })
const value = Type.String({ description: 'Its value, up to 4000 bytes.' })
const attribute = Type.Object({ key, value })
const attributes = Type.Array(attribute, { minItems: 1, description: 'The attributes.' })
const attrSeq = Type.Optional(
  Type.Integer({
    minimum: 0,
    description: '`AttrSeq` of the state that the change was made from; 0 or absent: whatever it is.',
    fromText: true,
  }),
)
const answer = Type.Object({ AttrSeq: Type.Integer({ description: 'Number of the new state.' }) })

async function groupWithAttributes(call: AnyCall, id: string): Promise<GroupRow> {
  const group = await groupOf(call, id)
  if (!TYPE_RULES[group.type].attributes || group.community_no > 0)
    throw denied(`${id} has no attributes: topics and some types of groups have none.`, 'type')
  await requireInside(call, group)
  return group
}

function bounds(app: App): AttributeBounds {
  return {
    count: app.setting('attr.countMax'),
    keyBytes: app.setting('attr.keyBytes'),
    valueBytes: app.setting('attr.valueBytes'),
    totalBytes: app.setting('attr.totalBytes'),
    writesPerSec: app.setting('attr.writesPerSec'),
  }
}

async function change(
  call: AnyCall,
  body: { readonly GroupId: string; readonly AttrSeq?: number },
  operation: ChangeAttributes['operation'],
  list: readonly Attribute[],
): Promise<{ AttrSeq: number }> {
  const group = await groupWithAttributes(call, body.GroupId)
  const AttrSeq = await call.services.store.mutate(changeAttributes, {
    app: group.app_id,
    group: group.group_no,
    actor: await actorOf(call),
    operation,
    attributes: list,
    attrSeq: body.AttrSeq ?? 0,
    bounds: bounds(call.caller.app),
  })
  return { AttrSeq }
}

const getRequest = Type.Object({ GroupId: groupId })

/** `group_open_attr_http_svc/get_group_attr` (rest-2 section 8.6). */
const getCommand = defineCommand({
  name: 'group_open_attr_http_svc/get_group_attr',
  aliases: ['group_open_http_svc/get_group_attr'],
  summary: 'Reads the attributes of a group.',
  http: 'admin',
  request: getRequest,
  socket: { request: getRequest },
  response: Type.Object({
    GroupAttrAry: Type.Array(attribute, { description: 'The attributes.' }),
    AttrSeq: Type.Integer({ description: 'Number of their state, for a change that is made from it.' }),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const group = await groupWithAttributes(call, call.body.GroupId)
    const { read } = call.services.store
    // The number first: a change in between makes the next write a conflict, never a lost one.
    const AttrSeq = await attributeSeq(read, group)
    return { GroupAttrAry: await attributesOf(read, group), AttrSeq }
  },
})

const writeRequest = Type.Object({ GroupId: groupId, GroupAttr: attributes, AttrSeq: attrSeq })

/** `group_open_http_svc/set_group_attr` (rest-2 section 8.6). */
const setCommand = defineCommand({
  name: 'group_open_http_svc/set_group_attr',
  summary: 'Replaces all attributes of a group.',
  http: 'admin',
  request: writeRequest,
  socket: { request: writeRequest },
  response: answer,
  errors,
  handler: call => change(call, call.body, 'set', call.body.GroupAttr),
})

/** `group_open_http_svc/modify_group_attr` (rest-2 section 8.6). */
const modifyCommand = defineCommand({
  name: 'group_open_http_svc/modify_group_attr',
  summary: 'Sets some attributes of a group and leaves the others.',
  http: 'admin',
  request: writeRequest,
  socket: { request: writeRequest },
  response: answer,
  errors,
  handler: call => change(call, call.body, 'modify', call.body.GroupAttr),
})

const deleteRequest = Type.Object({
  GroupId: groupId,
  GroupAttr: Type.Array(Type.Object({ key }), { minItems: 1, description: 'The attributes by their keys.' }),
  AttrSeq: attrSeq,
})

/** `group_open_http_svc/delete_group_attr` (rest-2 section 8.6). */
const deleteCommand = defineCommand({
  name: 'group_open_http_svc/delete_group_attr',
  summary: 'Deletes some attributes of a group.',
  http: 'admin',
  request: deleteRequest,
  socket: { request: deleteRequest },
  response: answer,
  errors: [...errors, ErrorCode.GROUP_ATTRIBUTE_NOT_FOUND],
  handler: call =>
    change(
      call,
      call.body,
      'delete',
      call.body.GroupAttr.map(it => ({ key: it.key, value: '' })),
    ),
})

const clearRequest = Type.Object({ GroupId: groupId, AttrSeq: attrSeq })

/** `group_open_http_svc/clear_group_attr` (rest-2 section 8.6). */
const clearCommand = defineCommand({
  name: 'group_open_http_svc/clear_group_attr',
  summary: 'Deletes all attributes of a group.',
  http: 'admin',
  request: clearRequest,
  socket: { request: clearRequest },
  response: answer,
  errors,
  handler: call => change(call, call.body, 'clear', []),
})

export const attributeCommands: readonly Command[] = [
  getCommand,
  setCommand,
  modifyCommand,
  deleteCommand,
  clearCommand,
]
