import type { Kysely } from 'kysely'
import { MemberRole, type Schema } from '../../store/schema.ts'
import { type GroupRow, staffOf } from '../group-rows.ts'
import { hasBit } from '../permissions/permission-mask.ts'
import { COMMUNITY_RIGHTS } from '../rules/permission-rules.ts'

const MAY_APPROVE = COMMUNITY_RIGHTS.manageMembers.bit

/** A mask that a member has by one of its permission groups, where these are on. */
function masks(db: Kysely<Schema>, app: number) {
  return db
    .selectFrom('permission_member as member')
    .innerJoin('permission_group as permission', join =>
      join
        .onRef('permission.app_id', '=', 'member.app_id')
        .onRef('permission.group_no', '=', 'member.group_no')
        .onRef('permission.name', '=', 'member.name'),
    )
    .innerJoin('chat_group as g', join =>
      join.onRef('g.app_id', '=', 'member.app_id').onRef('g.group_no', '=', 'member.group_no'),
    )
    .select(['member.account_id', 'member.group_no', 'permission.permission'])
    .where('member.app_id', '=', app)
    .where('g.enable_permission', '=', 1)
}

/**
 * Who is told of requests to a group, by account number: owner and admins; where permission groups are on, the owner and who has
 * the right by a permission group. Who has it by the community's default finds them in the list.
 */
export async function approversOf(db: Kysely<Schema>, group: GroupRow): Promise<number[]> {
  if (!group.enable_permission) return staffOf(db, group)
  const rows = await masks(db, group.app_id).where('member.group_no', '=', group.group_no).execute()
  const able = rows.filter(row => hasBit(BigInt(row.permission), MAY_APPROVE)).map(row => row.account_id)
  return [...new Set([...(group.owner_id > 0 ? [group.owner_id] : []), ...able])].sort((a, b) => a - b)
}

/** Communities with permission groups whose requests an account may answer though it does not own them. */
export async function approvedByMask(db: Kysely<Schema>, app: number, account: number): Promise<number[]> {
  const communities = await db
    .selectFrom('group_member as member')
    .innerJoin('chat_group as g', join =>
      join.onRef('g.app_id', '=', 'member.app_id').onRef('g.group_no', '=', 'member.group_no'),
    )
    .select(['g.group_no', 'g.default_permission'])
    .where('member.app_id', '=', app)
    .where('member.account_id', '=', account)
    .where('member.role', '<', MemberRole.OWNER)
    .where('g.enable_permission', '=', 1)
    .execute()
  if (communities.length === 0) return []
  const rows = await masks(db, app).where('member.account_id', '=', account).execute()
  return communities.flatMap(community => {
    const own = rows.filter(row => row.group_no === community.group_no).map(row => row.permission)
    const all = own.length > 0 ? own : [community.default_permission]
    return all.some(mask => hasBit(BigInt(mask), MAY_APPROVE)) ? community.group_no : []
  })
}
