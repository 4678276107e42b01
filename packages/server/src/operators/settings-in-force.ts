import type { SettingKey } from '@rookery/protocol/limits'

/**
 * The settings of an app that this server acts on. The table of settings also holds those of features that are not built yet;
 * the console shows none of them. A test compares this list with the code.
 */
export const SETTINGS_IN_FORCE: readonly SettingKey[] = [
  'login.policy',
  'login.webInstances',
  'login.devicesPerPlatform',
  'login.evictionsPerMinute',
  'login.clockSkewAheadSeconds',
  'status.pushOnlineDays',
  'account.max',
  'account.userIdBytes',
  'account.deleteAllowed',
  'admin.max',
  'profile.textBytes',
  'message.maxBytes',
  'message.recallSeconds',
  'message.mergeMax',
  'message.mergeDepth',
  'message.extensionEnabled',
  'ext.keyBytes',
  'ext.valueBytes',
  'ext.perOperation',
  'ext.perMessage',
  'ext.returnedMax',
  'ext.changesPerMinute',
  'receipt.reportMax',
  'history.days',
  'conversation.max',
  'conv.pinnedMax',
  'conv.groupsMax',
  'conv.groupNameBytes',
  'conv.markedMax',
  'conv.markPerOp',
  'conv.customBytes',
  'conv.deleteSync',
  'rate.rest.default',
  'rate.rest.accountBatch',
  'rate.rest.app',
]
