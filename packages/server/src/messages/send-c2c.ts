import { ErrorCode } from '@rookery/protocol/error-code'
import { messageIdOf } from '@rookery/protocol/message-id'
import { formatMessageKey } from '@rookery/protocol/message-key'
import type { Account } from '../accounts/account.ts'
import type { Caller } from '../commands/caller.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Services } from '../commands/services.ts'
import type { AppendKey, AppendResult } from '../store/append.ts'
import { MessageFlag } from '../store/schema.ts'
import { checkElements } from './element-check.ts'
import { checkMessageSize } from './message-body.ts'
import { sentMessage, wireMessageText } from './message-frame.ts'
import type { SendTurn } from './send-turns.ts'

/** One send, checked for its form; the accounts exist. */
export interface C2cSend {
  readonly from: Account
  readonly to: Account
  readonly msgSeq: number
  readonly random: number
  /** Unix seconds of the sender's clock. */
  readonly clientTime: number
  readonly parsedBody: unknown
  readonly body: string
  readonly custom: string
  /** Bits of `MessageFlag`. */
  readonly flags: number
  readonly key: AppendKey
  readonly onlineOnly: boolean
  /** JSON text, empty for none. */
  readonly pushInfo: string
  /**
   * Whose devices get it now; history is decided by the flags. `all`: also the sender's other ones, `receiver`: not those,
   * `nobody`: both sides learn its number only (imports of old messages).
   */
  readonly tell: 'all' | 'receiver' | 'nobody'
  /** Unix seconds that the message carries; 0 = the writer's clock. */
  readonly time: number
}

/** Nobody's rights are judged by a number between two people. */
const NO_JUDGEMENT = 0

export type C2cSent =
  | { readonly outcome: 'stored' | 'duplicate'; readonly result: Extract<AppendResult, { seq: number }> }
  | { readonly outcome: 'transient'; readonly time: number }

/** Checks the content that all sends of one request share. Throws what the sender must be told. */
export function checkContent(caller: Caller, content: Pick<C2cSend, 'parsedBody' | 'body' | 'custom'>): void {
  const { app } = caller
  checkElements(content.parsedBody, {
    messages: app.setting('message.mergeMax'),
    depth: app.setting('message.mergeDepth'),
  })
  checkMessageSize(content.body, content.custom, app.setting('message.maxBytes'), caller.door)
}

/**
 * Takes one message, whose content was checked, through the log and the fan-out. Resolves after it is durable; throws what
 * the sender must be told. The frame is encoded once for everybody.
 *
 * @param turn where the sends of a socket must keep their order.
 */
export async function sendC2c(
  services: Services,
  caller: Caller,
  send: C2cSend,
  turn?: SendTurn,
): Promise<C2cSent> {
  const { app } = caller
  if (send.onlineOnly) return passOn(services, caller, send)
  if (turn) {
    while (!turn.isNext(NO_JUDGEMENT)) await turn.waited()
    turn.go(NO_JUDGEMENT)
  }

  const result = await services.store.append({
    app: app.id,
    sender: send.from.id,
    receiver: send.to.id,
    msgSeq: send.msgSeq,
    random: send.random,
    clientTime: send.clientTime,
    flags: send.flags,
    body: send.body,
    custom: send.custom,
    pushInfo: send.pushInfo,
    key: send.key,
    importTime: send.time,
  })
  services.metrics.messages.inc({ outcome: result.outcome })
  if (result.outcome === 'conflict')
    throw new CommandError(
      ErrorCode.MESSAGE_REQUEST_INVALID,
      'Another message was already sent with this MsgClientTime and MsgRandom; choose a new MsgRandom.',
      { check: 'client-key' },
    )
  if (result.outcome === 'gone') throw accountGone(result.which, send)
  if (!('seq' in result)) throw new Error(`A one-to-one message became ${result.outcome}.`)
  if (result.outcome === 'stored') announce(services, caller, send, result)
  return { outcome: result.outcome, result }
}

/** Answer fields of a send (rest-1 section 4.2). */
export function sentFields(
  send: Pick<C2cSend, 'from' | 'clientTime' | 'random' | 'msgSeq'>,
  sent: C2cSent,
): { MsgTime: number; MsgKey: string; MsgId: string } {
  const time = sent.outcome === 'transient' ? sent.time : sent.result.time
  const msgSeq = sent.outcome === 'transient' ? send.msgSeq : sent.result.msgSeq
  return {
    MsgTime: time,
    MsgKey: formatMessageKey({ msgSeq, random: send.random, time }),
    MsgId: messageIdOf(send.from.id, send.clientTime, send.random),
  }
}

function announce(
  services: Services,
  caller: Caller,
  send: C2cSend,
  result: Extract<AppendResult, { seq: number }>,
): void {
  const toSender = send.tell === 'all' && (send.flags & MessageFlag.HIDDEN_FROM_SENDER) === 0
  const toReceiver = send.tell !== 'nobody' && (send.flags & MessageFlag.HIDDEN_FROM_RECEIVER) === 0
  const frame = `{"ev":"message","m":${wireMessageText(sentMessage(send, send.msgSeq, result), send.from, send.to)}}`
  const cover = `{"ev":"cover","ConvId":${result.conv},"Seq":${result.seq}}`
  const { bus } = services
  const shared = {
    app: caller.app.id,
    head: { conv: result.conv, seq: result.seq },
    ...(caller.sessionId !== undefined && { except: caller.sessionId }),
  }
  const toSelf = send.from.id === send.to.id
  if (toSender && toReceiver && !toSelf) {
    bus.push({ ...shared, to: [send.from.id, send.to.id], frame })
    return
  }
  bus.push({ ...shared, to: [send.to.id], frame: toReceiver ? frame : cover })
  if (!toSelf) bus.push({ ...shared, to: [send.from.id], frame: toSender ? frame : cover })
}

/** Online-only: nobody stores it, so it has no number. */
function passOn(services: Services, caller: Caller, send: C2cSend): C2cSent {
  const time = send.time || Math.floor(Date.now() / 1000)
  const message = sentMessage(send, send.msgSeq, { conv: 0, seq: 0, time, flags: send.flags })
  const to = send.tell === 'all' && send.from.id !== send.to.id ? [send.from.id, send.to.id] : [send.to.id]
  services.bus.push({
    app: caller.app.id,
    to,
    frame: `{"ev":"online","m":${wireMessageText(message, send.from, send.to)}}`,
    ...(caller.sessionId !== undefined && { except: caller.sessionId }),
  })
  services.metrics.messages.inc({ outcome: 'transient' })
  return { outcome: 'transient', time }
}

function accountGone(which: 'sender' | 'receiver', send: C2cSend): CommandError {
  return which === 'sender'
    ? new CommandError(ErrorCode.MESSAGE_ACCOUNT_INVALID, `The sender ${send.from.userId} was deleted.`)
    : new CommandError(ErrorCode.MSG_RECEIVER_NOT_FOUND, `The receiver ${send.to.userId} was deleted.`)
}
