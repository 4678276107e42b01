import { type ExpressionBuilder, sql } from 'kysely'
import { MessageFlag, type Schema } from '../store/schema.ts'

/** What the unread count of a conversation is made of; never a scan of its messages (DESIGN-DATA 2). */
export interface UnreadColumns {
  account_id: number
  lo_id: number
  count_no: number
  sent_lo: number
  sent_hi: number
  read_count: number
  read_own: number
  recv_opt: number
  /** {@link uncounted} */
  uncounted: number
  /** {@link hiddenUnread} */
  hidden_unread: number
}

/** `RecvOpt` 1: messages are not received, so none of them is unread (sdk-1 section 15.1). */
export const DISCARD = 1

export function unreadOf(row: UnreadColumns): number {
  if (row.recv_opt === DISCARD) return 0
  const sent = row.lo_id === row.account_id ? row.sent_lo : row.sent_hi
  return Math.max(
    0,
    row.count_no - row.read_count - (sent - row.read_own) - row.uncounted - row.hidden_unread,
  )
}

/** The builder of any query that names its `user_conversation` rows `uc`. */
type OwnRows = ExpressionBuilder<Schema & { uc: Schema['user_conversation'] }, 'uc'>

/** Recalled messages of the other side above the read mark. */
export function uncounted(eb: unknown) {
  return (eb as OwnRows)
    .selectFrom('message_uncounted as mu')
    .select(inner => inner.fn.countAll<number>().as('n'))
    .whereRef('mu.app_id', '=', 'uc.app_id')
    .whereRef('mu.conv_id', '=', 'uc.conv_id')
    .whereRef('mu.seq', '>', 'uc.read_seq')
    .whereRef('mu.sender_id', '!=', 'uc.account_id')
    .$asScalar()
    .$notNull()
}

/** Messages of the other side above the read mark that counted and that the owner deleted for itself. */
export function hiddenUnread(eb: unknown) {
  return (eb as OwnRows)
    .selectFrom('message_hidden as hidden')
    .innerJoin('message as deleted', join =>
      join
        .onRef('deleted.app_id', '=', 'hidden.app_id')
        .onRef('deleted.conv_id', '=', 'hidden.conv_id')
        .onRef('deleted.seq', '=', 'hidden.seq'),
    )
    .select(inner => inner.fn.countAll<number>().as('n'))
    .whereRef('hidden.app_id', '=', 'uc.app_id')
    .whereRef('hidden.account_id', '=', 'uc.account_id')
    .whereRef('hidden.conv_id', '=', 'uc.conv_id')
    .whereRef('hidden.seq', '>', 'uc.read_seq')
    .whereRef('deleted.sender_id', '!=', 'uc.account_id')
    .where(sql<number>`deleted.flags & ${sql.lit(MessageFlag.NO_UNREAD | MessageFlag.RECALLED)}`, '=', 0)
    .$asScalar()
    .$notNull()
}
