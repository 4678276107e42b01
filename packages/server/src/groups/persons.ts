import type { Kysely } from 'kysely'
import type { Schema } from '../store/schema.ts'

/** What tips, notices and lists show of an account. */
export interface Person {
  readonly id: number
  readonly userId: string
  readonly nick: string
  readonly faceUrl: string
  readonly deleted: boolean
}

/** By account number; also deleted ones, whose names still stand on what they did. */
export async function personsOf(
  db: Kysely<Schema>,
  app: number,
  accounts: Iterable<number>,
): Promise<Map<number, Person>> {
  const ids = [...new Set(accounts)].filter(id => id > 0)
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('account')
    .select(['account_id', 'user_id', 'nick', 'face_url', 'deleted'])
    .where('app_id', '=', app)
    .where('account_id', 'in', ids)
    .execute()
  return new Map(
    rows.map(row => [
      row.account_id,
      {
        id: row.account_id,
        userId: row.user_id,
        nick: row.nick,
        faceUrl: row.face_url,
        deleted: row.deleted !== 0,
      },
    ]),
  )
}
