import { ErrorCode } from '../error-code.ts'
import { integer, oneOf } from './setting-row.ts'

/** Sources: reference limits.md 2.1, 2.2 and 5, rest-1-accounts-messages.md 4.1, DESIGN-SECURITY.md 6. */
export const edgeSettings = {
  'rest.timeoutMs': integer(3000, [100, 60_000], 'ms', {
    doc: 'Time in which a REST call is handled.',
    documented: '3000',
    code: ErrorCode.REQUEST_TIMEOUT,
    scope: 'server',
  }),
  'rest.bodyBytes': integer(1_048_576, [16384, 67_108_864], 'B', {
    doc: 'Largest body of a REST call.',
    documented: 'own choice',
    code: ErrorCode.BODY_SIZE_LIMIT,
    scope: 'server',
  }),
  'rest.dedupeSeconds': integer(300, [0, 604_800], 's', {
    doc: 'Window in which a group message sent twice over REST is stored once.',
    documented: '300',
  }),
  'rest.dedupeC2cSeconds': integer(120, [0, 604_800], 's', {
    doc: 'Window in which a one-to-one message sent twice over REST is stored once.',
    documented: '120',
  }),
  'transport.maxPacketBytes': integer(1_048_576, [65536, 16_777_216], 'B', {
    doc: 'Largest answer or packet.',
    documented: '1048576',
    code: ErrorCode.GROUP_RESPONSE_SIZE_LIMIT,
    scope: 'server',
  }),
  'transport.jsonDepth': integer(32, [8, 128], 'levels', {
    doc: 'Nesting of JSON that is read.',
    documented: 'own choice',
    code: ErrorCode.REQ_JSON_PARSE_FAILED,
    scope: 'server',
  }),
  'push.allPerDay': integer(100, [0, 100_000], 'pushes/d', {
    doc: 'Pushes to all per day.',
    documented: '100',
    code: ErrorCode.PUSH_ALL_DAILY_LIMIT,
  }),
  'push.allGapSeconds': integer(1, [0, 3600], 's', {
    doc: 'Shortest time between two pushes to all.',
    documented: '1',
    code: ErrorCode.PUSH_TOO_FREQUENT,
  }),
  'push.attributesMax': integer(10, [0, 100], 'attributes', {
    doc: 'Push attributes of the app.',
    documented: '10',
    code: ErrorCode.PUSH_ATTRIBUTE_INVALID,
  }),
  'push.attributeValueBytes': integer(50, [1, 512], 'B', {
    doc: 'Longest value of a push attribute.',
    documented: '50',
    code: ErrorCode.PUSH_ATTRIBUTE_VALUE_INVALID,
  }),
  'push.tagBytes': integer(50, [1, 512], 'B', {
    doc: 'Longest push tag.',
    documented: '50',
    code: ErrorCode.PUSH_TAG_TOO_LONG,
  }),
  'push.tagsPerCondition': integer(10, [1, 100], 'tags', {
    doc: 'Tags in one push condition.',
    documented: '10',
    code: ErrorCode.PUSH_TAG_COUNT_LIMIT,
  }),
  'webhook.timeoutMs': integer(2000, [100, 30_000], 'ms', {
    doc: 'Time in which the app server answers a webhook.',
    documented: '2000',
    code: ErrorCode.PRE_HOOK_FAILED,
  }),
  'webhook.onTimeout': oneOf('allow', ['allow', 'refuse'], {
    doc: 'What happens to the operation when a before-event gets no answer.',
    documented: 'allow',
    code: ErrorCode.PRE_HOOK_FAILED,
  }),
  'webhook.retry': integer(0, [0, 10], 'tries', {
    doc: 'Further deliveries of an after-event that failed.',
    documented: 'optional, off',
  }),
  'audit.wordsMax': integer(10_000, [0, 1_000_000], 'words', {
    doc: 'Words in the local word filter.',
    documented: '10000',
  }),
  'audit.regexChars': integer(200, [1, 2000], 'chars', {
    doc: 'Longest regular expression of the local word filter.',
    documented: '200',
  }),
  'audit.addPerAction': integer(50, [1, 1000], 'words', {
    doc: 'Words added to the local word filter by one action.',
    documented: '50',
  }),
}
