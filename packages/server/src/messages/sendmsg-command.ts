import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { MessageFlag } from '../store/schema.ts'
import { messageBodyText } from './message-body.ts'
import {
  customData,
  fromAccount,
  msgBody,
  msgRandom,
  msgSeq,
  msgTimeStamp,
  offlinePushInfo,
  toAccount,
  zeroOrOne,
} from './request-fields.ts'
import { type C2cSend, sendC2c, sentFields } from './send-c2c.ts'

const U32_MAX = 4294967295

const sendFields = {
  To_Account: toAccount,
  OnlineOnlyFlag: Type.Optional(zeroOrOne()),
  MsgSeq: Type.Optional(msgSeq),
  MsgRandom: msgRandom,
  SendMsgControl: Type.Optional(
    Type.Array(Type.Enum(['NoUnread', 'NoLastMsg', 'WithMuteNotifications']), { maxItems: 3 }),
  ),
  MsgBody: msgBody,
  CloudCustomData: Type.Optional(customData),
  SupportMessageExtension: Type.Optional(zeroOrOne()),
  IsNeedReadReceipt: Type.Optional(zeroOrOne()),
  OfflinePushInfo: Type.Optional(offlinePushInfo),
}

const request = Type.Object({
  ...sendFields,
  SyncOtherMachine: Type.Optional(
    Type.Union([Type.Literal(1), Type.Literal(2)], { code: ErrorCode.MSG_SYNC_OTHER_MACHINE_INVALID }),
  ),
  From_Account: Type.Optional(fromAccount),
  MsgLifeTime: Type.Optional(Type.Integer({ minimum: 0, code: ErrorCode.MSG_LIFETIME_INVALID })),
  MsgTimeStamp: Type.Optional(msgTimeStamp),
  MsgClientTime: Type.Optional(Type.Integer({ minimum: 0, maximum: U32_MAX })),
  ForbidCallbackControl: Type.Optional(Type.Array(Type.String())),
})

/** `openim/sendmsg`: one message to one user (rest-1 section 4.2). */
export const sendmsgCommand = defineCommand({
  name: 'openim/sendmsg',
  summary: 'Sends a message to one user; an app admin may send as anyone.',
  http: 'admin',
  socket: {
    request: Type.Object({
      ...sendFields,
      MsgSeq: msgSeq,
      MsgClientTime: Type.Integer({ minimum: 1, maximum: U32_MAX }),
    }),
    acting: 'From_Account',
  },
  request,
  response: Type.Object({
    MsgTime: Type.Integer(),
    MsgKey: Type.String(),
    MsgId: Type.String(),
    ConvId: Type.Optional(Type.Integer()),
    Seq: Type.Optional(Type.Integer()),
    CountNo: Type.Optional(Type.Integer()),
    Duplicate: Type.Optional(Type.Literal(1)),
  }),
  errors: [
    ErrorCode.MESSAGE_REQUEST_INVALID,
    ErrorCode.MESSAGE_ACCOUNT_INVALID,
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MSG_RANDOM_INVALID,
    ErrorCode.MSG_TIMESTAMP_INVALID,
    ErrorCode.MSG_BODY_NOT_ARRAY,
    ErrorCode.MSG_FORMAT_INVALID,
    ErrorCode.MSG_RECEIVER_NOT_FOUND,
    ErrorCode.MSG_SYNC_OTHER_MACHINE_INVALID,
    ErrorCode.MSG_LIFETIME_INVALID,
    ErrorCode.MSG_TOO_LONG,
    ErrorCode.BODY_SIZE_LIMIT,
  ],
  async handler(call) {
    const send = await toSend(call)
    const sent = await sendC2c(call.services, call.caller, send)
    const fields = sentFields(send, sent)
    if (call.caller.door === 'http' || sent.outcome === 'transient') return fields
    const { conv, seq, countNo } = sent.result
    return {
      ...fields,
      ConvId: conv,
      Seq: seq,
      CountNo: countNo,
      ...(sent.outcome === 'duplicate' && { Duplicate: 1 }),
    }
  },
})

async function toSend(call: Call<Type.Static<typeof request>>): Promise<C2cSend> {
  const { body, caller, services } = call
  const app = caller.app.id
  const [from, to] = [
    await services.accounts.find(app, body.From_Account ?? caller.userId),
    await services.accounts.find(app, body.To_Account),
  ]
  if (!from)
    throw new CommandError(
      ErrorCode.MESSAGE_ACCOUNT_INVALID,
      `The sender ${body.From_Account} has no account; import it or let it log in first.`,
    )
  if (!to)
    throw new CommandError(
      caller.door === 'http' ? ErrorCode.MSG_RECEIVER_NOT_FOUND : ErrorCode.MESSAGE_ACCOUNT_INVALID,
      `The receiver ${body.To_Account} has no account; import it or let it log in first.`,
    )
  const custom = body.CloudCustomData ?? ''
  const bodyText = messageBodyText(call.bodyText(), body.MsgBody)
  const control = body.SendMsgControl ?? []
  const onSocket = caller.door === 'socket'
  let flags = onSocket ? 0 : MessageFlag.BY_ADMIN
  if (body.SyncOtherMachine === 2) flags |= MessageFlag.HIDDEN_FROM_SENDER
  if (control.includes('NoUnread')) flags |= MessageFlag.NO_UNREAD
  if (control.includes('NoLastMsg')) flags |= MessageFlag.NO_LAST_MESSAGE
  if (body.IsNeedReadReceipt) flags |= MessageFlag.NEEDS_RECEIPT
  if (body.SupportMessageExtension) flags |= MessageFlag.EXTENSIONS
  const hash = Bun.hash(`${bodyText}\n${custom}\n${flags}`).toString(36)
  return {
    from,
    to,
    msgSeq: body.MsgSeq ?? randomU32(),
    random: body.MsgRandom,
    clientTime: body.MsgClientTime ?? Math.floor(Date.now() / 1000),
    parsedBody: body.MsgBody,
    body: bodyText,
    custom,
    flags,
    key: { kind: onSocket ? 'client' : 'rest', hash },
    // MsgLifeTime 0 is the older way to say "online users only" (rest-1 section 4.2).
    onlineOnly: body.OnlineOnlyFlag === 1 || body.MsgLifeTime === 0,
    pushInfo: body.OfflinePushInfo ? JSON.stringify(body.OfflinePushInfo) : '',
    // Without SyncOtherMachine the sender's history has it, but its devices are not told now.
    syncSender: onSocket || body.SyncOtherMachine === 1,
  }
}

function randomU32(): number {
  return Math.floor(Math.random() * 4294967296)
}
