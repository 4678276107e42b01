import type { Transaction } from '../../store/mutation.ts'
import type { GroupRow } from '../group-rows.ts'

/**
 * Puts a member's read mark so that about this many countable messages are above it, at most all there are (rest-2 section
 * 6.10): below the n-th latest message of others. Meant for imports; it may go backwards.
 */
export async function setUnread(
  tx: Transaction,
  group: GroupRow,
  account: number,
  unread: number,
): Promise<void> {
  const { app_id: app, conv_id: conv } = group
  const head = await tx.db
    .selectFrom('conversation')
    .select(['head_seq', 'count_no', 'reset_no'])
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .executeTakeFirstOrThrow()
  const count = Math.max(0, head.count_no - unread)
  const mark = await tx.db
    .selectFrom('message')
    .select('seq')
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .where('count_no', '<=', count)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  await tx.db
    .updateTable('user_conversation')
    .set(eb => ({
      read_seq: unread === 0 ? head.head_seq : (mark?.seq ?? 0),
      read_count: count,
      read_own: eb.ref('sent_no'),
      mark_no: head.reset_no,
    }))
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .where('account_id', '=', account)
    .execute()
}
