import type { Insertable } from 'kysely'
import type { Lock } from '../store/locks.ts'
import type { Transaction } from '../store/mutation.ts'
import type { UserConversationTable } from '../store/schema.ts'

const SECONDS_A_DAY = 86_400

/**
 * For the mutations of this folder: they touch no counter that an append keeps in memory, and a row that they add belongs to a
 * conversation without messages, which no append has in memory.
 */
export const KEEPS_HEADS = { keepsHeads: true } as const

/**
 * For a change of the owner's state of conversations with these peers: the owner's other changes wait (limits, the numbers of
 * the log), and so do messages and their changes, so that the item that the devices are told is as it will be stored.
 */
export function ownerLocks(app: number, owner: number, peers: readonly number[]): Lock[] {
  return [
    { on: 'account', app, account: owner },
    ...peers.map((peer): Lock => ({ on: 'pair', app, a: owner, b: peer })),
  ]
}

/** The other side's account number; the owner's own for a chat with oneself. */
export function peerOf(pair: { readonly lo_id: number; readonly hi_id: number }, owner: number): number {
  return pair.lo_id === owner ? pair.hi_id : pair.lo_id
}

/** A row as an append makes it for a side that has none yet. */
export function newOwnerRow(
  app: number,
  owner: number,
  conv: number,
  peer: number,
  now: number,
): Insertable<UserConversationTable> {
  return {
    app_id: app,
    account_id: owner,
    conv_id: conv,
    peer_id: peer,
    log_no: 0,
    read_seq: 0,
    read_count: 0,
    read_own: 0,
    peer_read_seq: 0,
    peer_read_time: 0,
    cleared_seq: 0,
    hidden_seq: -1,
    pinned_ms: 0,
    standard_mark: '',
    custom_mark: '',
    recv_opt: 0,
    active_day: Math.floor(now / SECONDS_A_DAY),
  }
}

/** Makes the owner's row of an existing conversation when it is missing. */
export async function ensureOwnerRow(
  tx: Transaction,
  app: number,
  owner: number,
  conv: number,
): Promise<void> {
  const pair = await tx.db
    .selectFrom('conversation')
    .select(['lo_id', 'hi_id'])
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .executeTakeFirst()
  if (!pair) throw new Error(`Conversation ${conv} of app ${app} does not exist.`)
  await tx.db
    .insertInto('user_conversation')
    .values(newOwnerRow(app, owner, conv, peerOf(pair, owner), tx.now))
    .onConflict(conflict => conflict.columns(['app_id', 'account_id', 'conv_id']).doNothing())
    .execute()
}

/** The conversation of a pair and the owner's row, made when they never talked (marks and pins need no message). */
export async function ensureConversation(
  tx: Transaction,
  app: number,
  owner: number,
  peer: number,
): Promise<number> {
  const lo = Math.min(owner, peer)
  const hi = Math.max(owner, peer)
  const known = await tx.db
    .selectFrom('conversation')
    .select('conv_id')
    .where('app_id', '=', app)
    .where('lo_id', '=', lo)
    .where('hi_id', '=', hi)
    .executeTakeFirst()
  const conv = known?.conv_id ?? (await makeConversation(tx, app, lo, hi))
  await ensureOwnerRow(tx, app, owner, conv)
  return conv
}

/**
 * The conversation of two accounts, or of a group (`lo` 0, `hi` its number). Returns the number of the row that is there then:
 * another node may have made it meanwhile.
 */
export async function makeConversation(
  tx: Transaction,
  app: number,
  lo: number,
  hi: number,
): Promise<number> {
  const { conv_id } = await tx.db
    .insertInto('conversation')
    .values({
      app_id: app,
      conv_id: await tx.nextNumber('conversation'),
      lo_id: lo,
      hi_id: hi,
      head_seq: 0,
      change_no: 0,
      count_no: 0,
      sent_lo: 0,
      sent_hi: 0,
      auth_no: 0,
      last_time: 0,
      list_seq: 0,
      list_time: 0,
      top_seq: 0,
      top_time: 0,
    })
    // An update, because it returns the row and locks it.
    .onConflict(conflict => conflict.columns(['app_id', 'lo_id', 'hi_id']).doUpdateSet({ lo_id: lo }))
    .returning('conv_id')
    .executeTakeFirstOrThrow()
  return conv_id
}
