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

/** Those that neither begin nor end with what they are about. */
const PLACES: Readonly<Partial<Record<SettingKey, string>>> = {
  'group.workStartsInactive': 'group.work',
  'group.avMax': 'group.live',
  'group.communityEnabled': 'group.community',
  'group.communitiesMax': 'group.community',
  'group.communityMembersMax': 'group.community',
  'receipt.groupMax': 'group',
  'message.atMax': 'group',
  'message.directedMax': 'group',
  'rate.groupMsgPerSec': 'group',
}

const PREFIXES: Readonly<Record<string, string>> = {
  group: 'group',
  attr: 'group',
  counter: 'group',
  live: 'group.live',
  topic: 'group.community',
}

/** Under which heading of groups a setting stands; undefined for those of something else. */
export function groupSection(key: SettingKey): string | undefined {
  const ofType = `group.${key.slice(key.lastIndexOf('.') + 1)}`
  if (GROUP_SECTIONS.includes(ofType)) return ofType
  return PLACES[key] ?? PREFIXES[key.slice(0, key.indexOf('.'))]
}
