import type { Kysely, Selectable } from 'kysely'
import type { Transaction } from '../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { type ChatGroupTable, type GroupMemberTable, MemberRole, type Schema } from '../store/schema.ts'
import { groupNotFound } from './group-error.ts'

export type GroupRow = Readonly<Selectable<ChatGroupTable>>
export type MemberRow = Readonly<Selectable<GroupMemberTable>>

const queries = perDatabase(db => ({
  group: new PreparedQuery<{ app: number; group: number }, GroupRow>(db, (db, parameter) =>
    db
      .selectFrom('chat_group')
      .selectAll()
      .where('app_id', '=', parameter('app'))
      .where('group_no', '=', parameter('group')),
  ),
  member: new PreparedQuery<{ app: number; group: number; account: number }, MemberRow>(db, (db, parameter) =>
    db
      .selectFrom('group_member')
      .selectAll()
      .where('app_id', '=', parameter('app'))
      .where('group_no', '=', parameter('group'))
      .where('account_id', '=', parameter('account')),
  ),
}))

/** Also a dismissed one. */
export function groupRow(db: Kysely<Schema>, app: number, group: number): Promise<GroupRow | undefined> {
  return queries(db).group.first({ app, group })
}

/** The group as it is under its lock. Throws 10010 when it was dismissed meanwhile. */
export async function livingGroup(tx: Transaction, app: number, group: number): Promise<GroupRow> {
  const row = await groupRow(tx.db, app, group)
  if (!row || row.dismissed > 0) throw groupNotFound(row?.name ?? String(group))
  return row
}

export function memberRow(
  db: Kysely<Schema>,
  group: Pick<GroupRow, 'app_id' | 'group_no'>,
  account: number,
): Promise<MemberRow | undefined> {
  return queries(db).member.first({ app: group.app_id, group: group.group_no, account })
}

/** Those of the accounts that are members, by account. */
export async function memberRows(
  db: Kysely<Schema>,
  group: Pick<GroupRow, 'app_id' | 'group_no'>,
  accounts: readonly number[],
): Promise<Map<number, MemberRow>> {
  if (accounts.length === 0) return new Map()
  const rows = await db
    .selectFrom('group_member')
    .selectAll()
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('account_id', 'in', accounts)
    .execute()
  return new Map(rows.map(row => [row.account_id, row]))
}

/** Owner and admins, by account number: who is asked where no permission groups are on. */
export async function staffOf(db: Kysely<Schema>, group: GroupRow): Promise<number[]> {
  const rows = await db
    .selectFrom('group_member')
    .select('account_id')
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('role', '>', MemberRole.MEMBER)
    .orderBy('account_id')
    .execute()
  return rows.map(row => row.account_id)
}
