import type { SettingKey } from '@rookery/protocol/limits'

/** What is said of groups of every type, then of each type. */
export const GROUP_SECTIONS: readonly string[] = [
  'group',
  'group.work',
  'group.public',
  'group.meeting',
  'group.live',
  'group.community',
]

/** Those that hold for one type and do not end in its name. */
const OF_ONE_TYPE: Readonly<Partial<Record<SettingKey, string>>> = {
  'group.workStartsInactive': 'group.work',
  'group.avMax': 'group.live',
  'group.communityEnabled': 'group.community',
  'group.communitiesMax': 'group.community',
  'group.communityMembersMax': 'group.community',
}

/** Under which heading a setting `group.…` stands. */
export function groupSection(key: SettingKey): string {
  const ofType = `group.${key.slice(key.lastIndexOf('.') + 1)}`
  return OF_ONE_TYPE[key] ?? (GROUP_SECTIONS.includes(ofType) ? ofType : 'group')
}
