import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Contact } from './contact.ts'
import { groupOrThrow, owner, peerOrThrow } from './conversation-parties.ts'
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
    const contact = await contactOf(call, id)
    if (!contact) return {}
    const clearOnly = caller.door === 'socket' && body.ClearOnly === 1
    await services.store.mutate(deleteConversation, {
      ...contact,
      app: caller.app.id,
      owner: id,
      hide: !clearOnly,
      clear: clearOnly || body.ClearRamble === 1,
      tell: clearOnly || caller.app.setting('conv.deleteSync'),
    })
    return {}
  },
})

/** Undefined when the two have no conversation. */
async function contactOf(
  call: Call<{ readonly Type: 1 | 2; readonly To_Account?: string; readonly ToGroupid?: string }>,
  ownerId: number,
): Promise<Contact | undefined> {
  const { body } = call
  if (body.Type === 2) {
    if (body.ToGroupid === undefined) throw missing('ToGroupid', 2)
    return groupOrThrow(call, ownerId, body.ToGroupid)
  }
  if (body.To_Account === undefined) throw missing('To_Account', 1)
  const peer = await peerOrThrow(call, ownerId, body.To_Account)
  return peer.conv === undefined ? undefined : { peer: peer.accountId }
}

function missing(field: string, type: number): CommandError {
  return new CommandError(ErrorCode.CONVERSATION_PARAMETER_INVALID, `${field} is missing for Type ${type}.`, {
    check: 'request',
    field,
  })
}
