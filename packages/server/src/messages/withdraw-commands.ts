import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { historyFloor } from './history-floor.ts'
import { accountOrThrow, messageSides, UNKNOWN_WHEN_ADDRESSING } from './message-accounts.ts'
import { messageKeyOrThrow } from './message-key-field.ts'
import { recallMessage } from './recall-message.ts'
import { fromAccount, msgKey, toAccount } from './request-fields.ts'

const errors = [
  ErrorCode.RECALL_MESSAGE_NOT_FOUND,
  ErrorCode.RECALL_ALREADY_DONE,
  ErrorCode.MSG_TO_ACCOUNT_INVALID,
  ErrorCode.MSG_KEY_INVALID,
]

/** `openim/admin_msgwithdraw`: an app admin recalls any message of the history (rest-1 section 4.6). */
export const adminMsgwithdrawCommand = defineCommand({
  name: 'openim/admin_msgwithdraw',
  summary: 'Recalls a one-to-one message, whatever its age.',
  http: 'admin',
  request: Type.Object({ From_Account: fromAccount, To_Account: toAccount, MsgKey: msgKey }),
  response: Type.Object({}),
  errors: [...errors, ErrorCode.MSG_FROM_ACCOUNT_INVALID],
  async handler({ caller, body, services }) {
    const key = messageKeyOrThrow(body.MsgKey)
    const names = { from: body.From_Account, to: body.To_Account }
    const { from, to } = await messageSides(services, caller, names, UNKNOWN_WHEN_ADDRESSING)
    await services.store.mutate(recallMessage, {
      app: caller.app.id,
      sender: from.id,
      receiver: to.id,
      key,
      revoker: caller.accountId,
      notBefore: historyFloor(caller.app),
    })
    return {}
  },
})

const ownRequest = Type.Object({ To_Account: toAccount, MsgKey: msgKey })

/** `openim/msg_withdraw`: a user recalls an own message within `message.recallSeconds` (docs/wire-protocol.md). */
export const msgWithdrawCommand = defineCommand({
  name: 'openim/msg_withdraw',
  summary: 'Recalls a message of the logged-in user within the recall window of the app.',
  http: 'none',
  socket: { request: ownRequest },
  request: ownRequest,
  response: Type.Object({}),
  errors: [...errors, ErrorCode.RECALL_TIME_LIMIT, ErrorCode.MESSAGE_ACCOUNT_INVALID],
  async handler({ caller, body, services }) {
    const key = messageKeyOrThrow(body.MsgKey)
    const { app, accountId } = caller
    const peer = await accountOrThrow(services, app.id, body.To_Account, ErrorCode.MESSAGE_ACCOUNT_INVALID)
    await services.store.mutate(recallMessage, {
      app: app.id,
      sender: accountId,
      receiver: peer.id,
      key,
      revoker: accountId,
      viewer: accountId,
      window: app.setting('message.recallSeconds'),
      notBefore: historyFloor(app),
    })
    return {}
  },
})
