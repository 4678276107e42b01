import type { Kysely } from 'kysely'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { MessageFlag, type Schema } from '../../store/schema.ts'
import { denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import {
  conversationLocks,
  type GroupMessageCall,
  KEEPS_HEADS,
  messageStanding,
  seenMessage,
} from './message-call.ts'

export interface ReceiptReport extends GroupMessageCall {
  readonly reader: number
  readonly seqs: readonly number[]
}

export interface ReceiptCount {
  readonly MsgSeq: number
  readonly ReadNum: number
  readonly UnreadNum: number
}

/**
 * Notes that a member read messages that asked for it and tells their senders the new counts. Messages that did not ask, are not
 * there or are the reader's own are left out. Throws 10007 for who is no member.
 */
export const reportGroupReceipts = defineMutation<ReceiptReport, void>(
  'groups/report-receipts',
  async (tx, call) => {
    const reader = { account: call.reader, admin: false }
    const { group, role } = await messageStanding(tx, { ...call, actor: reader })
    if (role === 'NonMember') throw denied('The reader is not in this group.', 'membership')
    const moved = new Map<number, number[]>()
    for (const seq of new Set(call.seqs)) {
      const message = await seenMessage(tx, group, reader, seq)
      if (!message || message.sender_id === call.reader) continue
      if ((message.flags & MessageFlag.NEEDS_RECEIPT) === 0 || message.flags & MessageFlag.RECALLED) continue
      const { numInsertedOrUpdatedRows } = await tx.db
        .insertInto('message_receipt')
        .values({
          app_id: call.app,
          conv_id: call.conv,
          seq,
          account_id: call.reader,
          read_time: tx.now,
        })
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) continue
      const known = moved.get(message.sender_id)
      if (known) known.push(seq)
      else moved.set(message.sender_id, [seq])
    }
    for (const [sender, seqs] of moved) await tellSender(tx, group, sender, seqs)
  },
  { ...KEEPS_HEADS, locks: conversationLocks },
)

async function tellSender(
  tx: Transaction,
  group: GroupRow,
  sender: number,
  seqs: readonly number[],
): Promise<void> {
  const Items: ReceiptCount[] = []
  for (const seq of seqs) Items.push(await receiptCount(tx.db, group, sender, seq))
  tx.changed({
    kind: 'push',
    app: group.app_id,
    to: [sender],
    frame: JSON.stringify({ ev: 'groupReceipt', GroupId: group.name, Items }),
  })
}

/** Members who were there when it was sent and did not read it; its sender does not count. */
function nonReaders(
  db: Kysely<Schema>,
  group: Pick<GroupRow, 'app_id' | 'group_no' | 'conv_id'>,
  sender: number,
  seq: number,
) {
  return db
    .selectFrom('group_member as member')
    .where('member.app_id', '=', group.app_id)
    .where('member.group_no', '=', group.group_no)
    .where('member.join_seq', '<', seq)
    .where('member.account_id', '<>', sender)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('message_receipt as receipt')
            .select('receipt.seq')
            .whereRef('receipt.app_id', '=', 'member.app_id')
            .where('receipt.conv_id', '=', group.conv_id)
            .where('receipt.seq', '=', seq)
            .whereRef('receipt.account_id', '=', 'member.account_id'),
        ),
      ),
    )
}

export async function receiptCount(
  db: Kysely<Schema>,
  group: Pick<GroupRow, 'app_id' | 'group_no' | 'conv_id'>,
  sender: number,
  seq: number,
): Promise<ReceiptCount> {
  const read = await db
    .selectFrom('message_receipt')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('app_id', '=', group.app_id)
    .where('conv_id', '=', group.conv_id)
    .where('seq', '=', seq)
    .executeTakeFirstOrThrow()
  const unread = await nonReaders(db, group, sender, seq)
    .select(eb => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return { MsgSeq: seq, ReadNum: Number(read.n), UnreadNum: Number(unread.n) }
}

/** A page of those who read a message, or did not, by account number. */
export async function receiptAccounts(
  db: Kysely<Schema>,
  group: Pick<GroupRow, 'app_id' | 'group_no' | 'conv_id'>,
  of: { readonly sender: number; readonly seq: number; readonly read: boolean },
  page: { readonly after: number; readonly limit: number },
): Promise<{ readonly account: number; readonly userId: string }[]> {
  const account = of.read
    ? db
        .selectFrom('message_receipt')
        .select('account_id as id')
        .where('app_id', '=', group.app_id)
        .where('conv_id', '=', group.conv_id)
        .where('seq', '=', of.seq)
    : nonReaders(db, group, of.sender, of.seq).select('member.account_id as id')
  const rows = await db
    .selectFrom(account.as('person'))
    .innerJoin('account', join =>
      join.onRef('account.account_id', '=', 'person.id').on('account.app_id', '=', group.app_id),
    )
    .select(['person.id', 'account.user_id'])
    .where('person.id', '>', page.after)
    .orderBy('person.id')
    .limit(page.limit)
    .execute()
  return rows.map(row => ({ account: row.id, userId: row.user_id }))
}
