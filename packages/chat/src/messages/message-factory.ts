import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireMessage } from '@rookery/protocol/wire'
import { ChatError } from '../chat-error.ts'
import type { Clock } from '../clock.ts'
import { TYPES } from '../constants/types.ts'
import { conversationIdOfMessage } from '../conversations/conversation-id.ts'
import { tipActor } from '../groups/tip.ts'
import type { Untyped } from '../untyped.ts'
import { isContent } from './content.ts'
import { elementsOf } from './elements.ts'
import { type Message, type MessagePayload, NO_RECEIPT, NO_USER } from './message.ts'
import { quoteOf } from './quote.ts'

/** What the create methods take (sdk-1 section 8). Unknown fields are ignored. */
export interface MessageOptions {
  readonly to: string
  readonly conversationType: TYPES | string
  /** Fields by type: sdk-1 section 8. */
  readonly payload?: Untyped
  readonly priority?: TYPES | string | undefined
  readonly cloudCustomData?: string | undefined
  readonly needReadReceipt?: boolean | undefined
  readonly receiverList?: readonly string[] | undefined
  readonly isSupportExtension?: boolean | undefined
  /** Share of the upload that is done, 0 to 1. */
  readonly onProgress?: unknown
}

/** Who writes; all empty before the login. */
export interface Author {
  readonly userID: string
  readonly tinyID: string
  readonly nick: string
  readonly avatar: string
}

export const NOBODY: Author = { userID: '', tinyID: '', nick: '', avatar: '' }

const U32 = 4294967296

