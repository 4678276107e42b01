import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { Call } from '../../commands/command.ts'
import { groupOf } from '../commands/group-caller.ts'
import { groupNotFound } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { callerActor } from './judge-sender.ts'
import type { GroupMessageCall } from './message-call.ts'

/** Fields that commands on messages of groups share (rest-2 section 6). */
export const topicId = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'Topic of the community; then it is meant instead of the group.',
  }),
)
export const seq = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  fromText: true,
  description: 'Number of the message in its group.',
})
export const seqItems = (max: number) =>
  Type.Array(Type.Object({ MsgSeq: seq }), {
    minItems: 1,
    maxItems: max,
    description: 'The messages by their numbers.',
  })
export const messageBody = Type.Array(Type.Unknown(), {
  code: ErrorCode.MSG_BODY_NOT_ARRAY,
  description: 'Elements of the message.',
})
export const customData = Type.String({
  code: ErrorCode.MSG_FORMAT_INVALID,
  description: "The app's own data beside the elements.",
})
export const zeroOrOne = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 1, fromText: true, description }))

/** The group that a request about messages means: the topic when it names one. Throws 10015, 10010. */
export async function messageGroup(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  body: { readonly GroupId: string; readonly TopicId?: string },
): Promise<GroupRow> {
  const group = await groupOf(call, body.GroupId)
  if (body.TopicId === undefined) return group
  const topic = await groupOf(call, body.TopicId, 'TopicId')
  if (topic.community_no !== group.group_no) throw groupNotFound(body.TopicId)
  return topic
}

/** What a mutation of messages of this group needs to be told. */
export function messageCall(call: Pick<Call<unknown>, 'caller'>, group: GroupRow): GroupMessageCall {
  return {
    app: group.app_id,
    group: group.group_no,
    conv: group.conv_id,
    actor: callerActor(call.caller),
  }
}
