import { sql } from 'kysely'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { MessageFlag } from '../../store/schema.ts'
import { raiseChangeNo } from './group-message-change.ts'
import { conversationLocks, type GroupMessageCall, messageStanding } from './message-call.ts'

export interface GroupClearing extends GroupMessageCall {
  /** Absent: everything so far. */
  readonly seq?: number
}

/**
 * Ends what members see of the history at a number; nothing of it is unread any more. One floor on the group, no write for each
 * member: only who wrote above it gets a new base for its own count. Devices learn of it when they resume.
 */
export const clearGroupMessages = defineMutation<GroupClearing, void>(
  'groups/clear-messages',
  async (tx, call) => {
    const { group } = await messageStanding(tx, call)
    const head = await tx.db
      .selectFrom('conversation')
      .select(['head_seq', 'count_no', 'clear_seq', 'reset_seq', 'reset_no'])
      .where('app_id', '=', call.app)
      .where('conv_id', '=', call.conv)
      .executeTakeFirstOrThrow()
    const floor = Math.min(call.seq ?? head.head_seq, head.head_seq)
    if (floor <= head.clear_seq) return
    const resets = floor > head.reset_seq
    const count = await countAt(tx, call, floor, head.head_seq, head.count_no)
    await tx.db
      .updateTable('conversation')
      .set({
        clear_seq: floor,
        clear_count: count,
        ...(resets && {
          reset_no: head.reset_no + 1,
          reset_seq: floor,
          reset_count: count,
        }),
      })
      .where('app_id', '=', call.app)
      .where('conv_id', '=', call.conv)
      .execute()
    if (resets && floor < head.head_seq) await rebase(tx, call, floor, head.reset_no + 1)
    await raiseChangeNo(tx, group)
    tx.changed({ kind: 'conversation', app: call.app, conv: call.conv })
  },
  // The heads in memory know the number of the reset.
  { locks: conversationLocks },
)

async function countAt(
  tx: Transaction,
  { app, conv }: GroupClearing,
  seq: number,
  head: number,
  headCount: number,
): Promise<number> {
  if (seq >= head) return headCount
  const row = await tx.db
    .selectFrom('message')
    .select('count_no')
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .where('seq', '<=', seq)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.count_no ?? 0
}

/** Who wrote above the floor before it was set: its own count there is that of its first message above, less that one. */
async function rebase(
  tx: Transaction,
  { app, conv }: GroupClearing,
  floor: number,
  resetNo: number,
): Promise<void> {
  const counted = sql<number>`case when flags & ${sql.lit(MessageFlag.NO_UNREAD)} = 0 then 1 else 0 end`
  const rows = await tx.db
    .selectFrom('message')
    .select(['sender_id', sql<number>`min(own_no - ${counted})`.as('own')])
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .where('seq', '>', floor)
    .where('own_no', '>', 0)
    .where('sender_id', '>', 0)
    .groupBy('sender_id')
    .execute()
  for (const { sender_id, own } of rows)
    await tx.db
      .updateTable('user_conversation')
      .set({ base_no: resetNo, base_own: own })
      .where('app_id', '=', app)
      .where('account_id', '=', sender_id)
      .where('conv_id', '=', conv)
      .execute()
}
