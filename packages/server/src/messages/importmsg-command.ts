import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { MessageFlag } from '../store/schema.ts'
import { messageSides } from './message-accounts.ts'
import { messageBodyText } from './message-body.ts'
import {
  customData,
  fromAccount,
  msgBody,
  msgRandom,
  msgSeq,
  msgTimeStamp,
  toAccount,
} from './request-fields.ts'
import { checkContent, sendC2c } from './send-c2c.ts'
import { randomU32 } from './send-options.ts'

/** `SyncFromOldSystem`: 5 (older: 1) counts as unread and reaches devices, 2 does neither (rest-1 section 4.4). */
const HISTORY = 2
/** The documented code has another name in the push family (error-codes 10.2). */
const SYNC_FROM_OLD_SYSTEM_INVALID = ErrorCode.PUSH_ATTRIBUTE_VALUE_INVALID

/** `openim/importmsg`: a message of an older system, at its own time (rest-1 section 4.4). */
export const importmsgCommand = defineCommand({
  name: 'openim/importmsg',
  summary: 'Imports a message of another system with its original time; calls no webhook.',
  http: 'admin',
  request: Type.Object({
    SyncFromOldSystem: Type.Union([Type.Literal(1), Type.Literal(HISTORY), Type.Literal(5)], {
      code: SYNC_FROM_OLD_SYSTEM_INVALID,
    }),
    From_Account: fromAccount,
    To_Account: toAccount,
    MsgSeq: Type.Optional(msgSeq),
    MsgRandom: msgRandom,
    MsgTimeStamp: Type.Integer({ ...msgTimeStamp, minimum: 1 }),
    MsgBody: msgBody,
    CloudCustomData: Type.Optional(customData),
  }),
  response: Type.Object({}),
  errors: [
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MSG_RANDOM_INVALID,
    ErrorCode.MSG_TIMESTAMP_INVALID,
    ErrorCode.MSG_BODY_NOT_ARRAY,
    ErrorCode.MSG_FROM_ACCOUNT_INVALID,
    ErrorCode.MSG_FORMAT_INVALID,
    ErrorCode.MSG_RECEIVER_NOT_FOUND,
    SYNC_FROM_OLD_SYSTEM_INVALID,
    ErrorCode.MSG_TOO_LONG,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const content = {
      parsedBody: body.MsgBody,
      body: messageBodyText(call.bodyText(), body.MsgBody),
      custom: body.CloudCustomData ?? '',
    }
    checkContent(caller, content)
    const sides = await messageSides(
      services,
      caller,
      { from: body.From_Account, to: body.To_Account },
      { from: ErrorCode.MSG_FROM_ACCOUNT_INVALID, to: ErrorCode.MSG_RECEIVER_NOT_FOUND },
    )
    const history = body.SyncFromOldSystem === HISTORY
    await sendC2c(services, caller, {
      ...content,
      ...sides,
      msgSeq: body.MsgSeq ?? randomU32(),
      random: body.MsgRandom,
      clientTime: body.MsgTimeStamp,
      flags: MessageFlag.IMPORTED | (history ? MessageFlag.NO_UNREAD : 0),
      key: { kind: 'import' },
      onlineOnly: false,
      pushInfo: '',
      tell: history ? 'nobody' : 'all',
      time: body.MsgTimeStamp,
    })
    return {}
  },
})
