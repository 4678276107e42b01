import { ErrorCode } from '../error-code.ts'
import { flag, integer } from './setting-row.ts'

/** Sources: reference limits.md 2.1, 2.4 and 3, console.md 5. */
export const conversationSettings = {
  'history.days': integer(360, [0, 36_500], 'd', {
    doc: 'Days that history is kept, 0 to keep it forever.',
    documented: '7 to 90 by tier',
  }),
  'history.pageMax': integer(20, [1, 100], 'messages', {
    doc: 'Largest page of history for clients.',
    documented: '15, callers pass 20',
  }),
  'history.unreadConversations': integer(100, [1, 10_000], 'conversations', {
    doc: 'One-to-one conversations whose unread messages are counted.',
    documented: '100',
  }),
  'history.unreadMessages': integer(100, [1, 10_000], 'messages', {
    doc: 'Highest unread count of a one-to-one conversation.',
    documented: '100',
  }),
  'history.systemMessages': integer(100, [1, 10_000], 'notices', {
    doc: 'System notices kept per account.',
    documented: '100',
  }),
  'history.systemDays': integer(7, [1, 365], 'd', {
    doc: 'Days that system notices are kept.',
    documented: '7',
  }),
  'offline.maxSeconds': integer(604_800, [0, 604_800], 's', {
    doc: 'Longest time that a message waits for an offline receiver.',
    documented: '604800',
    code: ErrorCode.MSG_LIFETIME_LIMIT,
  }),
  'conversation.max': integer(3000, [100, 10_000], 'conversations', {
    doc: 'Recent conversations that an account can pull.',
    documented: '100, up to 500 or 3000 by tier',
  }),
  'conv.pinnedMax': integer(200, [1, 10_000], 'conversations', {
    doc: 'Pinned conversations of an account.',
    documented: 'no number',
    code: ErrorCode.CONVERSATION_PINNED_LIMIT,
  }),
  'conv.groupsMax': integer(20, [1, 1000], 'groups', {
    doc: 'Conversation groups of an account.',
    documented: '20',
    code: ErrorCode.CONVERSATION_GROUP_COUNT_LIMIT,
  }),
  'conv.groupNameBytes': integer(32, [1, 512], 'B', {
    doc: 'Longest name of a conversation group.',
    documented: '32',
    code: ErrorCode.CONVERSATION_GROUP_NAME_TOO_LONG,
  }),
  'conv.markedMax': integer(1000, [1, 100_000], 'conversations', {
    doc: 'Conversations of an account that carry marks, groups or custom data.',
    documented: '1000',
    code: ErrorCode.CONVERSATION_MARKED_LIMIT,
  }),
  'conv.markPerOp': integer(100, [1, 1000], 'conversations', {
    doc: 'Conversations in one mark, group or custom data operation.',
    documented: '100',
    code: ErrorCode.CONVERSATION_BATCH_LIMIT,
  }),
  'conv.customBytes': integer(256, [1, 4096], 'B', {
    doc: 'Longest custom data of a conversation.',
    documented: '256',
    code: ErrorCode.CONVERSATION_PARAMETER_INVALID,
  }),
  'conv.deletePerOp': integer(100, [1, 1000], 'conversations', {
    doc: 'Conversations deleted by one operation.',
    documented: '100',
    code: ErrorCode.CONVERSATION_PARAMETER_INVALID,
  }),
  'conv.deleteSync': flag(false, {
    doc: 'Mirrors the deletion of a conversation to the other devices of the account.',
    documented: 'off',
  }),
  'search.keywordsMax': integer(5, [1, 20], 'keywords', {
    doc: 'Keywords in one search.',
    documented: '5',
    code: ErrorCode.MESSAGE_REQUEST_INVALID,
  }),
  'search.pageMax': integer(100, [1, 1000], 'results', {
    doc: 'Largest page of search results.',
    documented: '100',
    code: ErrorCode.MESSAGE_REQUEST_INVALID,
  }),
  'search.pageDefault': integer(20, [1, 100], 'results', {
    doc: 'Page of search results when the caller names none.',
    documented: '20',
  }),
  'file.imageMaxMB': integer(28, [1, 1024], 'MB', {
    doc: 'Largest image.',
    documented: 'Web 20, native 28',
    code: ErrorCode.IMAGE_TOO_BIG,
  }),
  'file.audioMaxMB': integer(28, [1, 1024], 'MB', {
    doc: 'Largest audio.',
    documented: 'Web 20, native 28',
    code: ErrorCode.AUDIO_TOO_BIG,
  }),
  'file.videoMaxMB': integer(100, [1, 4096], 'MB', {
    doc: 'Largest video.',
    documented: '100',
    code: ErrorCode.VIDEO_TOO_BIG,
  }),
  'file.fileMaxMB': integer(100, [1, 4096], 'MB', {
    doc: 'Largest file.',
    documented: '100',
    code: ErrorCode.FILE_TOO_BIG,
  }),
  'file.retentionDays': integer(0, [0, 36_500], 'd', {
    doc: 'Days that uploaded files are kept, 0 to keep them.',
    documented: '7',
  }),
}
