import type { GroupPush } from '../../bus/bus.ts'
import type { GroupRow } from '../group-rows.ts'

/** Whom a frame about a group is for: its members, of a topic those of its community, whose `auth_no` it has. */
export function audienceOf(
  group: Pick<GroupRow, 'group_no' | 'community_no' | 'auth_no'>,
): Pick<GroupPush, 'group' | 'authNo'> {
  return { group: group.community_no || group.group_no, authNo: group.auth_no }
}
