import type { Kysely } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import { CONVERSATIONS_MAX, withoutSuperseded } from './own-conversations.ts'
import { hiddenUnread, type UnreadColumns, uncounted, unreadOf } from './unread.ts'

interface Row extends UnreadColumns {
  conv_id: number
  user_id: string
  deleted: number
}

const queries = perDatabase(db => ({
  all: new PreparedQuery<{ app: number; owner: number }, Row>(db, (db, parameter) =>
    db
      .selectFrom(
        db
          .selectFrom('user_conversation')
          .selectAll()
          .where('app_id', '=', parameter('app'))
          .where('account_id', '=', parameter('owner'))
          .orderBy('active_day', 'desc')
          .limit(CONVERSATIONS_MAX)
          .as('uc'),
      )
      .innerJoin('conversation as c', join =>
        join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
      )
      .innerJoin('account as peer', join =>
        join.onRef('peer.app_id', '=', 'uc.app_id').onRef('peer.account_id', '=', 'uc.peer_id'),
      )
      .select([
        'uc.conv_id',
        'uc.account_id',
        'uc.read_count',
        'uc.read_own',
        'uc.recv_opt',
        'c.lo_id',
        'c.count_no',
        'c.sent_lo',
        'c.sent_hi',
        'peer.user_id',
        'peer.deleted',
      ])
      .select(eb => [uncounted(eb).as('uncounted'), hiddenUnread(eb).as('hidden_unread')]),
  ),
}))

/** Unread messages of all the owner's conversations together. */
export async function totalUnread(db: Kysely<Schema>, app: number, owner: number): Promise<number> {
  const rows = await queries(db).all.all({ app, owner })
  const shown = withoutSuperseded(
    rows.map(row => ({
      conv: row.conv_id,
      peerUserId: row.user_id,
      peerDeleted: row.deleted !== 0,
      unread: unreadOf(row),
    })),
  )
  return shown.reduce((sum, { unread }) => sum + unread, 0)
}
