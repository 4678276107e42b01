import { ErrorCode } from '../error-code.ts'
import { integer } from './setting-row.ts'

/** Live rooms, attributes, counters, topics. Sources: reference limits.md 4, rest-2 sections 1.6 to 1.10, 2.6 to 2.8 and 8. */
export const groupExtraSettings = {
  'live.waitingMax': integer(10_000, [100, 1_000_000], 'messages', {
    doc: 'Messages to live rooms that wait on a node; beyond it the lowest priority is given up first.',
    documented: 'own choice',
    scope: 'server',
  }),
  'rate.rest.broadcast': integer(1, [0, 100_000], 'calls/s', {
    doc: 'Calls of the broadcast to all live rooms per second, 0 for no limit.',
    documented: '1',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
  'live.recentMax': integer(0, [0, 50], 'messages', {
    doc: 'Latest messages of a live room that somebody who enters is shown.',
    documented: '0, larger plans more',
  }),
  'live.membersShown': integer(1000, [1, 1000], 'people', {
    doc: 'People of a live room that can be listed, the newest of each node.',
    documented: '1000, smaller plans 30',
  }),
  'live.adminsMax': integer(5, [0, 100], 'admins', {
    doc: 'Admins of a live room.',
    documented: '5',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'live.marksMax': integer(10, [1, 100], 'marks', {
    doc: 'Different marks that people in a live room may have.',
    documented: '10',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'live.markUsersMax': integer(1000, [1, 100_000], 'people', {
    doc: 'People in a live room that may have one mark.',
    documented: '1000',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'attr.countMax': integer(16, [1, 100], 'attributes', {
    doc: 'Attributes of a group.',
    documented: '16',
    code: ErrorCode.GROUP_ATTRIBUTE_COUNT_LIMIT,
  }),
  'attr.keyBytes': integer(32, [1, 256], 'B', {
    doc: 'Longest key of an attribute.',
    documented: '32',
    code: ErrorCode.GROUP_ATTRIBUTE_KEY_TOO_LONG,
  }),
  'attr.valueBytes': integer(4000, [1, 16_000], 'B', {
    doc: 'Longest value of an attribute.',
    documented: '4000',
    code: ErrorCode.GROUP_ATTRIBUTE_VALUE_TOO_LONG,
  }),
  'attr.totalBytes': integer(16_000, [100, 65_536], 'B', {
    doc: 'Keys and values of all attributes of a group together.',
    documented: '16000',
    code: ErrorCode.GROUP_ATTRIBUTE_TOTAL_SIZE_LIMIT,
  }),
  'attr.writesPerSec': integer(5, [0, 1000], '/s', {
    doc: 'Writes of the attributes of a group in a second, 0 for no limit.',
    documented: '5',
    code: ErrorCode.GROUP_ATTRIBUTE_FREQ_LIMIT,
  }),
  'counter.max': integer(20, [1, 1000], 'counters', {
    doc: 'Counters of a group.',
    documented: '20',
    code: ErrorCode.GROUP_COUNTER_LIMIT,
  }),
  'counter.keyBytes': integer(128, [1, 1024], 'B', {
    doc: 'Longest key of a counter.',
    documented: '128',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'topic.max': integer(200, [1, 10_000], 'topics', {
    doc: 'Topics of a community.',
    documented: 'own choice',
    code: ErrorCode.GROUP_JOINED_COUNT_LIMIT,
  }),
  'topic.customBytes': integer(3000, [0, 16_384], 'B', {
    doc: 'Longest custom text of a topic or a permission group.',
    documented: '3000',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
}
