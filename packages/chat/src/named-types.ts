import type { TSignaling } from './constants/signaling.ts'
import type { TYPES } from './constants/types.ts'
import type { MessageElement } from './messages/message.ts'
import type { Profile } from './profiles/profile.ts'
import type { Untyped } from './untyped.ts'

/** One message of a merged forward (sdk-1 section 7). */
export interface SimplifiedMessage {
  ID: string
  nick: string
  avatar: string
  from: string
  messageBody: MessageElement[]
  /** Unix seconds. */
  time: number
  cloudCustomData: string
}

/** Source: sdk-2 section 1.1. */
export interface Group {
  groupID: string
  name: string
  avatar: string
  type: TYPES
  introduction: string
  notification: string
  ownerID: string
  createTime: string
  infoSequence: number
  lastInfoTime: number
  selfInfo: Untyped
  lastMessage: Untyped
  nextMessageSeq: number
  memberCount: number
  maxMemberCount: number
  /** Older names of the two counts. */
  memberNum: number
  maxMemberNum: number
  muteAllMembers: boolean
  joinOption: TYPES
  inviteOption: string
  groupCustomField: Untyped[]
  isSupportTopic: boolean
}

/** Source: sdk-2 section 1.2. */
export interface GroupMember {
  userID: string
  avatar: string
  nick: string
  role: string
  joinTime: number
  nameCard: string
  /** Unix seconds; 0 never. */
  muteUntil: number
  memberCustomField: Untyped[]
  /** Where the server told it. */
  isOnline?: boolean
}

/** Source: sdk-2 section 7. */
export interface Topic {
  topicID: string
  topicName: string
  avatar: string
  introduction: string
  notification: string
  unreadCount: number
  muteAllMembers: boolean
  customData: string
  groupAtInfoList: Untyped[]
  lastMessage: Untyped
  selfInfo: Untyped
}

/** Source: sdk-2 section 9. */
export interface Friend {
  userID: string
  remark: string
  groupList: string[]
  source: string
  wording: string
  profile: Profile
  friendCustomField: Untyped[]
}

export interface FriendApplication {
  userID: string
  avatar: string
  nick: string
  time: number
  source: string
  wording: string
  type: TYPES
}

export interface FriendGroup {
  name: string
  userIDList: string[]
  count: number
}

/** Source: sdk-2 section 12. */
export interface Signaling {
  inviteID: string
  groupID: string
  inviter: string
  inviteeList: string[]
  data: string
  actionType: TSignaling
  /** Seconds; 0: without an end. */
  timeout: number
}
