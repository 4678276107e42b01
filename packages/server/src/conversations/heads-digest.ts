import type { Kysely } from 'kysely'
import type { Schema } from '../store/schema.ts'

export interface HeadsDigest {
  readonly logNo: number
  /** Sum of the head numbers of all conversations of the owner. */
  readonly heads: number
  /** Sum of their change numbers. */
  readonly changes: number
}

/** What a device that missed nothing would compute itself; one query over the owner's conversations. */
export async function headsDigest(db: Kysely<Schema>, app: number, account: number): Promise<HeadsDigest> {
  const row = await db
    .selectFrom('user_conversation as own')
    .innerJoin('conversation as conv', join =>
      join.onRef('conv.app_id', '=', 'own.app_id').onRef('conv.conv_id', '=', 'own.conv_id'),
    )
    .select(eb => [
      eb.fn.coalesce(eb.fn.sum<number>('conv.head_seq'), eb.lit(0)).as('heads'),
      eb.fn.coalesce(eb.fn.sum<number>('conv.change_no'), eb.lit(0)).as('changes'),
    ])
    .where('own.app_id', '=', app)
    .where('own.account_id', '=', account)
    .executeTakeFirstOrThrow()
  const owner = await db
    .selectFrom('account')
    .select('log_no')
    .where('app_id', '=', app)
    .where('account_id', '=', account)
    .executeTakeFirst()
  return { logNo: owner?.log_no ?? 0, heads: Number(row.heads), changes: Number(row.changes) }
}
