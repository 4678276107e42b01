import type { MessageKey } from '@rookery/protocol/message-key'
import { defineMutation } from '../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag } from '../store/schema.ts'
import { announceChange, KEEPS_HEADS, nextChangeNo } from './message-change.ts'
import { pairOf } from './pair.ts'
import { findMessage } from './stored-message.ts'

export interface ReceiptReport {
  readonly app: number
  readonly reader: number
  readonly sender: number
  readonly keys: readonly MessageKey[]
  readonly notBefore: number
}

const queries = perDatabase(db => ({
  mark: new PreparedQuery<{ app: number; conv: number; seq: number; time: number; change: number }, unknown>(
    db,
    (db, parameter) =>
      db
        .updateTable('message')
        .set({ peer_read_time: parameter('time'), change_no: parameter('change') })
        .where('app_id', '=', parameter('app'))
        .where('conv_id', '=', parameter('conv'))
        .where('seq', '=', parameter('seq')),
  ),
}))

/**
 * Marks messages as read by their receiver (rest-1 section 4.8). Left out: messages that the reader does not see, that asked for
 * no receipt, were recalled or receipted before. Returns how many were marked.
 */
export const reportReceipts = defineMutation<ReceiptReport, { readonly marked: number }>(
  'messages/receipts',
  async (tx, report) => {
    const pair = await pairOf(tx.db, report.app, report.reader, report.sender)
    if (!pair) return { marked: 0 }
    let marked = 0
    for (const key of report.keys) {
      const message = await findMessage(tx.db, pair, {
        key,
        viewer: report.reader,
        sender: report.sender,
        notBefore: report.notBefore,
      })
      if (!message || message.peer_read_time > 0) continue
      if ((message.flags & (MessageFlag.NEEDS_RECEIPT | MessageFlag.RECALLED)) !== MessageFlag.NEEDS_RECEIPT)
        continue
      const receipted = { peer_read_time: tx.now, change_no: await nextChangeNo(tx, pair) }
      await queries(tx.db).mark.run({
        app: pair.app,
        conv: pair.conv,
        seq: message.seq,
        time: receipted.peer_read_time,
        change: receipted.change_no,
      })
      await announceChange(tx, pair, { ...message, ...receipted }, 'receipt')
      marked++
    }
    return { marked }
  },
  { ...KEEPS_HEADS, locks: ({ app, reader, sender }) => [{ on: 'pair', app, a: reader, b: sender }] },
)
