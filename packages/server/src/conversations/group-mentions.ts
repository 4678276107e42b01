import type { WireConversationGroup } from '@rookery/protocol/wire-group'
import { type Kysely, sql } from 'kysely'
import { isMeantFor } from '../messages/stored-message.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'

/** Numbers of a conversation, the first one left out. */
export type MentionRange = { app: number; owner: number; conv: number; above: number; upTo: number }

const MENTIONS_MAX = 10

const queries = perDatabase(db => ({
  mentions: new PreparedQuery<
    MentionRange,
    {
      seq: number
      all: number
      me: number
      user_id: string
      flags: number
      sender_id: number
      to_ids: string
    }
  >(db, (db, parameter) =>
    mentionRows(db, parameter)
      .innerJoin('account as author', join =>
        join.onRef('author.app_id', '=', 'm.app_id').onRef('author.account_id', '=', 'm.sender_id'),
      )
      .select(['mention.seq', 'author.user_id', 'm.flags', 'm.sender_id', 'm.to_ids'])
      .select(sql<number>`max(case when mention.account_id = 0 then 1 else 0 end)`.as('all'))
      .select(sql<number>`max(case when mention.account_id > 0 then 1 else 0 end)`.as('me'))
      .groupBy(['mention.seq', 'author.user_id', 'm.flags', 'm.sender_id', 'm.to_ids'])
      .orderBy('mention.seq', 'desc')
      .limit(MENTIONS_MAX),
  ),
  mentionsUnread: new PreparedQuery<MentionRange, { n: number }>(db, (db, parameter) =>
    mentionRows(db, parameter)
      .leftJoin('message_hidden as hidden', join =>
        join
          .onRef('hidden.app_id', '=', 'mention.app_id')
          .on('hidden.account_id', '=', parameter('owner'))
          .onRef('hidden.conv_id', '=', 'mention.conv_id')
          .onRef('hidden.seq', '=', 'mention.seq'),
      )
      .select(eb => eb.fn.count<number>('mention.seq').distinct().as('n'))
      .where(sql<boolean>`m.flags & ${sql.lit(MessageFlag.NO_UNREAD | MessageFlag.RECALLED)} = 0`)
      .where('hidden.seq', 'is', null),
  ),
}))

/** The latest mentions of the owner, or of everybody, the oldest of them first. */
export async function mentionsIn(
  db: Kysely<Schema>,
  range: MentionRange,
): Promise<NonNullable<WireConversationGroup['AtList']>> {
  const rows = await queries(db).mentions.all(range)
  return rows
    .filter(it => (it.flags & MessageFlag.RECALLED) === 0 && isMeantFor(it, range.owner))
    .map(
      it =>
        ({
          Seq: it.seq,
          AtType: it.all && it.me ? 3 : it.all ? 2 : 1,
          From_Account: it.user_id,
        }) as const,
    )
    .reverse()
}

/** How many messages that count as unread mention the owner, or everybody. */
export async function unreadMentions(db: Kysely<Schema>, range: MentionRange): Promise<number> {
  const mentioned = await queries(db).mentionsUnread.first(range)
  return Number(mentioned?.n ?? 0)
}

/** Where others mention the owner, or everybody, in a range of a conversation. */
function mentionRows(db: Kysely<Schema>, parameter: (name: keyof MentionRange) => number) {
  return db
    .selectFrom('message_mention as mention')
    .innerJoin('message as m', join =>
      join
        .onRef('m.app_id', '=', 'mention.app_id')
        .onRef('m.conv_id', '=', 'mention.conv_id')
        .onRef('m.seq', '=', 'mention.seq'),
    )
    .where('mention.app_id', '=', parameter('app'))
    .where('mention.conv_id', '=', parameter('conv'))
    .where('mention.account_id', 'in', [0, parameter('owner')])
    .where('mention.seq', '>', parameter('above'))
    .where('mention.seq', '<=', parameter('upTo'))
    .where('m.sender_id', '!=', parameter('owner'))
}
