import type { TYPES } from '../constants/types.ts'
import type { Untyped } from '../untyped.ts'

/** Payload fields by message type: sdk-1 section 7. A payload has exactly those of its type. */
export interface MessagePayload {
  [field: string]: Untyped
}

/** Which message this one answers. */
export interface QuoteInfo {
  readonly messageID: string
  readonly msgID: string
  readonly messageSequence: number
  /** Unix seconds. */
  readonly messageTime: number
}

export interface UserInfo {
  readonly userID: string
  readonly nick: string
  readonly avatar: string
}

export interface ReadReceiptInfo {
  readonly readCount: number | undefined
  readonly unreadCount: number | undefined
  readonly isPeerRead: boolean
  /** Unix seconds, 0 before the receipt. */
  readonly timestamp: number
}

export interface MessageElement {
  readonly type: TYPES
  readonly payload: MessagePayload
}

/**
 * A message as apps see it (sdk-1 section 6): a plain object of own enumerable fields that can be copied by
 * `structuredClone` and JSON. The SDK changes the same object in place when the message changes.
 */
export interface Message {
  /** `<sender's number>-<clientTime>-<random>`; never changes. */
  readonly ID: string
  type: TYPES
  payload: MessagePayload
  readonly conversationID: string
  readonly conversationType: TYPES
  readonly to: string
  readonly from: string
  readonly flow: 'in' | 'out'
  /** Unix seconds: of the server once stored, before that of this device. */
  time: number
  /** Number in the conversation; 0 while not stored, and on online-only messages. */
  sequence: number
  readonly clientTime: number
  readonly random: number
  readonly clientSequence: number
  status: 'unSend' | 'success' | 'fail'
  isRevoked: boolean
  revoker: string
  revokerInfo: UserInfo
  revokeReason: string
  isDeleted: boolean
  isModified: boolean
  hasRiskContent: boolean
  readonly priority: TYPES
  nick: string
  avatar: string
  nameCard: string
  readonly atUserList: string[]
  cloudCustomData: string
  isPeerRead: boolean
  readonly needReadReceipt: boolean
  readReceiptInfo: ReadReceiptInfo
  readonly receiverList: string[]
  readonly isBroadcastMessage: boolean
  readonly isSupportExtension: boolean
  /** Undefined when the message quotes none. */
  quoteInfo: QuoteInfo | undefined
  /** Counts edits; sent back with the next one. */
  version: number
  /** All elements, when an app server sent several. */
  _elements: readonly MessageElement[]
  _isExcludedFromUnreadCount: boolean
  _isExcludedFromLastMessage: boolean
  /** Called with the share of the upload that is done, 0 to 1; may be set after creation. Not enumerable. */
  onProgress?: ((share: number) => void) | undefined
}

/** What an API that takes a message needs of it: kits pass JSON copies. */
export type MessageLike = Pick<Message, 'ID'> & Partial<Message>

export function isMessageLike(value: unknown): value is MessageLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ID' in value &&
    typeof value.ID === 'string' &&
    value.ID !== ''
  )
}

export const NO_USER: UserInfo = { userID: '', nick: '', avatar: '' }
export const NO_RECEIPT: ReadReceiptInfo = {
  readCount: undefined,
  unreadCount: undefined,
  isPeerRead: false,
  timestamp: 0,
}
