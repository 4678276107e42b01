import type { ChangeKind } from '@rookery/protocol/wire'
import type { Transaction } from '../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { type Author, wireMessageText } from './message-frame.ts'
import { type MessageRow, shownFromRow } from './message-row.ts'
import { otherSide, type Pair } from './pair.ts'
import { sees } from './stored-message.ts'

const queries = perDatabase(db => ({
  nextChange: new PreparedQuery<{ app: number; conv: number }, { change_no: number }>(db, (db, parameter) =>
    db
      .updateTable('conversation')
      .set(eb => ({ change_no: eb('change_no', '+', 1) }))
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv'))
      .returning('change_no'),
  ),
  author: new PreparedQuery<{ app: number; account: number }, Author>(db, (db, parameter) =>
    db
      .selectFrom('account')
      .select(['account_id as id', 'user_id as userId', 'nick', 'face_url as faceUrl'])
      .where('app_id', '=', parameter('app'))
      .where('account_id', '=', parameter('account')),
  ),
}))

/** Mutations of messages touch no column that an append keeps in memory: its heads stay true. */
export const KEEPS_HEADS = { keepsHeads: true } as const

/** The next mutation number of a conversation (DESIGN-DATA 2). */
export async function nextChangeNo(tx: Transaction, pair: Pair): Promise<number> {
  const row = await queries(tx.db).nextChange.first({ app: pair.app, conv: pair.conv })
  if (!row) throw new Error(`Conversation ${pair.conv} vanished within a transaction.`)
  return row.change_no
}

/** Name and profile of an account, also of a deleted one: its name still stands on its messages. */
export async function authorOf(tx: Transaction, app: number, account: number): Promise<Author> {
  const row = await queries(tx.db).author.first({ app, account })
  return row ?? { id: account, userId: '', nick: '', faceUrl: '' }
}

/** A stored message in its present state, as every viewer gets it. */
export async function presentText(tx: Transaction, pair: Pair, message: MessageRow): Promise<string> {
  const from = await authorOf(tx, pair.app, message.sender_id)
  const to = await authorOf(tx, pair.app, otherSide(pair, message.sender_id))
  const revoker = message.revoker_id > 0 ? (await authorOf(tx, pair.app, message.revoker_id)).userId : ''
  return wireMessageText(shownFromRow(message, revoker), from, to)
}

/** Tells both sides, all devices, that a message has a new state; a side that does not see it learns the number only. */
export async function announceChange(
  tx: Transaction,
  pair: Pair,
  message: MessageRow,
  kind: ChangeKind,
): Promise<void> {
  const text = await presentText(tx, pair, message)
  await announceFrame(tx, pair, message, `{"ev":"change","kind":"${kind}","m":${text}}`)
}

/** The same for a ready frame that carries `message.change_no`. */
export async function announceFrame(
  tx: Transaction,
  pair: Pair,
  message: MessageRow,
  frame: string,
): Promise<void> {
  const { app, conv } = pair
  const seeing: number[] = []
  const blind: number[] = []
  for (const side of pair.lo === pair.hi ? [pair.lo] : [pair.lo, pair.hi])
    if (await sees(tx.db, message, side)) seeing.push(side)
    else blind.push(side)
  if (seeing.length > 0) tx.changed({ kind: 'push', app, to: seeing, frame })
  if (blind.length > 0)
    tx.changed({
      kind: 'push',
      app,
      to: blind,
      frame: `{"ev":"cover","ConvId":${conv},"ChangeNo":${message.change_no}}`,
    })
  tx.changed({ kind: 'conversation', app, conv })
}
