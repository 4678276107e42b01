import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { owner, peerOrThrow } from './conversation-parties.ts'
import { deleteConversation } from './delete-conversation.ts'

const zeroOrOne = Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)]))

const fields = {
  Type: Type.Union([Type.Literal(1), Type.Literal(2)]),
  To_Account: Type.Optional(Type.String({ minLength: 1 })),
  ToGroupid: Type.Optional(Type.String({ minLength: 1 })),
  ClearRamble: zeroOrOne,
  /** The SDK only: 1 clears the history and keeps the conversation. */
  ClearOnly: zeroOrOne,
}

/** `recentcontact/delete` (rest-1 section 7.2, docs/wire-protocol.md). */
export const deleteCommand = defineCommand({
  name: 'recentcontact/delete',
  summary: 'Deletes a conversation from the list of its owner, or its history from the view of its owner.',
  http: 'admin',
  socket: { request: Type.Object(fields), acting: 'From_Account' },
  request: Type.Object({ From_Account: Type.String({ minLength: 1 }), ...fields }),
  spellings: { type: 'Type', ToGroupId: 'ToGroupid' },
  response: Type.Object({}),
  errors: [
    ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const { id } = await owner(call, body.From_Account)
    if (body.Type === 2) throw noGroup(body.ToGroupid)
    if (body.To_Account === undefined)
      throw new CommandError(ErrorCode.CONVERSATION_PARAMETER_INVALID, 'To_Account is missing for Type 1.', {
        check: 'request',
        field: 'To_Account',
      })
    const peer = await peerOrThrow(call, id, body.To_Account)
    if (peer.conv === undefined) return {}
    const clearOnly = caller.door === 'socket' && body.ClearOnly === 1
    await services.store.mutate(deleteConversation, {
      app: caller.app.id,
      owner: id,
      peer: peer.accountId,
      hide: !clearOnly,
      clear: clearOnly || body.ClearRamble === 1,
      tell: clearOnly || caller.app.setting('conv.deleteSync'),
    })
    return {}
  },
})

/** Group conversations come with groups: until then no group exists. */
function noGroup(group: string | undefined): CommandError {
  if (group === undefined)
    return new CommandError(ErrorCode.CONVERSATION_PARAMETER_INVALID, 'ToGroupid is missing for Type 2.', {
      check: 'request',
      field: 'ToGroupid',
    })
  return new CommandError(
    ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
    `There is no group ${group}; check its id.`,
    { check: 'group', group },
  )
}
