import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'
import { isContent } from '../messages/content.ts'
import type { Untyped } from '../untyped.ts'

/** What a member answers until its part of the interface is there: an error code, or the data that is true without it. */
type Outcome = number | ((argument: unknown) => unknown)

const RELATIONS = ErrorCode.MODULE_NOT_LOADED
const SIGNALING = ErrorCode.MODULE_NOT_LOADED
const FOLLOW = ErrorCode.MODULE_NOT_LOADED
const SEARCH = ErrorCode.MODULE_NOT_LOADED
const REACTIONS = ErrorCode.MODULE_NOT_LOADED
/** Kits hide what belongs to it when they see this code (sdk-1 section 4.2). */
const STATUS = ErrorCode.USER_STATUS_DISABLED
/** A provider is needed, and there is none (sdk-1 section 14). */
const PROVIDER = ErrorCode.PLAN_LACKS_FEATURE

/**
 * Members of the interface that later parts bring. Lists of what cannot exist yet are empty, because kits ask for them on
 * their start and catch nothing (sdk-1 section 1.3); everything else rejects with the code of its row.
 */
export const LATER = {
  getFriendList: () => [],
  getFriendGroupList: () => [],
  getFriendApplicationList: () => ({ friendApplicationList: [], unreadCount: 0 }),
  setFriendApplicationRead: () => ({}),
  getBlacklist: () => [],
  checkFriend: argument => ({
    successUserIDList: userIDsOf(argument).map(userID => ({
      userID,
      code: 0,
      relation: TYPES.SNS_TYPE_NO_RELATION,
    })),
    failureUserIDList: [],
  }),
  getFriendProfile: argument => ({
    friendList: [],
    failureUserIDList: userIDsOf(argument).map(userID => ({
      userID,
      code: ErrorCode.NOT_FRIEND,
      message: `${userID} is not a friend.`,
    })),
  }),
  addFriend: RELATIONS,
  deleteFriend: RELATIONS,
  updateFriend: RELATIONS,
  acceptFriendApplication: RELATIONS,
  refuseFriendApplication: RELATIONS,
  deleteFriendApplication: RELATIONS,
  createFriendGroup: RELATIONS,
  deleteFriendGroup: RELATIONS,
  addToFriendGroup: RELATIONS,
  removeFromFriendGroup: RELATIONS,
  renameFriendGroup: RELATIONS,
  addToBlacklist: RELATIONS,
  removeFromBlacklist: RELATIONS,
  updateMyProfile: RELATIONS,

  setSelfStatus: STATUS,
  getUserStatus: STATUS,
  subscribeUserStatus: STATUS,
  unsubscribeUserStatus: () => ({ failureUserList: [] }),

  getMyFollowersList: () => ({ resultList: [], nextCursor: '' }),
  getMyFollowingList: () => ({ resultList: [], nextCursor: '' }),
  getMutualFollowersList: () => ({ resultList: [], nextCursor: '' }),
  followUser: FOLLOW,
  unfollowUser: FOLLOW,
  getUserFollowInfo: FOLLOW,
  checkFollowType: FOLLOW,

  invite: SIGNALING,
  inviteInGroup: SIGNALING,
  cancel: SIGNALING,
  accept: SIGNALING,
  reject: SIGNALING,
  modifyInvitation: SIGNALING,

  getMessageReactions: () => withResultList([]),
  addMessageReaction: REACTIONS,
  removeMessageReaction: REACTIONS,
  getAllUserListOfMessageReaction: REACTIONS,

  searchCloudMessages: SEARCH,
  searchCloudGroups: SEARCH,
  searchCloudUsers: SEARCH,
  searchCloudGroupMembers: SEARCH,

  translateText: PROVIDER,
  convertVoiceToText: PROVIDER,

  getAllReceiveMessageOpt: () => ({
    messageRemindType: TYPES.MSG_REMIND_ACPT_AND_NOTE,
    startHour: 0,
    startMinute: 0,
    startSecond: 0,
    duration: 0,
    isRepeated: false,
  }),
  setAllReceiveMessageOpt: ErrorCode.MODULE_NOT_LOADED,
} satisfies Readonly<Record<string, Outcome>>

export type LaterName = keyof typeof LATER

export type LaterMembers = {
  readonly [N in LaterName]: (argument?: unknown, more?: unknown) => Promise<Untyped>
}

const REASONS: Readonly<Record<number, string>> = {
  [STATUS]: 'this server does not serve user status',
  [PROVIDER]: 'no provider for it is connected to this server',
}

function laterError(name: string, code: number): ChatError {
  const reason = REASONS[code] ?? 'this version of @rookery/chat does not have it yet'
  return new ChatError(code, `${name}: ${reason}. docs/compatibility.md lists what is there.`)
}

/** What the member answers with this argument; throws the code of its row. */
export function laterAnswer(name: LaterName, argument: unknown): unknown {
  const outcome: Outcome = LATER[name]
  if (typeof outcome === 'number') throw laterError(name, outcome)
  return outcome(argument)
}

function userIDsOf(argument: unknown): readonly unknown[] {
  return isContent(argument) && Array.isArray(argument.userIDList) ? argument.userIDList : []
}

/** Newer kits read the array, or this field of it (sdk-1 section 13.2). */
function withResultList<T>(list: T[]): T[] {
  return Object.defineProperty(list, 'resultList', { value: list })
}
