/** Event names of `chat.on`. Names and values are those of the public type file of `@tencentcloud/chat` 3.6.6. */
export enum EVENT {
  SDK_READY = 'sdkStateReady',
  SDK_NOT_READY = 'sdkStateNotReady',
  MESSAGE_RECEIVED = 'onMessageReceived',
  ROOM_CUSTOM_DATA_RECEIVED = 'onRoomCustomDataReceived',
  MESSAGE_MODIFIED = 'onMessageModified',
  MESSAGE_REVOKED = 'onMessageRevoked',
  MESSAGE_READ_BY_PEER = 'onMessageReadByPeer',
  MESSAGE_READ_RECEIPT_RECEIVED = 'onMessageReadReceiptReceived',
  CONVERSATION_LIST_UPDATED = 'onConversationListUpdated',
  TOTAL_UNREAD_MESSAGE_COUNT_UPDATED = 'onTotalUnreadMessageCountUpdated',
  CONVERSATION_GROUP_LIST_UPDATED = 'onConversationGroupListUpdated',
  CONVERSATION_IN_GROUP_UPDATED = 'onConversationInGroupUpdated',
  GROUP_LIST_UPDATED = 'onGroupListUpdated',
  GROUP_ATTRIBUTES_UPDATED = 'groupAttributesUpdated',
  GROUP_COUNTER_UPDATED = 'onGroupCounterUpdated',
  TOPIC_CREATED = 'onTopicCreated',
  TOPIC_DELETED = 'onTopicDeleted',
  TOPIC_UPDATED = 'onTopicUpdated',
  PROFILE_UPDATED = 'onProfileUpdated',
  USER_STATUS_UPDATED = 'onUserStatusUpdated',
  BLACKLIST_UPDATED = 'blacklistUpdated',
  FRIEND_LIST_UPDATED = 'onFriendListUpdated',
  FRIEND_GROUP_LIST_UPDATED = 'onFriendGroupListUpdated',
  FRIEND_APPLICATION_LIST_UPDATED = 'onFriendApplicationListUpdated',
  MY_FOLLOWERS_LIST_UPDATED = 'onMyFollowersListUpdated',
  MY_FOLLOWING_LIST_UPDATED = 'onMyFollowingListUpdated',
  MUTUAL_FOLLOWERS_LIST_UPDATED = 'onMutualFollowersListUpdated',
  KICKED_OUT = 'kickedOut',
  ERROR = 'error',
  NET_STATE_CHANGE = 'netStateChange',
  ALL_RECEIVE_MESSAGE_OPT_UPDATED = 'onAllReceiveMessageOptUpdated',
  PINNED_GROUP_MESSAGE_UPDATED = 'onPinnedGroupMessageUpdated',
}

/** Read by kits though no type file lists them (sdk-1 section 1.2); their values are our choice (UNSURE there). */
export const UNLISTED_EVENT = {
  MESSAGE_REACTIONS_UPDATED: 'onMessageReactionsUpdated',
  MESSAGE_EXTENSIONS_UPDATED: 'onMessageExtensionsUpdated',
  MESSAGE_EXTENSIONS_DELETED: 'onMessageExtensionsDeleted',
} as const

Object.assign(EVENT, UNLISTED_EVENT)
