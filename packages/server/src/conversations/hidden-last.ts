import { type Kysely, sql } from 'kysely'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { JOINED_MESSAGE, joinedMessage, type LastMessage } from './joined-message.ts'

export interface HiddenLast {
  /** Latest list message that the owner may see. */
  readonly last: LastMessage | undefined
  /** Number of the latest list message that was meant for this side; 0 = none ever. */
  readonly shownSeq: number
}

const OWN_UNSEEN = sql.lit(MessageFlag.HIDDEN_FROM_SENDER | MessageFlag.NO_LAST_MESSAGE)
const FOREIGN_UNSEEN = sql.lit(MessageFlag.HIDDEN_FROM_RECEIVER | MessageFlag.NO_LAST_MESSAGE)

/**
 * Looks below the newest list message for one that the owner sees: for the few conversations whose newest one is one-sided or
 * was deleted by the owner. Walks down over what is hidden only.
 */
export async function queryHiddenLasts(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  convs: readonly number[],
): Promise<Map<number, HiddenLast>> {
  const meant = sql<boolean>`case when s.sender_id = ${owner} then s.flags & ${OWN_UNSEEN}
    else s.flags & ${FOREIGN_UNSEEN} end = 0`
  const rows = await db
    .selectFrom('user_conversation as uc')
    .innerJoin('conversation as c', join =>
      join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
    )
    .leftJoin('message as m', join =>
      join
        .onRef('m.app_id', '=', 'c.app_id')
        .onRef('m.conv_id', '=', 'c.conv_id')
        .on('m.seq', '=', eb =>
          eb
            .selectFrom('message as s')
            .select('s.seq')
            .whereRef('s.app_id', '=', 'uc.app_id')
            .whereRef('s.conv_id', '=', 'uc.conv_id')
            .whereRef('s.seq', '<=', 'c.list_seq')
            .whereRef('s.seq', '>', 'uc.cleared_seq')
            .where(meant)
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(
                  selectFrom('message_hidden as mh')
                    .select('mh.seq')
                    .where('mh.app_id', '=', app)
                    .where('mh.account_id', '=', owner)
                    .whereRef('mh.conv_id', '=', 's.conv_id')
                    .whereRef('mh.seq', '=', 's.seq'),
                ),
              ),
            )
            .orderBy('s.seq', 'desc')
            .limit(1),
        ),
    )
    .leftJoin('account as revoker', join =>
      join.onRef('revoker.app_id', '=', 'm.app_id').onRef('revoker.account_id', '=', 'm.revoker_id'),
    )
    .select(JOINED_MESSAGE)
    .select('uc.conv_id')
    .select(eb =>
      eb
        .selectFrom('message as s')
        .select('s.seq')
        .whereRef('s.app_id', '=', 'uc.app_id')
        .whereRef('s.conv_id', '=', 'uc.conv_id')
        .whereRef('s.seq', '<=', 'c.list_seq')
        .where(meant)
        .orderBy('s.seq', 'desc')
        .limit(1)
        .as('shown_seq'),
    )
    .where('uc.app_id', '=', app)
    .where('uc.account_id', '=', owner)
    .where('uc.conv_id', 'in', convs)
    .execute()
  return new Map(
    rows.map(row => [
      row.conv_id,
      { last: joinedMessage(row.conv_id, row, owner), shownSeq: row.shown_seq ?? 0 },
    ]),
  )
}
