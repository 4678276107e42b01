import type { EVENT } from './constants/event.ts'
import type { Conversation } from './conversations/conversation.ts'
import type { ReadReceipt } from './messages/inbox.ts'
import type { Message, UserInfo } from './messages/message.ts'
import type { Friend, FriendApplication, FriendGroup, Group, Topic } from './named-types.ts'
import type { Profile } from './profiles/profile.ts'
import type { Untyped } from './untyped.ts'

/** `event.data` by event: sdk-1 section 5. Events of later parts of the interface are declared, none is emitted yet. */
export interface EventData {
  [EVENT.SDK_READY]: undefined
  [EVENT.SDK_NOT_READY]: undefined
  [EVENT.NET_STATE_CHANGE]: { readonly state: 'connected' | 'connecting' | 'disconnected' }
  [EVENT.KICKED_OUT]: {
    readonly type: 'multipleAccount' | 'multipleDevice' | 'userSigExpired' | 'REST_API_Kick'
  }
  [EVENT.ERROR]: { readonly code: number; readonly message: string }
  [EVENT.MESSAGE_RECEIVED]: Message[]
  [EVENT.MESSAGE_MODIFIED]: Message[]
  [EVENT.MESSAGE_REVOKED]: Message[]
  [EVENT.MESSAGE_READ_BY_PEER]: Message[]
  [EVENT.MESSAGE_READ_RECEIPT_RECEIVED]: ReadReceipt[]
  [EVENT.CONVERSATION_LIST_UPDATED]: Conversation[]
  [EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED]: number
  [EVENT.CONVERSATION_GROUP_LIST_UPDATED]: string[]
  [EVENT.CONVERSATION_IN_GROUP_UPDATED]: {
    readonly groupName: string
    readonly conversationList: Conversation[]
  }
  [EVENT.ALL_RECEIVE_MESSAGE_OPT_UPDATED]: Untyped
  [EVENT.PROFILE_UPDATED]: Profile[]
  [EVENT.USER_STATUS_UPDATED]: Untyped[]
  [EVENT.BLACKLIST_UPDATED]: string[]
  [EVENT.FRIEND_LIST_UPDATED]: Friend[]
  [EVENT.FRIEND_GROUP_LIST_UPDATED]: FriendGroup[]
  [EVENT.FRIEND_APPLICATION_LIST_UPDATED]: {
    readonly friendApplicationList: FriendApplication[]
    readonly unreadCount: number
  }
  [EVENT.GROUP_LIST_UPDATED]: Group[]
  [EVENT.GROUP_ATTRIBUTES_UPDATED]: {
    readonly groupID: string
    readonly groupAttributes: Record<string, string>
  }
  [EVENT.GROUP_COUNTER_UPDATED]: { readonly groupID: string; readonly key: string; readonly value: number }
  [EVENT.PINNED_GROUP_MESSAGE_UPDATED]: {
    readonly groupID: string
    readonly message: Message
    readonly messageID: string
    readonly isPinned: boolean
    readonly operatorInfo: UserInfo
  }
  [EVENT.TOPIC_CREATED]: { readonly groupID: string; readonly topicID: string }
  [EVENT.TOPIC_DELETED]: { readonly groupID: string; readonly topicIDList: string[] }
  [EVENT.TOPIC_UPDATED]: { readonly groupID: string; readonly topic: Topic }
  [EVENT.MY_FOLLOWERS_LIST_UPDATED]: Untyped
  [EVENT.MY_FOLLOWING_LIST_UPDATED]: Untyped
  [EVENT.MUTUAL_FOLLOWERS_LIST_UPDATED]: Untyped
  [EVENT.ROOM_CUSTOM_DATA_RECEIVED]: Untyped
}

/** What a listener of this event is called with. */
export interface TypedEvent<N extends keyof EventData> {
  readonly name: N
  readonly data: EventData[N]
  /** On CONVERSATION_LIST_UPDATED: false while pages of the first synchronisation are still coming. */
  readonly isSyncCompleted?: boolean
}
