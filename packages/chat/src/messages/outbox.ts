import { ErrorCode } from '@rookery/protocol/error-code'
import { PENDING_SENDS, REQUEST_TIMEOUT, RESEND_HORIZON_SECONDS } from '../bounds.ts'
import { asChatError, ChatError, ok, type Result } from '../chat-error.ts'
import type { Clock } from '../clock.ts'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { TYPES } from '../constants/types.ts'
import { isGroupConversation, peerOf } from '../conversations/conversation-id.ts'
import { isContent } from './content.ts'
import type { LocalFiles } from './local-files.ts'
import { isMessageLike, type Message } from './message.ts'
import type { MessageCache } from './message-cache.ts'
import { wirePushInfo } from './push-info.ts'
import { wireBodyOf } from './wire-body.ts'

/** Options of `sendMessage` (sdk-1 section 9.1). Fields that are `undefined` count as absent. */
export interface SendOptions {
  readonly onlineUserOnly?: boolean | undefined
  readonly messageControlInfo?:
    | {
        readonly excludedFromUnreadCount?: boolean | undefined
        readonly excludedFromLastMessage?: boolean | undefined
        readonly excludedFromContentModeration?: boolean | undefined
      }
    | undefined
  readonly offlinePushInfo?: unknown
}

export type SendResult = Result<{ readonly message: Message }>

export interface OutboxOptions {
  readonly clock: Clock
  readonly myTinyId: () => string
  readonly cache: MessageCache
  readonly files: LocalFiles
  readonly call: (cmd: string, body: unknown, options: CallOptions) => Promise<ReplyBody>
  /** The message was stored under this number. */
  readonly onStored: (message: Message, convId: number, seq: number) => void
  /** Throws when this client knows that the group takes no message. */
  readonly checkGroup: (groupID: string) => void
}

interface Send {
  readonly message: Message
  /** Fixed at the first try: the server compares a repeated request with the first. */
  readonly body: unknown
  /** By `Clock.elapsed`. */
  readonly deadline: number
  readonly resolve: (result: SendResult) => void
  readonly reject: (error: ChatError) => void
}

const RISKY: readonly number[] = [ErrorCode.SENSITIVE_TEXT, ErrorCode.SENSITIVE_IMAGE]

