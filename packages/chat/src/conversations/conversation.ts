import { TYPES } from '../constants/types.ts'
import { messageForShow } from '../messages/abstract.ts'
import type { Message } from '../messages/message.ts'
import type { Group } from '../named-types.ts'
import { type Profile, profileOf } from '../profiles/profile.ts'
import type { Untyped } from '../untyped.ts'
import { targetOf } from './conversation-id.ts'
import type { GroupAtInfo } from './mentions.ts'

/** Always an object; before the first message `lastTime` is 0, texts are empty and `payload` is null. */
export interface LastMessage {
  /** Unix seconds. */
  readonly lastTime: number
  readonly lastSequence: number
  readonly fromAccount: string
  readonly messageForShow: string
  readonly type: TYPES | ''
  /** Null before the first message. */
  readonly payload: Untyped
  readonly isRevoked: boolean
  readonly revoker: string
  readonly isPeerRead: boolean
  readonly nick: string
  readonly nameCard: string
  readonly onlineOnlyFlag: boolean
}

/** A conversation as apps see it (sdk-1 section 15): a plain object, changed in place. */
export interface Conversation {
  readonly conversationID: string
  type: TYPES
  /** The group's type; empty for users. */
  subType: string
  unreadCount: number
  lastMessage: LastMessage
  /** Undefined at run time for users, as the original declares it. */
  groupProfile: Group
  /** Undefined at run time for groups. */
  userProfile: Profile
  groupAtInfoList: GroupAtInfo[]
  readonly remark: string
  isPinned: boolean
  messageRemindType: TYPES
  markList: number[]
  customData: string
  conversationGroupList: string[]
  draftText: string
  /** Unix seconds up to which the peer has read. */
  peerReadTime: number
}

const TYPE_OF_KIND = [TYPES.CONV_C2C, TYPES.CONV_GROUP, TYPES.CONV_SYSTEM]

export const NO_MESSAGE: LastMessage = {
  lastTime: 0,
  lastSequence: 0,
  fromAccount: '',
  messageForShow: '',
  type: '',
  payload: null,
  isRevoked: false,
  revoker: '',
  isPeerRead: false,
  nick: '',
  nameCard: '',
  onlineOnlyFlag: false,
}

export function emptyConversation(conversationID: string): Conversation {
  const type = TYPE_OF_KIND.find(kind => conversationID.startsWith(`${kind}`)) ?? TYPES.CONV_C2C
  return {
    conversationID,
    type,
    subType: '',
    unreadCount: 0,
    lastMessage: { ...NO_MESSAGE },
    groupProfile: undefined as unknown as Group,
    userProfile:
      type === TYPES.CONV_C2C ? profileOf(targetOf(conversationID)) : (undefined as unknown as Profile),
    groupAtInfoList: [],
    remark: '',
    isPinned: false,
    messageRemindType: TYPES.MSG_REMIND_ACPT_AND_NOTE,
    markList: [],
    customData: '',
    conversationGroupList: [],
    draftText: '',
    peerReadTime: 0,
  }
}

export function lastMessageOf(message: Message): LastMessage {
  return {
    lastTime: message.time,
    lastSequence: message.sequence,
    fromAccount: message.from,
    messageForShow: messageForShow(message.type, message.payload),
    type: message.type,
    payload: message.payload,
    isRevoked: message.isRevoked,
    revoker: message.revoker,
    isPeerRead: message.isPeerRead,
    nick: message.nick,
    nameCard: message.nameCard,
    onlineOnlyFlag: false,
  }
}

/** Pinned first, then those without any message, then by the time of the last message, newest first. */
export function byRecency(a: Conversation, b: Conversation): number {
  if (a.isPinned !== b.isPinned) return a.isPinned ? -1 : 1
  const [left, right] = [a.lastMessage, b.lastMessage]
  // Ties are broken alike on all terminals.
  if (left.lastTime === right.lastTime) return a.conversationID < b.conversationID ? -1 : 1
  if (left.lastTime === 0) return -1
  if (right.lastTime === 0) return 1
  return right.lastTime - left.lastTime
}

/** Marks of the wire (`1` in the n-th place) as bit values: star 1, unread 2, fold 4, hide 8, custom from 2^32 on. */
export function marksOf(standardMark: string): number[] {
  return [...standardMark].flatMap((digit, place) => (digit === '1' ? [2 ** place] : []))
}

const REMIND = [
  TYPES.MSG_REMIND_ACPT_AND_NOTE,
  TYPES.MSG_REMIND_DISCARD,
  TYPES.MSG_REMIND_ACPT_NOT_NOTE,
] as const

export const remindTypeOf = (recvOpt: 0 | 1 | 2): TYPES => REMIND[recvOpt]

/** Undefined for the types that a one-to-one conversation does not know. */
export function recvOptOf(remindType: unknown): 0 | 1 | 2 | undefined {
  const place = (REMIND as readonly unknown[]).indexOf(remindType)
  return place === 0 || place === 1 || place === 2 ? place : undefined
}
