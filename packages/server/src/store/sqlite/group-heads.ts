import type { Database } from 'bun:sqlite'
import type { GroupCounters } from '../group-counters.ts'

export interface StoredGroupCounters extends GroupCounters {
  /** Senders that have no row to count in. */
  readonly strangers: Set<number>
}

/** Senders kept for one group; a larger number forgets those that are written. */
const SENDERS_MAX = 1000

interface CountersRow {
  auth_no: number
  reset_no: number
  reset_seq: number
  reset_count: number
  rate_time: number
  rate_upper: number
  rate_lower: number
}

interface SenderRow {
  deleted: number
  sent_no: number | null
  last_sent: number | null
  base_no: number | null
  base_own: number | null
}

export function loadGroupCounters(database: Database, app: number, conv: number): StoredGroupCounters {
  const row = database
    .query<CountersRow, [number, number]>(
      `select auth_no, reset_no, reset_seq, reset_count, rate_time, rate_upper, rate_lower from conversation
       where app_id = ? and conv_id = ?`,
    )
    .get(app, conv)
  if (!row) throw new Error(`Conversation ${conv} of app ${app} does not exist.`)
  return {
    authNo: row.auth_no,
    resetNo: row.reset_no,
    resetSeq: row.reset_seq,
    resetCount: row.reset_count,
    rateTime: row.rate_time,
    rateUpper: row.rate_upper,
    rateLower: row.rate_lower,
    senders: new Map(),
    strangers: new Set(),
  }
}

/** Makes the sender's counters known; false when the account is not there any more. */
export function loadSender(
  database: Database,
  app: number,
  conv: number,
  group: StoredGroupCounters,
  sender: number,
): boolean {
  if (group.senders.has(sender) || group.strangers.has(sender)) return true
  const row = database
    .query<SenderRow, [number, number, number]>(
      // `+?`: planned once (stable-plan.ts).
      `select deleted, sent_no, last_sent, base_no, base_own from account left join user_conversation as uc
       on uc.app_id = account.app_id and uc.account_id = account.account_id and uc.conv_id = +? and uc.to_seq < 0
       where account.app_id = +? and account.account_id = +?`,
    )
    .get(conv, app, sender)
  if (!row || row.deleted) return false
  if (group.senders.size + group.strangers.size >= SENDERS_MAX) {
    group.strangers.clear()
    for (const [account, { dirty }] of group.senders) if (!dirty) group.senders.delete(account)
  }
  if (row.sent_no === null) group.strangers.add(sender)
  else
    group.senders.set(sender, {
      sentNo: row.sent_no,
      lastSent: row.last_sent ?? 0,
      baseNo: row.base_no ?? 0,
      baseOwn: row.base_own ?? 0,
      dirty: false,
    })
  return true
}

export function writeGroupCounters(
  database: Database,
  app: number,
  conv: number,
  group: StoredGroupCounters,
): void {
  database
    .query(
      `update conversation set reset_no = ?, reset_seq = ?, reset_count = ?, rate_time = ?, rate_upper = ?, rate_lower = ?
       where app_id = ? and conv_id = ?`,
    )
    .run(
      group.resetNo,
      group.resetSeq,
      group.resetCount,
      group.rateTime,
      group.rateUpper,
      group.rateLower,
      app,
      conv,
    )
  for (const [account, sender] of group.senders) {
    if (!sender.dirty) continue
    database
      .query(
        `update user_conversation set sent_no = ?, last_sent = ?, base_no = ?, base_own = ?
         where app_id = ? and account_id = ? and conv_id = ?`,
      )
      .run(sender.sentNo, sender.lastSent, sender.baseNo, sender.baseOwn, app, account, conv)
    sender.dirty = false
  }
}
