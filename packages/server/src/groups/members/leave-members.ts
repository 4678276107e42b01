import type { Transaction } from '../../store/mutation.ts'
import { type ChatGroupTable, MemberRole } from '../../store/schema.ts'
import { editGroup } from '../change-group.ts'
import type { GroupRow, MemberRow } from '../group-rows.ts'
import { allTopicRows, closeTopicRows } from '../topics/topic-rows.ts'
import { closeOwnRows, conversationHead } from './own-rows.ts'

/** Takes locked members out. An owner among them leaves a group without one. Returns the group as it is now. */
export async function leaveMembers(
  tx: Transaction,
  group: GroupRow,
  members: readonly MemberRow[],
): Promise<GroupRow> {
  if (members.length === 0) return group
  const accounts = members.map(member => member.account_id)
  await tx.db
    .deleteFrom('group_member')
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('account_id', 'in', accounts)
    .execute()
  await closeOwnRows(tx, group, accounts, await conversationHead(tx, group))
  if (group.support_topic) await closeTopicRows(tx, group.app_id, await allTopicRows(tx.db, group), accounts)
  await tx.db
    .deleteFrom('permission_member')
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('account_id', 'in', accounts)
    .execute()
  const set: Partial<ChatGroupTable> = members.some(member => member.role === MemberRole.OWNER)
    ? { owner_id: 0 }
    : {}
  return editGroup(tx, group, { set, rights: true, members: -members.length, profile: 'owner_id' in set })
}
