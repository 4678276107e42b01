import { sql } from 'kysely'
import { conversationItems } from '../../conversations/conversation-item.ts'
import { newOwnerRow } from '../../conversations/owner-row.ts'
import type { Transaction } from '../../store/mutation.ts'
import { ConversationKind } from '../../store/schema.ts'
import type { GroupRow } from '../group-rows.ts'

const SECONDS_A_DAY = 86_400

/** Where a group's conversation stands. */
export interface ConversationHead {
  readonly headSeq: number
  readonly countNo: number
  readonly changeNo: number
}

export async function conversationHead(tx: Transaction, group: GroupRow): Promise<ConversationHead> {
  const row = await tx.db
    .selectFrom('conversation')
    .select(['head_seq', 'count_no', 'change_no'])
    .where('app_id', '=', group.app_id)
    .where('conv_id', '=', group.conv_id)
    .executeTakeFirstOrThrow()
  return { headSeq: row.head_seq, countNo: row.count_no, changeNo: row.change_no }
}

/**
 * The conversation becomes a member's: from the beginning or from here on, everything up to now read (rest-2 section 9.1). Who
 * was here before keeps pins and marks, the range starts anew (section 9.9).
 */
export async function openOwnRows(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
  head: ConversationHead,
): Promise<void> {
  if (accounts.length === 0) return
  const range = {
    from_seq: group.history_before_join ? 0 : head.headSeq,
    to_seq: -1,
    join_seq: head.headSeq,
    hidden_seq: -1,
    read_seq: head.headSeq,
    read_count: head.countNo,
    active_day: Math.floor(tx.now / SECONDS_A_DAY),
  }
  await tx.db
    .insertInto('user_conversation')
    .values(
      accounts.map(account => ({
        ...newOwnerRow(group.app_id, account, group.conv_id, 0, tx.now),
        kind: ConversationKind.GROUP,
        ...range,
      })),
    )
    .onConflict(conflict =>
      conflict
        .columns(['app_id', 'account_id', 'conv_id'])
        .doUpdateSet({ ...range, read_own: sql<number>`user_conversation.sent_no` }),
    )
    .execute()
  await numberOwnRows(tx, group, accounts)
}

/** The range ends here: what is written later is not for who left. */
export async function closeOwnRows(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
  head: ConversationHead,
): Promise<void> {
  if (accounts.length === 0) return
  await tx.db
    .updateTable('user_conversation')
    .set({
      to_seq: head.headSeq,
      to_count: head.countNo,
      to_change: head.changeNo,
      to_title: group.title,
      to_face: group.face_url,
      to_info: group.info_seq,
    })
    .where('app_id', '=', group.app_id)
    .where('conv_id', '=', group.conv_id)
    .where('account_id', 'in', accounts)
    .execute()
  await numberOwnRows(tx, group, accounts)
}

/** Who gets the whole item at once; of more, each is told that there is something to fetch, so that the writer is not held up. */
const TOLD_WHOLE = 20

/**
 * Moves the owners' logs: whoever resumes learns that this conversation is another one now (DESIGN-DATA 2), and devices that are
 * online learn it at once. Call it after the change of membership.
 */
export async function numberOwnRows(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
): Promise<void> {
  if (accounts.length === 0) return
  const logs = await tx.db
    .updateTable('account')
    .set(eb => ({ log_no: eb('log_no', '+', 1) }))
    .where('app_id', '=', group.app_id)
    .where('account_id', 'in', accounts)
    .returning(['account_id', 'log_no'])
    .execute()
  await tx.db
    .updateTable('user_conversation')
    .set(eb => ({
      log_no: eb
        .selectFrom('account')
        .select('log_no')
        .whereRef('account.app_id', '=', 'user_conversation.app_id')
        .whereRef('account.account_id', '=', 'user_conversation.account_id')
        .$asScalar()
        .$notNull(),
    }))
    .where('app_id', '=', group.app_id)
    .where('conv_id', '=', group.conv_id)
    .where('account_id', 'in', accounts)
    .execute()
  // A work group that was not used yet is nobody's news (rest-2 section 1.7).
  if (!group.active) return
  for (const { account_id: account, log_no: logNo } of logs) {
    const [item] =
      logs.length <= TOLD_WHOLE ? await conversationItems(tx.db, group.app_id, account, [group.conv_id]) : []
    const frame = item
      ? `{"ev":"conversation","LogNo":${logNo},"c":${item.text}}`
      : `{"ev":"log","LogNo":${logNo}}`
    tx.changed({ kind: 'push', app: group.app_id, to: [account], frame })
  }
}
