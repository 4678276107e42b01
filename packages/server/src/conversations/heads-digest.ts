import { type Kysely, sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import { CONVERSATIONS_MAX, ownConversations } from './own-conversations.ts'

/** What `session/hello` compares with the device's own sums. */
export interface HeadsDigest {
  readonly logNo: number
  /** Sum of the head numbers of all the owner's conversations. */
  readonly heads: number
  /** Sum of their change numbers. */
  readonly changes: number
}

interface Row {
  log_no: number
  n: number
  heads: number | null
  changes: number | null
  deleted: number | null
}

const queries = perDatabase(db => ({
  digest: new PreparedQuery<{ app: number; account: number }, Row>(db, (db, parameter) =>
    db
      .selectFrom('account as own')
      .leftJoin(
        db
          .selectFrom('user_conversation as uc')
          .innerJoin('conversation as c', join =>
            join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
          )
          .leftJoin('account as peer', join =>
            join.onRef('peer.app_id', '=', 'uc.app_id').onRef('peer.account_id', '=', 'uc.peer_id'),
          )
          .leftJoin('chat_group as g', join =>
            join
              .onRef('g.app_id', '=', 'uc.app_id')
              .onRef('g.group_no', '=', 'c.hi_id')
              .on('c.lo_id', '=', sql.lit(0)),
          )
          .where(eb =>
            eb.or([
              eb('peer.account_id', 'is not', null),
              eb('g.active', '=', 1),
              eb('g.owner_id', '=', parameter('account')),
            ]),
          )
          .select([
            'uc.account_id',
            sql<number>`case when uc.to_seq < 0 then c.head_seq else uc.to_seq end`.as('head_seq'),
            sql<number>`case when uc.to_seq < 0 then c.change_no else uc.to_change end`.as('change_no'),
            sql<number>`case when coalesce(peer.deleted, 0) + coalesce(g.dismissed, 0) > 0 then 1 else 0 end`.as(
              'deleted',
            ),
          ])
          .where('uc.app_id', '=', parameter('app'))
          .where('uc.account_id', '=', parameter('account'))
          .limit(CONVERSATIONS_MAX)
          .as('conv'),
        join => join.onRef('conv.account_id', '=', 'own.account_id'),
      )
      .select(eb => [
        'own.log_no',
        eb.fn.count<number>('conv.account_id').as('n'),
        eb.fn.sum<number | null>('conv.head_seq').as('heads'),
        eb.fn.sum<number | null>('conv.change_no').as('changes'),
        eb.fn.sum<number | null>('conv.deleted').as('deleted'),
      ])
      .where('own.app_id', '=', parameter('app'))
      .where('own.account_id', '=', parameter('account'))
      .groupBy('own.log_no'),
  ),
}))

/** One query; only who talked with deleted accounts, or has more conversations than are synchronised, costs another. */
export async function headsDigest(db: Kysely<Schema>, app: number, account: number): Promise<HeadsDigest> {
  const row = await queries(db).digest.first({ app, account })
  if (!row) return { logNo: 0, heads: 0, changes: 0 }
  if (row.deleted || row.n >= CONVERSATIONS_MAX) {
    const own = await ownConversations(db, app, account)
    return {
      logNo: row.log_no,
      heads: own.reduce((sum, { headSeq }) => sum + headSeq, 0),
      changes: own.reduce((sum, { changeNo }) => sum + changeNo, 0),
    }
  }
  return { logNo: row.log_no, heads: row.heads ?? 0, changes: row.changes ?? 0 }
}
