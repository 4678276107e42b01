import type { Transaction } from '../../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../../store/prepared.ts'
import { MessageFlag } from '../../store/schema.ts'
import type { GroupRow } from '../group-rows.ts'

/** `message.sender_id` of what the system says. No account has this number. */
export const SYSTEM_SENDER = 0

export interface StoredTip {
  readonly seq: number
  readonly time: number
}

interface Counters {
  head_seq: number
  last_time: number
  count_no: number
  top_time: number
  top_seq: number
}

const queries = perDatabase(db => ({
  // The update comes first: on PostgreSQL it takes the row's lock, and what it returns is the newest state.
  raise: new PreparedQuery<{ app: number; conv: number }, Counters>(db, (db, parameter) =>
    db
      .updateTable('conversation')
      .set(eb => ({ head_seq: eb('head_seq', '+', 1) }))
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv'))
      .returning(['head_seq', 'last_time', 'count_no', 'top_time', 'top_seq']),
  ),
  settle: new PreparedQuery<
    { app: number; conv: number; seq: number; time: number; topSeq: number; topTime: number },
    unknown
  >(db, (db, parameter) =>
    db
      .updateTable('conversation')
      .set({
        last_time: parameter('time'),
        list_seq: parameter('seq'),
        list_time: parameter('time'),
        top_seq: parameter('topSeq'),
        top_time: parameter('topTime'),
      })
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv')),
  ),
}))

/**
 * Stores a tip as the next message of the group's conversation, within the transaction that it tells of. It does not count as
 * unread (rest-2 section 9.1) and shows as the last message.
 */
export async function appendTip(
  tx: Transaction,
  group: GroupRow,
  tip: { readonly body: string; readonly random: number },
): Promise<StoredTip> {
  const { app_id: app, conv_id: conv } = group
  const head = await queries(tx.db).raise.first({ app, conv })
  if (!head) throw new Error(`Group ${group.group_no} has no conversation.`)
  const seq = head.head_seq
  const time = Math.max(head.last_time, tx.now)
  const isLate = time < head.top_time
  await queries(tx.db).settle.run({
    app,
    conv,
    seq,
    time,
    topSeq: isLate ? head.top_seq : seq,
    topTime: isLate ? head.top_time : time,
  })
  await tx.db
    .insertInto('message')
    .values({
      app_id: app,
      conv_id: conv,
      seq,
      sender_id: SYSTEM_SENDER,
      msg_seq: seq,
      random: tip.random,
      time,
      client_time: time,
      flags: MessageFlag.NO_UNREAD,
      count_no: head.count_no,
      own_no: 0,
      body: tip.body,
      custom: '',
      change_no: 0,
      version: 0,
      peer_read_time: 0,
      revoker_id: 0,
      revoke_reason: '',
      ext_seq: 0,
      ext_clear_seq: 0,
      push_info: '',
      client_hash: '',
      late_after: isLate ? head.top_seq : 0,
    })
    .execute()
  return { seq, time }
}
