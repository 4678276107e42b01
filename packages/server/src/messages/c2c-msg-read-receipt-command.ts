import { ErrorCode } from '@rookery/protocol/error-code'
import type { MessageKey } from '@rookery/protocol/message-key'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { historyFloor } from './history-floor.ts'
import { messageSides, UNKNOWN_WHEN_ADDRESSING } from './message-accounts.ts'
import { messageKeyOrThrow } from './message-key-field.ts'
import { reportReceipts } from './report-receipts.ts'
import { fromAccount, msgKey, msgRandom, msgSeq, msgTimeStamp, toAccount } from './request-fields.ts'

const info = Type.Object({
  From_Account: Type.Optional(fromAccount),
  To_Account: Type.Optional(toAccount),
  MsgKey: Type.Optional(msgKey),
  // Some clients name the three numbers instead of the key (rest-1 section 4.8).
  MsgSeq: Type.Optional(msgSeq),
  MsgRandom: Type.Optional(msgRandom),
  MsgTime: Type.Optional(msgTimeStamp),
})

const fields = {
  Peer_Account: toAccount,
  C2CMsgInfo: Type.Array(info, { minItems: 1, code: ErrorCode.MESSAGE_REQUEST_INVALID }),
}

/** `openim/c2c_msg_read_receipt`: the receiver's receipt for single messages (rest-1 section 4.8). */
export const c2cMsgReadReceiptCommand = defineCommand({
  name: 'openim/c2c_msg_read_receipt',
  summary: 'Reports that the operator read messages of the peer which asked for a read receipt.',
  http: 'admin',
  socket: { request: Type.Object(fields), acting: 'Operator_Account' },
  request: Type.Object({ Operator_Account: fromAccount, ...fields }),
  response: Type.Object({}),
  errors: [
    ErrorCode.MESSAGE_REQUEST_INVALID,
    ErrorCode.MESSAGE_ACCOUNT_INVALID,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MSG_RANDOM_INVALID,
    ErrorCode.MSG_TIMESTAMP_INVALID,
    ErrorCode.MSG_FROM_ACCOUNT_INVALID,
    ErrorCode.MSG_KEY_INVALID,
  ],
  async handler({ caller, body, services }) {
    const max = caller.app.setting('receipt.reportMax')
    if (body.C2CMsgInfo.length > max)
      throw new CommandError(
        ErrorCode.MESSAGE_REQUEST_INVALID,
        `C2CMsgInfo has ${body.C2CMsgInfo.length} messages, ${max} are allowed; report in several calls.`,
        { check: 'C2CMsgInfo', count: body.C2CMsgInfo.length, max },
      )
    const names = { from: body.Operator_Account, to: body.Peer_Account }
    const keys = body.C2CMsgInfo.map((item, index) => keyOf(item, index, names))
    const { from, to } = await messageSides(services, caller, names, UNKNOWN_WHEN_ADDRESSING)
    await services.store.mutate(reportReceipts, {
      app: caller.app.id,
      reader: from.id,
      sender: to.id,
      keys,
      notBefore: historyFloor(caller.app),
    })
    return {}
  },
})

function keyOf(
  item: Type.Static<typeof info>,
  index: number,
  names: { readonly from: string; readonly to: string },
): MessageKey {
  const where = `C2CMsgInfo.${index}`
  if ((item.From_Account ?? names.to) !== names.to || (item.To_Account ?? names.from) !== names.from)
    throw new CommandError(
      ErrorCode.MESSAGE_REQUEST_INVALID,
      `${where}: From_Account must be Peer_Account, who sent the message, and To_Account the reader.`,
      { check: 'C2CMsgInfo', field: where },
    )
  if (item.MsgKey !== undefined)
    return messageKeyOrThrow(item.MsgKey, ErrorCode.MSG_KEY_INVALID, `${where}.MsgKey`)
  const { MsgSeq, MsgRandom, MsgTime } = item
  if (MsgSeq === undefined || MsgRandom === undefined || MsgTime === undefined)
    throw new CommandError(
      ErrorCode.MSG_KEY_INVALID,
      `${where} needs MsgKey, or MsgSeq, MsgRandom and MsgTime.`,
      { check: 'C2CMsgInfo', field: where },
    )
  return { msgSeq: MsgSeq, random: MsgRandom, time: MsgTime }
}
