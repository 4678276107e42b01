import type { SettingKey } from '@rookery/protocol/limits'
import type { GroupType } from '@rookery/protocol/wire-group'
import type { App } from '../../apps/app.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'

const SWITCHES: Partial<
  Readonly<Record<GroupType, SettingKey & ('receipt.work' | 'receipt.public' | 'receipt.meeting')>>
> = {
  Private: 'receipt.work',
  Public: 'receipt.public',
  ChatRoom: 'receipt.meeting',
}

/** Whether messages of this group may ask for receipts, apart from its size. */
export function receiptsOn(app: App, group: Pick<GroupRow, 'type'>): boolean {
  const key = SWITCHES[group.type]
  return key !== undefined && TYPE_RULES[group.type].readReceipts && app.setting(key)
}
