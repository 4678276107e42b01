import type { GroupPush } from '../../bus/bus.ts'
import type { GroupRow } from '../group-rows.ts'

/**
 * Whom a frame about a group is for. A topic's own `auth_no` says nothing about the members of its community, so it goes to
 * whoever is known as a member where it arrives.
 */
export function audienceOf(
  group: Pick<GroupRow, 'group_no' | 'community_no' | 'auth_no'>,
): Pick<GroupPush, 'group' | 'authNo'> {
  return group.community_no > 0
    ? { group: group.community_no, authNo: 0 }
    : { group: group.group_no, authNo: group.auth_no }
}
