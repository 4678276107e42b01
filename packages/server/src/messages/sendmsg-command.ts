import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, defineCommand, RawAnswer } from '../commands/command.ts'
import { messageSides, UNKNOWN_WHEN_SENDING } from './message-accounts.ts'
import { messageBodyText } from './message-body.ts'
import {
  customData,
  fromAccount,
  msgBody,
  msgLifeTime,
  msgRandom,
  msgSeq,
  msgTimeStamp,
  offlinePushInfo,
  sendMsgControl,
  syncOtherMachine,
  toAccount,
  U32_MAX,
  zeroOrOne,
} from './request-fields.ts'
import { type C2cSend, type C2cSent, checkContent, sendC2c, sentFields } from './send-c2c.ts'
import { contentHash, randomU32, sendFlags } from './send-options.ts'

const sendFields = {
  To_Account: toAccount,
  OnlineOnlyFlag: Type.Optional(zeroOrOne()),
  MsgSeq: Type.Optional(msgSeq),
  MsgRandom: msgRandom,
  SendMsgControl: Type.Optional(sendMsgControl),
  MsgBody: msgBody,
  CloudCustomData: Type.Optional(customData),
  SupportMessageExtension: Type.Optional(zeroOrOne()),
  IsNeedReadReceipt: Type.Optional(zeroOrOne()),
  OfflinePushInfo: Type.Optional(offlinePushInfo),
}

const request = Type.Object({
  ...sendFields,
  SyncOtherMachine: Type.Optional(syncOtherMachine),
  From_Account: Type.Optional(fromAccount),
  MsgLifeTime: Type.Optional(msgLifeTime),
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
    const { send, sent } = await sendInTurn(call)
    const fields = sentFields(send, sent)
    if (call.caller.door === 'http' || sent.outcome === 'transient') return fields
    const { conv, seq, countNo } = sent.result
    const members = `"MsgTime":${fields.MsgTime},"MsgKey":"${fields.MsgKey}","MsgId":"${fields.MsgId}","ConvId":${conv},"Seq":${seq},"CountNo":${countNo}`
    return new RawAnswer(sent.outcome === 'duplicate' ? `${members},"Duplicate":1` : members)
  },
})

type SendCall = Call<Type.Static<typeof request>>

async function sendInTurn(call: SendCall): Promise<{ readonly send: C2cSend; readonly sent: C2cSent }> {
  const { caller, services, body } = call
  const turn =
    caller.door === 'socket'
      ? services.turns.begin(`${caller.app.id}:${caller.accountId}:${body.To_Account}`)
      : undefined
  try {
    const send = await toSend(call)
    checkContent(caller, send)
    return { send, sent: await sendC2c(services, caller, send, turn) }
  } finally {
    turn?.end()
  }
}

async function toSend(call: SendCall): Promise<C2cSend> {
  const { body, caller, services } = call
  const names = { from: body.From_Account ?? caller.userId, to: body.To_Account }
  const { from, to } = await messageSides(services, caller, names, UNKNOWN_WHEN_SENDING)
  const custom = body.CloudCustomData ?? ''
  const bodyText = messageBodyText(call.bodyText(), body.MsgBody)
  const onSocket = caller.door === 'socket'
  const flags = sendFlags(body, { byAdmin: !onSocket, toSelf: from.id === to.id })
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
    key: { kind: onSocket ? 'client' : 'rest', hash: contentHash(bodyText, custom, flags) },
    // MsgLifeTime 0 is the older way to say "online users only" (rest-1 section 4.2).
    onlineOnly: body.OnlineOnlyFlag === 1 || body.MsgLifeTime === 0,
    pushInfo: body.OfflinePushInfo ? JSON.stringify(body.OfflinePushInfo) : '',
    // Without SyncOtherMachine the sender's history has it, but its devices are not told now.
    tell: onSocket || body.SyncOtherMachine === 1 ? 'all' : 'receiver',
    time: 0,
  }
}