/**
 * Sends messages: those of one conversation one after the other, so that they keep their order. A message's client key is
 * its ID; a send whose outcome a lost connection left open is repeated with the same key, which the server stores once.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #lines = new Map<string, Send[]>()
  readonly #promises = new Map<string, Promise<SendResult>>()
  /** Options of the latest sends, for sending again. */
  readonly #sentWith = new Map<string, SendOptions>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Rejects with the message in `error.data.message`, its `status` then is `fail`. */
  send(value: unknown, options: SendOptions | undefined): Promise<SendResult> {
    const running = isMessageLike(value) ? this.#promises.get(value.ID) : undefined
    if (running) return running
    const message = sendable(value)
    let body: unknown
    try {
      body = this.#prepare(message, options ?? {})
    } catch (cause) {
      message.status = 'fail'
      return Promise.reject(asChatError(cause).with({ message }))
    }
    if (this.#promises.size >= PENDING_SENDS) {
      message.status = 'fail'
      const text = `${PENDING_SENDS} messages are already waiting to be sent. Wait for some of them, then send again.`
      return Promise.reject(new ChatError(ErrorCode.CALL_TOO_FREQUENT, text, { message }))
    }
    this.#remember(message)
    if (options) this.#rememberOptions(message.ID, options)
    message.status = 'unSend'
    const deadline = this.#options.clock.elapsed() + REQUEST_TIMEOUT
    const promise = new Promise<SendResult>((resolve, reject) => {
      this.#enqueue({ message, body, deadline, resolve, reject })
    }).finally(() => this.#promises.delete(message.ID))
    this.#promises.set(message.ID, promise)
    return promise
  }

  resend(value: unknown, options: SendOptions | undefined): Promise<SendResult> {
    const message = sendable(value)
    const age = this.#options.clock.now() / 1000 - message.clientTime
    if (age > RESEND_HORIZON_SECONDS) {
      const text =
        'The message is too old to be sent again: the server no longer knows whether it has it. Create it anew.'
      return Promise.reject(new ChatError(ErrorCode.SEND_FAILED, text, { message }))
    }
    // The server compares a repeated request with the first: without its options it would be another message.
    return this.send(message, options ?? this.#sentWith.get(message.ID))
  }

  #prepare(message: Message, options: SendOptions): unknown {
    const fault = this.#options.files.get(message.ID)?.fault
    if (fault) throw fault
    const peer = peerOf(message.conversationID)
    const control = isContent(options.messageControlInfo) ? options.messageControlInfo : {}
    message._isExcludedFromUnreadCount = control.excludedFromUnreadCount === true
    message._isExcludedFromLastMessage = control.excludedFromLastMessage === true
    const sendControl = [
      ...(message._isExcludedFromUnreadCount ? ['NoUnread'] : []),
      ...(message._isExcludedFromLastMessage ? ['NoLastMsg'] : []),
    ]
    const push = wirePushInfo(options.offlinePushInfo)
    const isGroup = isGroupConversation(message.conversationID)
    if (isGroup) this.#options.checkGroup(peer)
    return {
      ...(isGroup ? groupPart(message, peer) : personPart(message, peer)),
      MsgClientTime: message.clientTime,
      MsgBody: wireBodyOf(message),
      ...(message.cloudCustomData !== '' && { CloudCustomData: message.cloudCustomData }),
      ...(options.onlineUserOnly === true && { OnlineOnlyFlag: 1 }),
      ...(sendControl.length > 0 && { SendMsgControl: sendControl }),
      ...(message.isSupportExtension && { SupportMessageExtension: 1 }),
      ...(push && { OfflinePushInfo: push }),
    }
  }

  /** Under its ID, and under that by which the server and other terminals know it. */
  #remember(message: Message): void {
    const { cache, myTinyId } = this.#options
    const entry = { message, changeNo: 0, createdHere: true }
    cache.put(message.ID, entry)
    const wireId = `${myTinyId()}-${message.clientTime}-${message.random}`
    if (wireId !== message.ID) cache.put(wireId, entry)
  }

  #rememberOptions(messageID: string, options: SendOptions): void {
    this.#sentWith.set(messageID, options)
    if (this.#sentWith.size <= PENDING_SENDS) return
    const [eldest] = this.#sentWith.keys()
    if (eldest !== undefined) this.#sentWith.delete(eldest)
  }

  #enqueue(send: Send): void {
    const place = send.message.conversationID
    const line = this.#lines.get(place)
    if (line) {
      line.push(send)
      return
    }
    const fresh = [send]
    this.#lines.set(place, fresh)
    void this.#run(place, fresh)
  }

  async #run(place: string, line: Send[]): Promise<void> {
    for (let send = line[0]; send; send = line[0]) {
      await this.#transmit(send)
      line.shift()
    }
    this.#lines.delete(place)
  }

  async #transmit(send: Send): Promise<void> {
    const { message } = send
    try {
      const timeout = send.deadline - this.#options.clock.elapsed()
      if (timeout <= 0) throw outOfTime()
      const isGroup = isGroupConversation(message.conversationID)
      await this.#options.call(isGroup ? SEND_TO_GROUP : 'openim/sendmsg', send.body, {
        timeout,
        onReply: reply => {
          if (reply.ErrorCode === 0) this.#stored(send, reply)
        },
      })
      send.resolve(ok({ message }))
    } catch (cause) {
      // A pull may have shown that it is stored, though its answer never came.
      if (isStored(message)) {
        send.resolve(ok({ message }))
        return
      }
      const error = asChatError(cause)
      message.status = 'fail'
      if (RISKY.includes(error.code)) message.hasRiskContent = true
      send.reject(error.with({ message }))
    }
  }

  #stored(send: Send, reply: ReplyBody): void {
    const { message } = send
    message.status = 'success'
    message.time = Number(reply.MsgTime) || message.time
    const seq = Number(reply.Seq) || 0
    if (seq === 0) return
    message.sequence = seq
    this.#options.onStored(message, Number(reply.ConvId) || 0, seq)
  }
}

const SEND_TO_GROUP = 'group_open_http_svc/send_group_msg'

function personPart(message: Message, peer: string) {
  return {
    To_Account: peer,
    MsgSeq: message.clientSequence,
    MsgRandom: message.random,
    ...(message.needReadReceipt && { IsNeedReadReceipt: 1 }),
  }
}

/** Fields of rest-2 section 6.1. */
function groupPart(message: Message, groupID: string) {
  const [at, to] = [message.atUserList ?? [], message.receiverList ?? []]
  return {
    GroupId: groupID,
    Random: message.random,
    MsgPriority: message.priority,
    ...(at.length > 0 && {
      GroupAtInfo: at.map(userID =>
        userID === TYPES.MSG_AT_ALL ? { GroupAtAllFlag: 1 } : { GroupAtAllFlag: 0, GroupAt_Account: userID },
      ),
    }),
    ...(to.length > 0 && { To_Account: to }),
    ...(message.needReadReceipt && { NeedReadReceipt: 1 }),
  }
}

function sendable(value: unknown): Message {
  if (!isMessageLike(value) || value.conversationType === undefined || !isContent(value.payload)) {
    throw new ChatError(
      ErrorCode.NOT_A_MESSAGE,
      'The argument is no message. Make one with a create…Message method.',
    )
  }
  if (value.conversationType !== TYPES.CONV_C2C && value.conversationType !== TYPES.CONV_GROUP) {
    throw new ChatError(
      ErrorCode.SEND_CONVERSATION_TYPE_INVALID,
      'conversationType must be TYPES.CONV_C2C or TYPES.CONV_GROUP.',
    )
  }
  return value as Message
}

function isStored(message: Message): boolean {
  return message.status === 'success'
}

function outOfTime(): ChatError {
  const text = `The message was not sent within ${REQUEST_TIMEOUT / 1000} s. Check the network, then resend it.`
  return new ChatError(ErrorCode.SDK_REQUEST_TIMEOUT, text)
}
