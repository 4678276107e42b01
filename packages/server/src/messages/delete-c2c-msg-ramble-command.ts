import { ErrorCode } from '@rookery/protocol/error-code'
import { type MessageKey, parseMessageKey } from '@rookery/protocol/message-key'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { hideMessages } from './hide-messages.ts'
import { historyFloor } from './history-floor.ts'
import { messageSides, UNKNOWN_WHEN_ADDRESSING } from './message-accounts.ts'
import { fromAccount, toAccount } from './request-fields.ts'

/** rest-1 section 1.9. */
const KEYS_MAX = 30

const fields = {
  Peer_Account: toAccount,
  MsgKeyList: Type.Array(Type.String(), {
    minItems: 1,
    maxItems: KEYS_MAX,
    code: ErrorCode.MSG_KEY_INVALID,
  }),
}

/** `openim/delete_c2c_msg_ramble`: deletes messages for one side only (rest-1 section 4.11). */
export const deleteC2cMsgRambleCommand = defineCommand({
  name: 'openim/delete_c2c_msg_ramble',
  summary: 'Deletes up to 30 messages from the view of one side; the other side keeps them.',
  http: 'admin',
  socket: { request: Type.Object(fields), acting: 'Operator_Account' },
  request: Type.Object({ Operator_Account: fromAccount, ...fields }),
  response: Type.Object({ InvalidMsgKeyList: Type.Array(Type.String()) }),
  errors: [
    ErrorCode.MESSAGE_ACCOUNT_INVALID,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MSG_FROM_ACCOUNT_INVALID,
    ErrorCode.MSG_KEY_INVALID,
  ],
  async handler({ caller, body, services }) {
    const names = { from: body.Operator_Account, to: body.Peer_Account }
    const { from, to } = await messageSides(services, caller, names, UNKNOWN_WHEN_ADDRESSING)
    const keys: MessageKey[] = []
    const invalid: string[] = []
    for (const text of body.MsgKeyList) {
      const key = parseMessageKey(text)
      if (key) keys.push(key)
      else invalid.push(text)
    }
    if (keys.length > 0)
      await services.store.mutate(hideMessages, {
        app: caller.app.id,
        owner: from.id,
        peer: to.id,
        keys,
        notBefore: historyFloor(caller.app),
      })
    return { InvalidMsgKeyList: invalid }
  },
})
