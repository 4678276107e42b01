import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { accountOrThrow } from '../messages/message-accounts.ts'
import { peerNamed } from './conversation-parties.ts'
import { conversationViews } from './conversation-views.ts'
import { totalUnread } from './unread-count.ts'

/** rest-1 section 1.9 */
const PEERS_MAX = 10

const fields = {
  Peer_Account: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      maxItems: PEERS_MAX,
      code: ErrorCode.MSG_JSON_PARSE_FAILED,
    }),
  ),
}

/** `openim/get_c2c_unread_msg_num` (rest-1 section 4.9). */
export const getC2cUnreadCommand = defineCommand({
  name: 'openim/get_c2c_unread_msg_num',
  summary: 'Counts the unread one-to-one messages of a user, in all or by peer.',
  http: 'admin',
  socket: { request: Type.Object(fields), acting: 'To_Account' },
  request: Type.Object({
    To_Account: Type.String({ minLength: 1, code: ErrorCode.MSG_TO_ACCOUNT_INVALID }),
    ...fields,
  }),
  response: Type.Object({
    AllC2CUnreadMsgNum: Type.Optional(Type.Integer()),
    C2CUnreadMsgNumList: Type.Optional(
      Type.Array(Type.Object({ Peer_Account: Type.String(), C2CUnreadMsgNum: Type.Integer() })),
    ),
    ErrorList: Type.Optional(
      Type.Array(Type.Object({ Peer_Account: Type.String(), ErrorCode: Type.Integer() })),
    ),
  }),
  errors: [ErrorCode.MSG_JSON_PARSE_FAILED, ErrorCode.MSG_TO_ACCOUNT_INVALID, ErrorCode.ACCOUNT_NOT_FOUND],
  async handler(call) {
    const { body, caller, services } = call
    const app = caller.app.id
    const db = services.store.read
    const reader = await accountOrThrow(services, app, body.To_Account, ErrorCode.MSG_TO_ACCOUNT_INVALID)
    const names = body.Peer_Account ?? []
    if (names.length === 0) return { AllC2CUnreadMsgNum: await totalUnread(db, app, reader.id) }
    const counts: { Peer_Account: string; C2CUnreadMsgNum: number }[] = []
    const unknown: { Peer_Account: string; ErrorCode: number }[] = []
    for (const Peer_Account of names) {
      const peer = await peerNamed(call, reader.id, Peer_Account)
      if (!peer) unknown.push({ Peer_Account, ErrorCode: ErrorCode.ACCOUNT_NOT_FOUND })
      else {
        const [view] = peer.conv === undefined ? [] : await conversationViews(db, app, reader.id, [peer.conv])
        counts.push({ Peer_Account, C2CUnreadMsgNum: view?.unread ?? 0 })
      }
    }
    if (counts.length === 0)
      return {
        ActionStatus: 'FAIL',
        ErrorCode: ErrorCode.ACCOUNT_NOT_FOUND,
        ErrorInfo: 'None of Peer_Account has an account; check the spelling.',
        ErrorList: unknown,
      }
    return { C2CUnreadMsgNumList: counts, ...(unknown.length > 0 && { ErrorList: unknown }) }
  },
})
