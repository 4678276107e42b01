import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Contact } from './contact.ts'
import { groupOrThrow, peerOrThrow } from './conversation-parties.ts'
import { pinConversation } from './pin-conversation.ts'

const request = Type.Object({
  To_Account: Type.Optional(Type.String({ minLength: 1 })),
  GroupId: Type.Optional(Type.String({ minLength: 1 })),
  TopFlag: Type.Union([Type.Literal(0), Type.Literal(1)]),
})

/** `recentcontact/pin` (sdk-1 section 16). */
export const pinCommand = defineCommand({
  name: 'recentcontact/pin',
  summary: 'Pins a conversation to the top of the list, or takes the pin away.',
  http: 'none',
  request,
  socket: { request },
  response: Type.Object({}),
  errors: [
    ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
    ErrorCode.CONVERSATION_PINNED_LIMIT,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const contact = await contactOf(call)
    await services.store.mutate(pinConversation, {
      ...contact,
      app: caller.app.id,
      owner: caller.accountId,
      pin: body.TopFlag === 1,
      max: caller.app.setting('conv.pinnedMax'),
    })
    return {}
  },
})

/** Throws 50002 for a request that names neither of both. */
async function contactOf(call: Call<Type.Static<typeof request>>): Promise<Contact> {
  const { body, caller } = call
  if (body.GroupId !== undefined) return groupOrThrow(call, caller.accountId, body.GroupId)
  if (body.To_Account !== undefined)
    return { peer: (await peerOrThrow(call, caller.accountId, body.To_Account)).accountId }
  throw new CommandError(ErrorCode.CONVERSATION_PARAMETER_INVALID, 'To_Account or GroupId is missing.', {
    check: 'request',
    field: 'To_Account',
  })
}
