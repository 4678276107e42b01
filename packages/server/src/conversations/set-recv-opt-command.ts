import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { peerNamed } from './conversation-parties.ts'
import { setReceiveOption } from './receive-option.ts'

/** docs/wire-protocol.md */
const PEERS_MAX = 30

const request = Type.Object({
  To_Account: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: PEERS_MAX }),
  /** 0 receive and notify, 1 discard, 2 receive without notifying. */
  RecvOpt: Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)]),
})

/** `recentcontact/set_recv_opt` (sdk-1 section 16). */
export const setRecvOptCommand = defineCommand({
  name: 'recentcontact/set_recv_opt',
  summary: 'Sets whether messages of these users are received and notified.',
  http: 'none',
  request,
  socket: { request },
  response: Type.Object({
    ErrorList: Type.Optional(
      Type.Array(Type.Object({ To_Account: Type.String(), ErrorCode: Type.Integer() })),
    ),
  }),
  errors: [ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND, ErrorCode.CONVERSATION_PARAMETER_INVALID],
  async handler(call) {
    const { body, caller, services } = call
    const peers: number[] = []
    const unknown: string[] = []
    for (const userId of body.To_Account) {
      const peer = await peerNamed(call, caller.accountId, userId)
      if (peer) peers.push(peer.accountId)
      else unknown.push(userId)
    }
    if (peers.length > 0)
      await services.store.mutate(setReceiveOption, {
        app: caller.app.id,
        owner: caller.accountId,
        peers,
        option: body.RecvOpt,
      })
    if (unknown.length === 0) return {}
    const code = ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND
    return { ErrorList: unknown.map(To_Account => ({ To_Account, ErrorCode: code })) }
  },
})
