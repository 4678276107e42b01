import { ErrorCode } from '../error-code.ts'
import { flag, integer } from './setting-row.ts'

/** Sources: reference limits.md 2.1, console.md 5. */
export const messageSettings = {
  'message.maxBytes': integer(12_288, [1024, 32_768], 'B', {
    doc: 'Largest message as the sum of its elements and custom data.',
    documented: '12288, older 8000',
    code: ErrorCode.BODY_SIZE_LIMIT,
  }),
  'message.recallSeconds': integer(120, [1, 604_800], 's', {
    doc: 'Recall window of clients.',
    documented: '120, up to 604800',
    code: ErrorCode.RECALL_TIME_LIMIT,
  }),
  'message.mergeMax': integer(300, [1, 1000], 'messages', {
    doc: 'Messages in one merged message.',
    documented: '300',
    code: ErrorCode.MSG_FORMAT_INVALID,
  }),
  'message.mergeDepth': integer(100, [1, 100], 'levels', {
    doc: 'Nesting of merged messages.',
    documented: '100',
    code: ErrorCode.MSG_FORMAT_INVALID,
  }),
  'message.atMax': integer(30, [0, 1000], 'accounts', {
    doc: 'Accounts mentioned in one message.',
    documented: '30',
    code: ErrorCode.GROUP_MENTION_LIMIT,
  }),
  'message.directedMax': integer(50, [1, 1000], 'accounts', {
    doc: 'Receivers of one directed group message.',
    documented: '50',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'message.deletePerCall': integer(50, [1, 1000], 'messages', {
    doc: 'Messages deleted by one client call.',
    documented: '50, Web 30',
    code: ErrorCode.DELETE_FAILED,
  }),
  'message.tellBlockedSender': flag(false, {
    doc: 'Tells a sender that the receiver has blocked it instead of answering success.',
    documented: 'off',
    code: ErrorCode.MESSAGE_BLOCKED_BY_RECEIVER,
  }),
  'message.friendCheck': flag(false, {
    doc: 'Lets only friends send one-to-one messages to each other.',
    documented: 'off',
    code: ErrorCode.MESSAGE_NOT_FRIENDS,
  }),
  'message.extensionEnabled': flag(true, {
    doc: 'Lets messages carry extensions.',
    documented: 'off',
    code: ErrorCode.EXTENSION_UNSUPPORTED,
  }),
  'ext.keyBytes': integer(100, [1, 1024], 'B', {
    doc: 'Longest key of a message extension.',
    documented: '100',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'ext.valueBytes': integer(1000, [1, 8192], 'B', {
    doc: 'Longest value of a message extension.',
    documented: '1000',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'ext.perOperation': integer(20, [1, 100], 'extensions', {
    doc: 'Extensions set or deleted by one call.',
    documented: '20',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'ext.perMessage': integer(300, [1, 1000], 'extensions', {
    doc: 'Extensions stored with one message.',
    documented: '300',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'ext.returnedMax': integer(200, [1, 1000], 'extensions', {
    doc: 'Extensions returned by one call.',
    documented: '200',
  }),
  'ext.changesPerMinute': integer(200, [1, 10_000], 'changes/min', {
    doc: 'Changes to the extensions of one message per minute.',
    documented: '200',
    code: ErrorCode.EXTENSION_FREQ_LIMIT,
  }),
  'reaction.kindsMax': integer(10, [1, 100], 'kinds', {
    doc: 'Kinds of reaction on one message.',
    documented: '10',
    code: ErrorCode.REACTION_COUNT_LIMIT,
  }),
  'reaction.usersMax': integer(100, [1, 10_000], 'accounts', {
    doc: 'Accounts that give one reaction to one message.',
    documented: '100',
    code: ErrorCode.REACTION_USER_LIMIT,
  }),
  'reaction.queryMessages': integer(20, [1, 100], 'messages', {
    doc: 'Messages whose reactions one call asks for.',
    documented: '20',
    code: ErrorCode.MESSAGE_REQUEST_INVALID,
  }),
  'reaction.usersReturned': integer(10, [1, 100], 'accounts', {
    doc: 'Accounts returned with each reaction of a list.',
    documented: '10',
  }),
  'reaction.userPageMax': integer(100, [1, 1000], 'accounts', {
    doc: 'Largest page of accounts of one reaction.',
    documented: '100',
    code: ErrorCode.MESSAGE_REQUEST_INVALID,
  }),
  'receipt.groupMax': integer(200, [1, 10_000], 'members', {
    doc: 'Members of the largest group with read receipts.',
    documented: '200',
    code: ErrorCode.GROUP_RECEIPT_GROUP_TOO_BIG,
  }),
  'receipt.reportMax': integer(30, [1, 100], 'messages', {
    doc: 'Messages in one report of read receipts.',
    documented: '30',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'receipt.readerPageMax': integer(100, [1, 1000], 'members', {
    doc: 'Largest page of readers or non-readers of a message.',
    documented: '100, REST 200',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'receipt.work': flag(true, {
    doc: 'Switches read receipts in Work groups.',
    documented: 'set per group type',
  }),
  'receipt.public': flag(true, {
    doc: 'Switches read receipts in Public groups.',
    documented: 'set per group type',
  }),
  'receipt.meeting': flag(true, {
    doc: 'Switches read receipts in Meeting groups.',
    documented: 'set per group type',
  }),
  'stream.maxBytes': integer(131_072, [1024, 1_048_576], 'B', {
    doc: 'Largest stream message in total.',
    documented: '131072',
    code: ErrorCode.MSG_TOO_LONG,
  }),
  'stream.updatesPerSec': integer(5, [1, 100], 'updates/s', {
    doc: 'Continuations of one stream message per second.',
    documented: '5',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
}
