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
  const joined = await joinedCounts(tx, app, accounts, joinedMax)
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

/** Groups that accounts are in. Exact for those near the limit: only there live rooms, which do not count, are looked for. */
async function joinedCounts(
  tx: Transaction,
  app: number,
  accounts: readonly number[],
  max: number,
): Promise<Map<number, number>> {
  const rows = await tx.db
    .selectFrom('group_member')
    .select(eb => ['account_id', eb.fn.countAll<number>().as('n')])
    .where('app_id', '=', app)
    .where('account_id', 'in', accounts)
    .groupBy('account_id')
    .execute()
  const counts = new Map(rows.map(row => [row.account_id, Number(row.n)]))
  const near = [...counts].filter(([, n]) => n >= max).map(([account]) => account)
  if (near.length === 0) return counts
  // Admins of live rooms have rows there; members of a dismissed group have theirs until each is sent away.
  const others = await tx.db
    .selectFrom('group_member as member')
    .innerJoin('chat_group as g', join =>
      join.onRef('g.app_id', '=', 'member.app_id').onRef('g.group_no', '=', 'member.group_no'),
    )
    .select(eb => ['member.account_id', eb.fn.countAll<number>().as('n')])
    .where('member.app_id', '=', app)
    .where('member.account_id', 'in', near)
    .where(eb => eb.or([eb('g.type', '=', 'AVChatRoom'), eb('g.dismissed', '>', 0)]))
    .groupBy('member.account_id')
    .execute()
  for (const row of others) counts.set(row.account_id, (counts.get(row.account_id) ?? 0) - Number(row.n))
  return counts
}
