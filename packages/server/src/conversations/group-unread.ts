import { type ExpressionBuilder, sql } from 'kysely'
import { TYPE_RULES } from '../groups/rules/group-types.ts'
import { type ChatGroupTable, type GroupMemberTable, MessageFlag, type Schema } from '../store/schema.ts'

/** What the unread count of a group's conversation is made of; never a scan, never a write for each member (DESIGN-DATA 2). */
export interface GroupMark {
  account_id: number
  read_seq: number
  read_count: number
  read_own: number
  mark_no: number
  base_no: number
  base_own: number
  sent_no: number
  to_seq: number
  to_count: number
  count_no: number
  reset_no: number
  reset_seq: number
  reset_count: number
  /** Above it begins what members see; `clear_count` counted messages were up to it. */
  clear_seq: number
  clear_count: number
  /** {@link groupOwnAtFloor} */
  own_at_floor: number
  g_type: ChatGroupTable['type']
  receive_option: GroupMemberTable['receive_option'] | null
  /** {@link groupUncounted} */
  uncounted: number
  /** {@link groupHidden} */
  hidden_unread: number
}

/** Whether a reset for the whole group goes beyond the owner's own mark. */
function isReset(row: Pick<GroupMark, 'mark_no' | 'reset_no' | 'reset_seq' | 'read_seq'>): boolean {
  return row.mark_no < row.reset_no && row.read_seq < row.reset_seq
}

/** Everything up to this number was read by the owner, or by a reset for it. */
export function groupReadSeq(
  row: Pick<GroupMark, 'mark_no' | 'reset_no' | 'reset_seq' | 'read_seq'>,
): number {
  return isReset(row) ? row.reset_seq : row.read_seq
}

export function groupUnread(row: GroupMark): number {
  if (!TYPE_RULES[row.g_type].countsUnread) return 0
  if (row.receive_option === 'Discard') return 0
  const count = row.to_seq < 0 ? row.count_no : row.to_count
  const less = row.uncounted + row.hidden_unread
  // What is out of sight for everybody needs no reading.
  if (row.clear_seq > groupReadSeq(row))
    return Math.max(0, count - row.clear_count - (row.sent_no - row.own_at_floor) - less)
  const reset = isReset(row)
  const read = reset ? row.reset_count : row.read_count
  // Who sent nothing since the reset has an older base.
  const base = row.base_no === row.reset_no ? row.base_own : row.sent_no
  const own = row.sent_no - (reset ? base : row.read_own)
  return Math.max(0, count - read - own - less)
}

/** The builder of any query that names rows of `user_conversation` `uc` and their conversations `c`. */
type OwnRows = ExpressionBuilder<
  Schema & { uc: Schema['user_conversation']; c: Schema['conversation'] },
  'uc' | 'c'
>

const MARK = sql<number>`case when uc.mark_no < c.reset_no and uc.read_seq < c.reset_seq then c.reset_seq else uc.read_seq end`
const END = sql<boolean>`(uc.to_seq < 0 or above.seq <= uc.to_seq)`
/** Who left is told of no later change, so none moves the count: it is the same on a device that resumes and on a new one. */
const recalledInTime = (message: 'recalled' | 'deleted') =>
  sql<boolean>`(uc.to_seq < 0 or ${sql.ref(`${message}.change_no`)} <= uc.to_change)`

/** Own messages up to the floor, where it is above the mark. */
export function groupOwnAtFloor(eb: unknown) {
  return sql<number>`case when c.clear_seq > ${MARK} then coalesce((${(eb as OwnRows)
    .selectFrom('message as own')
    .select(
      sql<number>`own.own_no - case when own.flags & ${sql.lit(MessageFlag.NO_UNREAD)} = 0 then 1 else 0 end`.as(
        'n',
      ),
    )
    .whereRef('own.app_id', '=', 'uc.app_id')
    .whereRef('own.conv_id', '=', 'uc.conv_id')
    .whereRef('own.sender_id', '=', 'uc.account_id')
    .whereRef('own.seq', '>', 'c.clear_seq')
    // In so many words, so that the partial index of own messages applies.
    .where(sql<boolean>`own.own_no > 0 and (own.flags & 512) <> 0`)
    .orderBy('own.seq')
    .limit(1)}), uc.sent_no) else 0 end`
}

/** Recalled messages of others above the mark. */
export function groupUncounted(eb: unknown) {
  return (eb as OwnRows)
    .selectFrom('message_uncounted as above')
    .innerJoin('message as recalled', join =>
      join
        .onRef('recalled.app_id', '=', 'above.app_id')
        .onRef('recalled.conv_id', '=', 'above.conv_id')
        .onRef('recalled.seq', '=', 'above.seq'),
    )
    .select(inner => inner.fn.countAll<number>().as('n'))
    .whereRef('above.app_id', '=', 'uc.app_id')
    .whereRef('above.conv_id', '=', 'uc.conv_id')
    .where('above.seq', '>', MARK)
    .whereRef('above.seq', '>', 'c.clear_seq')
    .where(END)
    .where(recalledInTime('recalled'))
    .whereRef('above.sender_id', '!=', 'uc.account_id')
    .$asScalar()
    .$notNull()
}

/** Messages of others above the mark that counted and that the owner deleted for itself. */
export function groupHidden(eb: unknown) {
  return (eb as OwnRows)
    .selectFrom('message_hidden as above')
    .innerJoin('message as deleted', join =>
      join
        .onRef('deleted.app_id', '=', 'above.app_id')
        .onRef('deleted.conv_id', '=', 'above.conv_id')
        .onRef('deleted.seq', '=', 'above.seq'),
    )
    .select(inner => inner.fn.countAll<number>().as('n'))
    .whereRef('above.app_id', '=', 'uc.app_id')
    .whereRef('above.account_id', '=', 'uc.account_id')
    .whereRef('above.conv_id', '=', 'uc.conv_id')
    .where('above.seq', '>', MARK)
    .whereRef('above.seq', '>', 'c.clear_seq')
    .where(END)
    .whereRef('deleted.sender_id', '!=', 'uc.account_id')
    .where(sql<number>`deleted.flags & ${sql.lit(MessageFlag.NO_UNREAD)}`, '=', 0)
    .where(({ not, and }) =>
      not(
        and([sql<boolean>`deleted.flags & ${sql.lit(MessageFlag.RECALLED)} <> 0`, recalledInTime('deleted')]),
      ),
    )
    .$asScalar()
    .$notNull()
}
