import type { Store } from '../../store/store.ts'
import type { GroupRow } from '../group-rows.ts'

/** Members of a group that have a device connected to any node. */
export async function onlineMembers(
  store: Pick<Store, 'read' | 'liveNodes'>,
  group: GroupRow,
): Promise<number> {
  const row = await store.read
    .selectFrom('group_member as member')
    .innerJoin('session', join =>
      join
        .onRef('session.app_id', '=', 'member.app_id')
        .onRef('session.account_id', '=', 'member.account_id'),
    )
    .select(eb => eb.fn.count<number>('member.account_id').distinct().as('n'))
    .where('member.app_id', '=', group.app_id)
    // Who is in a community is in its topics.
    .where('member.group_no', '=', group.community_no || group.group_no)
    .where('session.connected', '=', 1)
    .where('session.ended', '=', '')
    .where('session.node_id', 'in', [...store.liveNodes])
    .executeTakeFirst()
  return Number(row?.n ?? 0)
}
