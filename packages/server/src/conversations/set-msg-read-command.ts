import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, defineCommand } from '../commands/command.ts'
import { accountOrThrow } from '../messages/message-accounts.ts'
import { peerOrThrow } from './conversation-parties.ts'
import { markRead, type ReadRequest, readMove } from './read-mark.ts'

/** `openim/admin_set_msg_read`: an app admin reads for a user (rest-1 section 4.7). */
export const adminSetMsgReadCommand = defineCommand({
  name: 'openim/admin_set_msg_read',
  summary: 'Marks the messages of a one-to-one conversation as read up to a time.',
  http: 'admin',
  request: Type.Object({
    Report_Account: Type.String({ minLength: 1, code: ErrorCode.MSG_FROM_ACCOUNT_INVALID }),
    Peer_Account: Type.String({ minLength: 1, code: ErrorCode.MSG_TO_ACCOUNT_INVALID }),
    MsgReadTime: Type.Optional(
      Type.Integer({ minimum: 0, fromText: true, code: ErrorCode.MSG_JSON_PARSE_FAILED }),
    ),
  }),
  response: Type.Object({}),
  errors: [
    ErrorCode.MSG_JSON_PARSE_FAILED,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MSG_FROM_ACCOUNT_INVALID,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const reader = await accountOrThrow(
      services,
      caller.app.id,
      body.Report_Account,
      ErrorCode.MSG_FROM_ACCOUNT_INVALID,
    )
    const peer = await peerOrThrow(call, reader.id, body.Peer_Account, ErrorCode.MSG_TO_ACCOUNT_INVALID)
    const upTo = body.MsgReadTime === undefined ? {} : { time: body.MsgReadTime }
    return read(call, { app: caller.app.id, reader: reader.id, peer: peer.accountId, upTo })
  },
})

const socketRequest = Type.Object({
  Peer_Account: Type.String({ minLength: 1, code: ErrorCode.MSG_TO_ACCOUNT_INVALID }),
  ReadSeq: Type.Optional(Type.Integer({ minimum: 0, code: ErrorCode.MSG_JSON_PARSE_FAILED })),
})

/** `openim/set_msg_read`: the user reads a conversation (sdk-1 section 12.1). */
export const setMsgReadCommand = defineCommand({
  name: 'openim/set_msg_read',
  summary: 'Marks the messages of a one-to-one conversation as read up to a number, or all of them.',
  http: 'none',
  request: socketRequest,
  socket: { request: socketRequest },
  response: Type.Object({}),
  errors: [
    ErrorCode.MSG_JSON_PARSE_FAILED,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MESSAGE_ACCOUNT_INVALID,
  ],
  async handler(call) {
    const { body, caller } = call
    const reader = caller.accountId
    const peer = await peerOrThrow(call, reader, body.Peer_Account, ErrorCode.MESSAGE_ACCOUNT_INVALID)
    const upTo = body.ReadSeq === undefined ? {} : { seq: body.ReadSeq }
    return read(call, { app: caller.app.id, reader, peer: peer.accountId, upTo })
  },
})

/** Kits report each time a message is shown: what moves nothing does not reach the writer. */
async function read(call: Pick<Call<unknown>, 'services'>, request: ReadRequest): Promise<object> {
  const { store } = call.services
  if (await readMove(store.read, request)) await store.mutate(markRead, request)
  return {}
}
