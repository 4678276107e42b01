import type * as codes from './relation-codes.ts'
import type { Texts } from './texts.ts'

export const relationTexts: Texts<typeof codes> = {
  RELATION_PARAMETER_INVALID: [
    'A parameter of the relation request is wrong.',
    'Correct the field that the error text names.',
  ],
  RELATION_SDKAPPID_MISMATCH: [
    'The accounts of the relation request belong to different apps.',
    'Use accounts of one SDKAppID.',
  ],
  RELATION_ACCOUNT_NOT_FOUND: [
    'An account of the relation request does not exist.',
    'Import the account or let it log in once.',
  ],
  RELATION_ADMIN_REQUIRED: ['The relation call needs an app admin.', 'Sign the call for an app admin.'],
  RELATION_SENSITIVE_TEXT: [
    'A text of the relation request contains a sensitive word.',
    'Change the text, or adjust the moderation rules.',
  ],
  RELATION_INTERNAL_ERROR: [
    'The relation service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  RELATION_NETWORK_TIMEOUT: ['The relation service did not answer in time.', 'Try again.'],
  RELATION_WRITE_CONFLICT: [
    "Several writes to one account's relations met.",
    'Try again, and write several entries with one batch call.',
  ],
  FRIEND_ADD_FORBIDDEN: [
    'The app does not let this user add friends.',
    "Change the account's admin-forbid setting.",
  ],
  FRIEND_COUNT_LIMIT: [
    'The caller has as many friends as allowed.',
    'Remove friends, or raise `relation.friendsMax`.',
  ],
  FRIEND_LIST_COUNT_LIMIT: [
    'The caller has as many friend lists as allowed.',
    'Remove a list, or raise `relation.listsMax`.',
  ],
  FRIEND_PENDING_COUNT_LIMIT: [
    'The caller has as many pending friend applications as allowed.',
    'Answer or delete applications, or raise `relation.pendingMax`.',
  ],
  BLOCKLIST_COUNT_LIMIT: [
    "The caller's blocklist is full.",
    'Remove entries, or raise `relation.blacklistMax`.',
  ],
  FRIEND_PEER_COUNT_LIMIT: [
    'The other side has as many friends as allowed.',
    'Let the other side remove friends, or raise `relation.friendsMax`.',
  ],
  ALREADY_FRIENDS: ['The two accounts are friends already.', 'Nothing needs to be done.'],
  FRIEND_ON_OWN_BLOCKLIST: [
    "The other account is on the caller's blocklist.",
    'Take the account off the blocklist first.',
  ],
  FRIEND_PEER_ACCEPTS_NOBODY: [
    'The other account accepts no friends.',
    'Ask the other side to change its allow type.',
  ],
  FRIEND_BLOCKED_BY_PEER: [
    'The other account has put the caller on its blocklist.',
    'Ask the other side to lift the block.',
  ],
  FRIEND_APPLICATION_PENDING: [
    'The friend application was sent and waits for consent.',
    'Treat it as success and wait for the answer.',
  ],
  FRIEND_ADD_ABUSE: [
    'Adding friends was refused by the abuse protection.',
    'Wait before adding more friends.',
  ],
  FRIEND_APPLICATION_NOT_FOUND: ['The friend application does not exist.', 'Refresh the application list.'],
  FRIENDSHIP_NOT_FOUND: ['There is no friendship to delete.', 'Refresh the friend list.'],
  FRIEND_DELETE_ABUSE: [
    'Deleting friends was refused by the abuse protection.',
    'Wait before deleting more friends.',
  ],
  FRIEND_DELETE_ACCOUNT_NOT_FOUND: ['The account to remove does not exist.', 'Check the UserID.'],
  FOLLOWING_COUNT_LIMIT: [
    'The caller follows as many accounts as allowed.',
    'Stop following some, or raise `follow.max`.',
  ],
  FOLLOWERS_PEER_COUNT_LIMIT: ['The other account has as many followers as allowed.', 'Raise `follow.max`.'],
  MUTUAL_FOLLOW_COUNT_LIMIT: [
    'The caller has as many mutual follows as allowed.',
    'Stop following some, or raise `follow.max`.',
  ],
  MUTUAL_FOLLOW_PEER_COUNT_LIMIT: [
    'The other account has as many mutual follows as allowed.',
    'Raise `follow.max`.',
  ],
  FRIEND_LIST_NOT_FRIEND: ['An account put into a friend list is not a friend.', 'Add the friend first.'],
}
