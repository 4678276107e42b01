import type { Transaction } from '../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { conversationItems } from './conversation-item.ts'
import { ensureOwnerRow } from './owner-row.ts'

const queries = perDatabase(db => ({
  raiseLog: new PreparedQuery<{ app: number; account: number; by: number }, { log_no: number }>(
    db,
    (db, parameter) =>
      db
        .updateTable('account')
        .set(eb => ({ log_no: eb('log_no', '+', parameter('by')) }))
        .where('app_id', '=', parameter('app'))
        .where('account_id', '=', parameter('account'))
        .returning('log_no'),
  ),
  numberRow: new PreparedQuery<{ app: number; account: number; conv: number; log: number }, unknown>(
    db,
    (db, parameter) =>
      db
        .updateTable('user_conversation')
        .set({ log_no: parameter('log') })
        .where('app_id', '=', parameter('app'))
        .where('account_id', '=', parameter('account'))
        .where('conv_id', '=', parameter('conv')),
  ),
}))

export interface BumpOptions {
  /** The devices are not told now; they learn it when they resume. */
  readonly quiet?: boolean
}

/**
 * The one way in which a change of the owner's own state of a conversation becomes known: the next number of the owner's log
 * is put on the row (made when missing), and the owner's devices get the item as it is now. Call it after the change,
 * within the same transaction, once for each changed conversation. Returns the number.
 */
export async function bumpOwnerState(
  tx: Transaction,
  app: number,
  accountId: number,
  convId: number,
  options: BumpOptions = {},
): Promise<number> {
  return bumpOwnerStates(tx, app, accountId, [convId], options)
}

/** {@link bumpOwnerState} for many conversations of one owner with few statements. Returns the last number. */
export async function bumpOwnerStates(
  tx: Transaction,
  app: number,
  accountId: number,
  convIds: readonly number[],
  options: BumpOptions = {},
): Promise<number> {
  const { numberRow } = queries(tx.db)
  const last = await raiseLog(tx, app, accountId, convIds.length)
  const first = last - convIds.length + 1
  for (const [index, conv] of convIds.entries()) {
    const values = { app, account: accountId, conv, log: first + index }
    if ((await numberRow.run(values)) > 0) continue
    await ensureOwnerRow(tx, app, accountId, conv)
    await numberRow.run(values)
  }
  if (options.quiet) return last
  for (const item of await conversationItems(tx.db, app, accountId, convIds))
    tx.changed({
      kind: 'push',
      app,
      to: [accountId],
      frame: `{"ev":"conversation","LogNo":${item.logNo},"c":${item.text}}`,
    })
  return last
}

/** Takes the next numbers of an account's log; returns the last of them. */
export async function raiseLog(tx: Transaction, app: number, accountId: number, by = 1): Promise<number> {
  const row = await queries(tx.db).raiseLog.first({ app, account: accountId, by })
  if (!row) throw new Error(`Account ${accountId} of app ${app} does not exist.`)
  return row.log_no
}
