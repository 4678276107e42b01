import { ErrorCode } from '../error-code.ts'
import { flag, integer } from './setting-row.ts'

/** Sources: reference limits.md 1, console.md 6. */
export const relationSettings = {
  'relation.friendsMax': integer(3000, [1, 100_000], 'friends', {
    doc: 'Friends of an account.',
    documented: '3000, trial 20',
    code: ErrorCode.FRIEND_COUNT_LIMIT,
  }),
  'relation.blacklistMax': integer(1000, [1, 100_000], 'accounts', {
    doc: 'Entries of an account on its blocklist.',
    documented: '1000',
    code: ErrorCode.BLOCKLIST_COUNT_LIMIT,
  }),
  'relation.pendingMax': integer(100, [1, 10_000], 'applications', {
    doc: 'Pending friend applications of an account.',
    documented: '100',
    code: ErrorCode.FRIEND_PENDING_COUNT_LIMIT,
  }),
  'relation.listsMax': integer(32, [1, 1000], 'lists', {
    doc: 'Friend lists of an account.',
    documented: '32',
    code: ErrorCode.FRIEND_LIST_COUNT_LIMIT,
  }),
  'relation.listNameBytes': integer(30, [1, 512], 'B', {
    doc: 'Longest name of a friend list.',
    documented: '30',
    code: ErrorCode.RELATION_PARAMETER_INVALID,
  }),
  'relation.remarkBytes': integer(96, [1, 512], 'B', {
    doc: 'Longest remark on a friend.',
    documented: '96',
    code: ErrorCode.RELATION_PARAMETER_INVALID,
  }),
  'relation.wordingBytes': integer(256, [1, 4096], 'B', {
    doc: 'Longest text of a friend application.',
    documented: '256, native SDK 120',
    code: ErrorCode.RELATION_PARAMETER_INVALID,
  }),
  'relation.customFieldsMax': integer(20, [0, 100], 'fields', {
    doc: 'Custom friend fields of the app.',
    documented: '20',
  }),
  'follow.max': integer(3000, [1, 100_000], 'accounts', {
    doc: 'Accounts that one account follows, has as followers or as mutual follows.',
    documented: 'no number',
    code: ErrorCode.FOLLOWING_COUNT_LIMIT,
  }),
  'profile.customFieldsMax': integer(20, [0, 100], 'fields', {
    doc: 'Custom profile fields of the app.',
    documented: '20',
  }),
  'profile.customValueBytes': integer(500, [1, 4096], 'B', {
    doc: 'Longest value of a custom profile field.',
    documented: '500',
    code: ErrorCode.PROFILE_VALUE_TOO_LONG,
  }),
  'profile.textBytes': integer(500, [1, 4096], 'B', {
    doc: 'Longest nickname, avatar URL or signature.',
    documented: '500',
    code: ErrorCode.PROFILE_VALUE_TOO_LONG,
  }),
  'profile.locationBytes': integer(16, [1, 512], 'B', {
    doc: 'Longest location.',
    documented: '16',
    code: ErrorCode.PROFILE_VALUE_NOT_ALLOWED,
  }),
  'profile.subscriptionEnabled': flag(true, {
    doc: 'Lets accounts subscribe to the profiles of others who are not friends.',
    documented: 'off',
    code: ErrorCode.PROFILE_SUBSCRIPTION_DISABLED,
  }),
  'status.enabled': flag(true, {
    doc: 'Lets accounts query and subscribe to the status of others.',
    documented: 'off',
    code: ErrorCode.USER_STATUS_DISABLED,
  }),
  'status.friendNotice': flag(false, {
    doc: 'Tells friends of status changes without a subscription.',
    documented: 'off',
  }),
  'status.customBytes': integer(100, [1, 1024], 'B', {
    doc: 'Longest custom status.',
    documented: '100',
    code: ErrorCode.ACCOUNT_PARAMETER_INVALID,
  }),
  'status.subscriptionsMax': integer(200, [1, 10_000], 'accounts', {
    doc: 'Status subscriptions of an account, of which the oldest is dropped.',
    documented: '200',
  }),
  'status.pushOnlineDays': integer(7, [0, 365], 'd', {
    doc: 'Days that a mobile device stays PushOnline after its last connection.',
    documented: '7',
  }),
}
