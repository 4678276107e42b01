import { ErrorCode } from '@rookery/protocol/error-code'
import { formatMessageKey } from '@rookery/protocol/message-key'
import Type from 'typebox'
import type { Account } from '../accounts/account.ts'
import { defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { accountOrThrow } from './message-accounts.ts'
import { messageBodyText } from './message-body.ts'
import {
  customData,
  fromAccount,
  msgBody,
  msgLifeTime,
  msgRandom,
  msgSeq,
  offlinePushInfo,
  sendMsgControl,
  syncOtherMachine,
  zeroOrOne,
} from './request-fields.ts'
import { type C2cSend, type C2cSent, checkContent, sendC2c } from './send-c2c.ts'
import { contentHash, randomU32, sendFlags } from './send-options.ts'

/** rest-1 section 1.9. */
const RECEIVERS_MAX = 500

interface Failure {
  readonly To_Account: string
  readonly ErrorCode: number
}

/** `openim/batchsendmsg`: one message to up to 500 users (rest-1 section 4.3). */
export const batchsendmsgCommand = defineCommand({
  name: 'openim/batchsendmsg',
  summary:
    'Sends one message to up to 500 users, in one conversation each, under one MsgKey; calls no webhook.',
  http: 'admin',
  request: Type.Object({
    SyncOtherMachine: Type.Optional(syncOtherMachine),
    From_Account: Type.Optional(fromAccount),
    To_Account: Type.Array(Type.String({ minLength: 1, code: ErrorCode.MSG_TO_ACCOUNT_INVALID }), {
      minItems: 1,
      code: ErrorCode.MSG_TO_ACCOUNT_INVALID,
    }),
    OnlineOnlyFlag: Type.Optional(zeroOrOne()),
    MsgLifeTime: Type.Optional(msgLifeTime),
    MsgSeq: Type.Optional(msgSeq),
    MsgRandom: msgRandom,
    SendMsgControl: Type.Optional(sendMsgControl),
    MsgBody: msgBody,
    CloudCustomData: Type.Optional(customData),
    SupportMessageExtension: Type.Optional(zeroOrOne()),
    IsNeedReadReceipt: Type.Optional(zeroOrOne()),
    OfflinePushInfo: Type.Optional(offlinePushInfo),
  }),
  response: Type.Object({
    MsgKey: Type.String(),
    MsgTime: Type.Integer(),
    ErrorList: Type.Optional(
      Type.Array(Type.Object({ To_Account: Type.String(), ErrorCode: Type.Integer() })),
    ),
  }),
  errors: [
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_TO_ACCOUNT_INVALID,
    ErrorCode.MSG_RANDOM_INVALID,
    ErrorCode.MSG_BODY_NOT_ARRAY,
    ErrorCode.MSG_FROM_ACCOUNT_INVALID,
    ErrorCode.MSG_FORMAT_INVALID,
    ErrorCode.MSG_RECEIVER_COUNT_LIMIT,
    ErrorCode.MSG_RECEIVER_NOT_FOUND,
    ErrorCode.MSG_SYNC_OTHER_MACHINE_INVALID,
    ErrorCode.MSG_LIFETIME_INVALID,
    ErrorCode.MSG_TOO_LONG,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const names = [...new Set(body.To_Account)]
    if (body.To_Account.length > RECEIVERS_MAX)
      throw new CommandError(
        ErrorCode.MSG_RECEIVER_COUNT_LIMIT,
        `To_Account has ${body.To_Account.length} receivers, ${RECEIVERS_MAX} are allowed; send in several calls.`,
        { check: 'To_Account', count: body.To_Account.length, max: RECEIVERS_MAX },
      )
    const content = {
      parsedBody: body.MsgBody,
      body: messageBodyText(call.bodyText(), body.MsgBody),
      custom: body.CloudCustomData ?? '',
    }
    checkContent(caller, content)
    const app = caller.app.id
    const from = await accountOrThrow(
      services,
      app,
      body.From_Account ?? caller.userId,
      ErrorCode.MSG_FROM_ACCOUNT_INVALID,
    )
    const receivers = await services.accounts.findAll(app, names)
    if (receivers.size === 0)
      throw new CommandError(ErrorCode.MSG_RECEIVER_NOT_FOUND, 'invalid To_Account', {
        check: 'To_Account',
        hint: 'No receiver has an account; import them first.',
      })
    const now = Math.floor(Date.now() / 1000)
    const shared = {
      ...content,
      from,
      msgSeq: body.MsgSeq ?? randomU32(),
      random: body.MsgRandom,
      clientTime: now,
      onlineOnly: body.OnlineOnlyFlag === 1 || body.MsgLifeTime === 0,
      pushInfo: body.OfflinePushInfo ? JSON.stringify(body.OfflinePushInfo) : '',
      tell: body.SyncOtherMachine === 1 ? 'all' : 'receiver',
      // One second for all of them: the answer has one MsgKey.
      time: now,
    } as const
    const sendTo = (to: Account): C2cSend => {
      const flags = sendFlags(body, { byAdmin: true, toSelf: from.id === to.id })
      return {
        ...shared,
        to,
        flags,
        key: { kind: 'rest', hash: contentHash(content.body, content.custom, flags) },
      }
    }
    const failures: Failure[] = []
    const sent: C2cSent[] = []
    await Promise.all(
      names.map(async name => {
        const to = receivers.get(name)
        if (!to) {
          failures.push({ To_Account: name, ErrorCode: ErrorCode.ACCOUNT_NOT_FOUND })
          return
        }
        try {
          sent.push(await sendC2c(services, caller, sendTo(to)))
        } catch (error) {
          failures.push({ To_Account: name, ErrorCode: codeOf(error) })
        }
      }),
    )
    const key = { msgSeq: shared.msgSeq, random: shared.random, time: timeOf(sent, now) }
    const fields = { MsgTime: key.time, MsgKey: formatMessageKey(key) }
    if (failures.length === 0) return fields
    if (sent.length > 0)
      return { ActionStatus: 'SomeError', ErrorCode: 0, ErrorInfo: '', ...fields, ErrorList: failures }
    return {
      ActionStatus: 'FAIL',
      ErrorCode: failures.find(failure => failure.ErrorCode !== ErrorCode.ACCOUNT_NOT_FOUND)?.ErrorCode ?? 0,
      ErrorInfo: 'The message reached nobody; ErrorList tells why for each receiver.',
      ErrorList: failures,
    }
  },
})

/** A call that was repeated as a whole names the messages of the first one. */
function timeOf(sent: readonly C2cSent[], now: number): number {
  if (sent.some(one => one.outcome !== 'duplicate')) return now
  const [first] = sent
  return first?.outcome === 'duplicate' ? first.result.time : now
}

function codeOf(error: unknown): number {
  if (!(error instanceof CommandError)) return ErrorCode.MSG_INTERNAL_ERROR_3
  return error.code === ErrorCode.MSG_RECEIVER_NOT_FOUND ? ErrorCode.ACCOUNT_NOT_FOUND : error.code
}
