import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { peerOrThrow } from './conversation-parties.ts'
import { pinConversation } from './pin-conversation.ts'

const request = Type.Object({
  To_Account: Type.String({ minLength: 1 }),
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
    ErrorCode.CONVERSATION_PINNED_LIMIT,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const peer = await peerOrThrow(call, caller.accountId, body.To_Account)
    await services.store.mutate(pinConversation, {
      app: caller.app.id,
      owner: caller.accountId,
      peer: peer.accountId,
      pin: body.TopFlag === 1,
      max: caller.app.setting('conv.pinnedMax'),
    })
    return {}
  },
})
