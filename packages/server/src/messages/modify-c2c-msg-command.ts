import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { checkElements } from './element-check.ts'
import { historyFloor } from './history-floor.ts'
import { messageSides, requireParticipant, UNKNOWN_WHEN_SENDING } from './message-accounts.ts'
import { messageBodyText } from './message-body.ts'
import { messageKeyOrThrow } from './message-key-field.ts'
import { modifyMessage } from './modify-message.ts'
import { customData, fromAccount, msgBody, msgKey, toAccount } from './request-fields.ts'

/** From_Account and To_Account name the message, not who acts: that is the admin or the logged-in user. */
const request = Type.Object({
  From_Account: fromAccount,
  To_Account: toAccount,
  MsgKey: msgKey,
  MsgBody: Type.Optional(msgBody),
  CloudCustomData: Type.Optional(customData),
  MsgVersion: Type.Optional(Type.Integer({ minimum: 0 })),
})

/** `openim/modify_c2c_msg`: edits a sent message (rest-1 section 4.10). */
export const modifyC2cMsgCommand = defineCommand({
  name: 'openim/modify_c2c_msg',
  summary: 'Replaces the body or the custom data of a stored one-to-one message.',
  http: 'admin',
  socket: { request },
  request,
  response: Type.Object({}),
  successInfo: 'succeed',
  errors: [
    ErrorCode.MESSAGE_REQUEST_INVALID,
    ErrorCode.MESSAGE_ACCOUNT_INVALID,
    ErrorCode.RECALL_MESSAGE_NOT_FOUND,
    ErrorCode.MODIFY_MESSAGE_NOT_FOUND,
    ErrorCode.MODIFY_CONFLICT,
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MSG_FROM_ACCOUNT_INVALID,
    ErrorCode.MSG_BODY_NOT_ARRAY,
    ErrorCode.MSG_FORMAT_INVALID,
    ErrorCode.MSG_RECEIVER_NOT_FOUND,
    ErrorCode.MSG_KEY_INVALID,
    ErrorCode.MSG_TOO_LONG,
    ErrorCode.BODY_SIZE_LIMIT,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const { app } = caller
    const key = messageKeyOrThrow(body.MsgKey)
    if (body.MsgBody === undefined && body.CloudCustomData === undefined)
      throw new CommandError(
        ErrorCode.MSG_FORMAT_INVALID,
        'Neither MsgBody nor CloudCustomData is given; give what shall be replaced.',
        { check: 'MsgBody' },
      )
    if (body.MsgBody !== undefined)
      checkElements(body.MsgBody, {
        messages: app.setting('message.mergeMax'),
        depth: app.setting('message.mergeDepth'),
      })
    const names = { from: body.From_Account, to: body.To_Account }
    const { from, to } = await messageSides(services, caller, names, UNKNOWN_WHEN_SENDING)
    requireParticipant(caller, from, to)
    await services.store.mutate(modifyMessage, {
      app: app.id,
      sender: from.id,
      receiver: to.id,
      key,
      ...(caller.door === 'socket' && { viewer: caller.accountId }),
      ...(body.MsgVersion !== undefined && { version: body.MsgVersion }),
      ...(body.MsgBody !== undefined && { body: messageBodyText(call.bodyText(), body.MsgBody) }),
      ...(body.CloudCustomData !== undefined && { custom: body.CloudCustomData }),
      maxBytes: app.setting('message.maxBytes'),
      door: caller.door,
      notBefore: historyFloor(app),
    })
    return {}
  },
})
