import type { Transaction } from '../../store/mutation.ts'
import type { GroupRow } from '../group-rows.ts'
import { memberRows } from '../group-rows.ts'
import { personsOf } from '../persons.ts'

/** Why an account can't become a member, or `free` when it can. */
export type Admission = 'free' | 'unknown' | 'member' | 'banned' | 'overLimit'

/** Judges locked accounts against the group. @param joinedMax `group.joinedMax` */
export async function admissions(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
  joinedMax: number,
): Promise<Map<number, Admission>> {
  const judged = new Map<number, Admission>()
  if (accounts.length === 0) return judged
  const app = group.app_id
  const persons = await personsOf(tx.db, app, accounts)
  const members = await memberRows(tx.db, group, accounts)
  const banned = await bannedAmong(tx, group, accounts)
  const joined = await joinedCounts(tx, app, accounts)
  for (const account of accounts) {
    const person = persons.get(account)
    if (!person || person.deleted) judged.set(account, 'unknown')
    else if (members.has(account)) judged.set(account, 'member')
    else if (banned.has(account)) judged.set(account, 'banned')
    else judged.set(account, (joined.get(account) ?? 0) >= joinedMax ? 'overLimit' : 'free')
  }
  return judged
}

async function bannedAmong(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
): Promise<Set<number>> {
  const rows = await tx.db
    .selectFrom('group_ban')
    .select('account_id')
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('account_id', 'in', accounts)
    .where('until', '>', tx.now)
    .execute()
  return new Set(rows.map(row => row.account_id))
}

async function joinedCounts(
  tx: Transaction,
  app: number,
  accounts: readonly number[],
): Promise<Map<number, number>> {
  const rows = await tx.db
    .selectFrom('group_member')
    .select(eb => ['account_id', eb.fn.countAll<number>().as('n')])
    .where('app_id', '=', app)
    .where('account_id', 'in', accounts)
    .groupBy('account_id')
    .execute()
  return new Map(rows.map(row => [row.account_id, Number(row.n)]))
}
