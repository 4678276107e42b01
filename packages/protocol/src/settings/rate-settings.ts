import { ErrorCode } from '../error-code.ts'
import { integer, NO_BOUND } from './setting-row.ts'

/** Sources: reference limits.md 2.2, 2.3 (without groups) and 5; rates over REST are per app. */
export const rateSettings = {
  'rate.c2cPerSec': integer(0, [0, 100_000], 'messages/s', {
    doc: 'One-to-one messages of one client per second, 0 for no limit.',
    documented: 'no limit',
    code: ErrorCode.REQ_FREQ_LIMIT,
  }),
  'rate.groupMsgPerSec': integer(0, [0, 100_000], 'messages/s', {
    doc: 'Messages in one group per second, of which the surplus is dropped by priority, 0 for no limit.',
    documented: '40',
  }),
  'rate.rest.default': integer(200, [0, 100_000], 'calls/s', {
    doc: 'Calls of each REST command per second, 0 for no limit.',
    documented: '200',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
  'rate.rest.accountBatch': integer(100, [0, 100_000], 'calls/s', {
    doc: 'Calls of batch import, account delete and account check per second, 0 for no limit.',
    documented: '100',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
  'rate.rest.pushTags': integer(100, [0, 100_000], 'calls/s', {
    doc: 'Calls of each push attribute and tag command per second, 0 for no limit.',
    documented: '100',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
  'rate.rest.historyExport': integer(10, [0, 100_000], 'calls/s', {
    doc: 'Calls of the history download per second, 0 for no limit.',
    documented: '10',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
  'rate.rest.pushBatch': integer(30, [0, 100_000], 'calls/s', {
    doc: 'Calls of the batch push per second, 0 for no limit.',
    documented: '30',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
  'rate.rest.pushRevoke': integer(1, [0, 100_000], 'calls/s', {
    doc: 'Calls of the push revocation and push trace per second, 0 for no limit.',
    documented: '1',
    code: ErrorCode.REST_FREQ_LIMIT,
  }),
  'rate.rest.app': integer(0, [0, 1_000_000], 'calls/s', {
    doc: 'REST calls of the app in total per second, 0 for no limit.',
    documented: 'no number',
    code: ErrorCode.SDKAPPID_FREQ_LIMIT,
  }),
  'rate.rest.c2cPerDay': integer(0, [0, NO_BOUND], 'messages/d', {
    doc: 'One-to-one messages sent over REST per day, 0 for no limit.',
    documented: '1000 on trial, else no limit',
    code: ErrorCode.SDKAPPID_FREQ_LIMIT,
  }),
  'rate.sdk.roamingPerSec': integer(20, [1, 1000], 'calls/s', {
    doc: 'History pages fetched by one SDK per second.',
    documented: '20',
    code: ErrorCode.CALL_TOO_FREQUENT,
  }),
  'rate.sdk.markAllReadPerSec': integer(1, [1, 1000], 'calls/s', {
    doc: 'Calls that mark all conversations read per second and SDK.',
    documented: '1',
    code: ErrorCode.CALL_TOO_FREQUENT,
  }),
  'rate.sdk.receiveOptionPerSec': integer(5, [1, 1000], 'calls/s', {
    doc: 'Changes of the one-to-one receive option per second and SDK.',
    documented: '5',
    code: ErrorCode.CALL_TOO_FREQUENT,
  }),
  'rate.sdk.userStatusPer5Sec': integer(20, [1, 1000], 'calls/5 s', {
    doc: 'Calls of each user status method per 5 seconds and SDK.',
    documented: '20',
    code: ErrorCode.CALL_TOO_FREQUENT,
  }),
  'rate.sdk.cloudSearchPer5Sec': integer(20, [1, 1000], 'calls/5 s', {
    doc: 'Cloud searches per 5 seconds and SDK.',
    documented: '20',
    code: ErrorCode.CALL_TOO_FREQUENT,
  }),
  'rate.sdk.followCheckPer5Sec': integer(20, [1, 1000], 'calls/5 s', {
    doc: 'Follow checks per 5 seconds and SDK.',
    documented: '20',
    code: ErrorCode.CALL_TOO_FREQUENT,
  }),
}
