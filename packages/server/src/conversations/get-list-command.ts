import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { owner } from './conversation-parties.ts'
import { type ListItem, listPage } from './list-page.ts'

const number = Type.Integer({ minimum: 0 })

/** `recentcontact/get_list` (rest-1 section 7.1). */
export const getListCommand = defineCommand({
  name: 'recentcontact/get_list',
  summary: 'Lists the conversations of a user: the pinned ones, then the others, newest first.',
  http: 'admin',
  request: Type.Object({
    From_Account: Type.String({ minLength: 1 }),
    TimeStamp: number,
    StartIndex: number,
    TopTimeStamp: number,
    TopStartIndex: number,
    AssistFlags: number,
  }),
  response: Type.Object({
    SessionItem: Type.Array(
      Type.Object({
        Type: Type.Integer(),
        To_Account: Type.Optional(Type.String()),
        GroupId: Type.Optional(Type.String()),
        MsgTime: Type.Integer(),
        TopFlag: Type.Integer(),
        StandardMark: Type.Optional(Type.String()),
        CustomMark: Type.Optional(Type.String()),
        ContactGroupId: Type.Optional(Type.Array(Type.Integer())),
      }),
    ),
    CompleteFlag: Type.Integer(),
    TimeStamp: Type.Integer(),
    StartIndex: Type.Integer(),
    TopTimeStamp: Type.Integer(),
    TopStartIndex: Type.Integer(),
  }),
  errors: [ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND, ErrorCode.CONVERSATION_PARAMETER_INVALID],
  async handler(call) {
    const { body, caller, services } = call
    const { id } = await owner(call, body.From_Account)
    const page = await listPage(services, caller.app.id, id, {
      normal: { time: body.TimeStamp, conv: body.StartIndex },
      pinned: { time: body.TopTimeStamp, conv: body.TopStartIndex },
      assistFlags: body.AssistFlags,
      max: caller.app.setting('conversation.max'),
    })
    return {
      SessionItem: page.items.map(sessionItem),
      CompleteFlag: page.isComplete ? 1 : 0,
      TimeStamp: page.normal.time,
      StartIndex: page.normal.conv,
      TopTimeStamp: page.pinned.time,
      TopStartIndex: page.pinned.conv,
    }
  },
})

interface SessionItem {
  readonly Type: number
  readonly To_Account?: string
  readonly GroupId?: string
  readonly MsgTime: number
  readonly TopFlag: number
  StandardMark?: string
  CustomMark?: string
  ContactGroupId?: readonly number[]
}

function sessionItem({ view, isPinned }: ListItem): SessionItem {
  const { group, peer, standardMark, customMark, contactGroups } = view
  const MsgTime = view.listTime
  const TopFlag = isPinned ? 1 : 0
  const item: SessionItem = group
    ? { Type: 2, GroupId: group.shown.GroupId, MsgTime, TopFlag }
    : { Type: 1, To_Account: peer.userId, MsgTime, TopFlag }
  if (standardMark) item.StandardMark = standardMark
  if (customMark) item.CustomMark = customMark
  if (contactGroups.length > 0) item.ContactGroupId = contactGroups
  return item
}