/** Makes messages, each with a client key of its own. */
export class MessageFactory {
  readonly #clock: Clock
  #nextSequence: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#nextSequence = Math.floor(clock.random() * U32)
  }

  /** Throws 2905 without options. */
  create(author: Author, options: MessageOptions, type: TYPES, payload: MessagePayload): Message {
    if (!isContent(options)) {
      throw new ChatError(
        ErrorCode.OPERATION_INVALID,
        'The create methods take { to, conversationType, payload }.',
      )
    }
    const clientTime = Math.floor(this.#clock.now() / 1000)
    const random = Math.floor(this.#clock.random() * U32)
    const clientSequence = this.#nextSequence
    this.#nextSequence = (this.#nextSequence + 1) % U32
    return {
      ...blankMessage(type, payload),
      ID: `${author.tinyID}-${clientTime}-${random}`,
      conversationID: `${options.conversationType}${options.to}`,
      conversationType: options.conversationType as TYPES,
      to: options.to,
      from: author.userID,
      flow: 'out',
      time: clientTime,
      clientTime,
      random,
      clientSequence,
      priority: (options.priority ?? TYPES.MSG_PRIORITY_NORMAL) as TYPES,
      nick: author.nick,
      avatar: author.avatar,
      cloudCustomData: options.cloudCustomData ?? '',
      needReadReceipt: options.needReadReceipt ?? false,
      receiverList: Array.isArray(options.receiverList) ? [...options.receiverList] : [],
      isSupportExtension: options.isSupportExtension ?? false,
    }
  }
}

/** The ID under which every terminal knows this message. */
export function messageIdOf(m: WireMessage): string {
  // Tips have no client key.
  if (m.From_Account === TYPES.CONV_SYSTEM) return `${m.GroupId}-${m.Seq || m.MsgTimeStamp}-${m.MsgRandom}`
  return `${m.From_TinyID}-${m.MsgClientTime}-${m.MsgRandom}`
}

/** A received message, from the point of view of `me`. */
export function messageOf(m: WireMessage, me: string): Message {
  const isMine = m.From_Account === me
  const elements = elementsOf(m.MsgBody)
  const [first] = elements
  return {
    ...blankMessage(first.type, first.payload),
    ID: messageIdOf(m),
    conversationID: conversationIdOfMessage(m, me),
    conversationType: m.GroupId ? TYPES.CONV_GROUP : TYPES.CONV_C2C,
    to: m.GroupId ?? m.To_Account,
    // Kits name the actor of a tip by its sender (sdk-2 section 4).
    from: (first.type === TYPES.MSG_GRP_TIP && first.payload.operatorID) || m.From_Account,
    flow: isMine ? 'out' : 'in',
    time: m.MsgTimeStamp,
    sequence: m.Seq ?? 0,
    clientTime: m.MsgClientTime,
    random: m.MsgRandom,
    clientSequence: m.MsgSeq,
    status: 'success',
    ...mutableFieldsOf(m, me),
    _elements: elements.length > 1 ? elements : [],
    priority: (m.MsgPriority ?? TYPES.MSG_PRIORITY_NORMAL) as TYPES,
    nameCard: m.From_NameCard ?? '',
    atUserList: (m.GroupAtInfo ?? []).map(it =>
      it.GroupAtAllFlag === 1 ? TYPES.MSG_AT_ALL : (it.GroupAt_Account ?? ''),
    ),
    receiverList: [...(m.To_Accounts ?? [])],
    isBroadcastMessage: m.IsBroadcast === 1,
    needReadReceipt: m.IsNeedReadReceipt === 1,
    isSupportExtension: m.SupportMessageExtension === 1,
    _isExcludedFromUnreadCount: m.NoUnread === 1,
    _isExcludedFromLastMessage: m.NoLastMsg === 1,
  }
}

/** The fields that a mutation may change, beside the body. */
export function mutableFieldsOf(m: WireMessage, me: string) {
  const isRevoked = m.MsgFlagBits === 8
  const revoker = isRevoked ? (m.Revoker_Account ?? m.From_Account) : ''
  const isReceipted = m.From_Account === me && m.IsPeerRead === 1
  const actor = m.MsgBody[0]?.MsgType === TYPES.MSG_GRP_TIP ? tipActor(m.MsgBody[0].MsgContent) : undefined
  return {
    nick: m.From_Nick ?? actor?.nick ?? '',
    avatar: m.From_FaceUrl ?? actor?.avatar ?? '',
    cloudCustomData: m.CloudCustomData ?? '',
    quoteInfo: quoteOf(m.CloudCustomData ?? ''),
    isRevoked,
    revoker,
    revokerInfo:
      revoker === ''
        ? { ...NO_USER }
        : revoker === m.From_Account
          ? { userID: revoker, nick: m.From_Nick ?? '', avatar: m.From_FaceUrl ?? '' }
          : { ...NO_USER, userID: revoker },
    revokeReason: m.RevokeReason ?? '',
    isModified: (m.MsgVersion ?? 0) > 0,
    version: m.MsgVersion ?? 0,
    // Those of groups are told by their own event.
    ...(!m.GroupId && {
      readReceiptInfo: isReceipted
        ? { ...NO_RECEIPT, isPeerRead: true, timestamp: m.PeerReadTime ?? 0 }
        : { ...NO_RECEIPT },
    }),
  }
}

/** A received message without anything in it. */
export function blankMessage(type: TYPES, payload: MessagePayload): Message {
  return {
    ID: '',
    type,
    payload,
    conversationID: '',
    conversationType: TYPES.CONV_C2C,
    to: '',
    from: '',
    flow: 'in',
    time: 0,
    sequence: 0,
    clientTime: 0,
    random: 0,
    clientSequence: 0,
    status: 'unSend',
    isRevoked: false,
    revoker: '',
    revokerInfo: { ...NO_USER },
    revokeReason: '',
    isDeleted: false,
    isModified: false,
    hasRiskContent: false,
    priority: TYPES.MSG_PRIORITY_NORMAL,
    nick: '',
    avatar: '',
    nameCard: '',
    atUserList: [],
    cloudCustomData: '',
    isPeerRead: false,
    needReadReceipt: false,
    readReceiptInfo: { ...NO_RECEIPT },
    receiverList: [],
    isBroadcastMessage: false,
    isSupportExtension: false,
    quoteInfo: undefined,
    version: 0,
    _elements: [],
    _isExcludedFromUnreadCount: false,
    _isExcludedFromLastMessage: false,
  }
}
