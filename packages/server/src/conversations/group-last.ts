import { type Kysely, sql } from 'kysely'
import type { Author, GroupPart } from '../messages/message-frame.ts'
import { SYSTEM_AUTHOR } from '../messages/message-list.ts'
import { isMeantFor } from '../messages/stored-message.ts'
import { addressedAccounts } from '../store/message-address.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { JOINED_MESSAGE, type JoinedMessage } from './joined-message.ts'

/** A message of a group with all that its JSON shows. */
export interface GroupLastRow extends JoinedMessage {
  m_to: string | null
  m_at: string | null
  author_id: number | null
  author_user_id: string | null
  author_nick: string | null
  author_face: string | null
  name_card: string | null
}

/** The conversation whose list message it is. */
interface ListRow extends GroupLastRow {
  conv_id: number
  list_seq: number
  deleted_last: number | null
}

type Where = { app: number; owner: number; conv: number }

/** The group whose members a conversation has: of a topic, its community. */
export const GROUP_HOME = sql<number>`case when g.community_no > 0 then g.community_no else g.group_no end`

export const GROUP_AUTHOR = [
  'm.to_ids as m_to',
  'm.at_info as m_at',
  'author.account_id as author_id',
  'author.user_id as author_user_id',
  'author.nick as author_nick',
  'author.face_url as author_face',
  'card.name_card',
] as const

const queries = perDatabase(db => ({
  last: new PreparedQuery<Where & { above: number; upTo: number; address: string }, GroupLastRow>(
    db,
    (db, parameter) =>
      lastMessages(db)
        .where('m.app_id', '=', parameter('app'))
        .where('m.conv_id', '=', parameter('conv'))
        .where('m.seq', '>', parameter('above'))
        .where('m.seq', '<=', parameter('upTo'))
        .where(sql<boolean>`m.flags & ${sql.lit(MessageFlag.NO_LAST_MESSAGE)} = 0`)
        .where(eb =>
          eb.or([
            sql<boolean>`m.flags & ${sql.lit(MessageFlag.DIRECTED)} = 0`,
            eb('m.sender_id', '=', parameter('owner')),
            eb('m.to_ids', 'like', parameter('address')),
          ]),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('message_hidden as mh')
                .select('mh.seq')
                .where('mh.app_id', '=', parameter('app'))
                .where('mh.account_id', '=', parameter('owner'))
                .whereRef('mh.conv_id', '=', 'm.conv_id')
                .whereRef('mh.seq', '=', 'm.seq'),
            ),
          ),
        )
        .orderBy('m.seq', 'desc')
        .limit(1),
  ),
  names: new PreparedQuery<{ app: number; account: number }, { user_id: string }>(db, (db, parameter) =>
    db
      .selectFrom('account')
      .select('user_id')
      .where('app_id', '=', parameter('app'))
      .where('account_id', '=', parameter('account')),
  ),
}))

/** The conversation's list message, or an older one where that is not for this person. */
export async function groupLast(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  row: ListRow,
  above: number,
  upTo: number,
): Promise<GroupLastRow | undefined> {
  if (row.m_seq !== null && row.m_seq <= above) return undefined
  const isShown =
    row.m_seq !== null &&
    row.m_seq <= upTo &&
    row.deleted_last === null &&
    isMeantFor({ flags: row.m_flags ?? 0, sender_id: row.m_sender ?? 0, to_ids: row.m_to ?? '' }, owner)
  if (isShown) return row
  return queries(db).last.first({
    app,
    owner,
    conv: row.conv_id,
    above,
    upTo: Math.min(upTo, row.list_seq),
    address: `%,${owner},%`,
  })
}

export function groupAuthor(row: GroupLastRow | undefined): Author {
  if (!row?.author_id) return SYSTEM_AUTHOR
  return {
    id: row.author_id,
    userId: row.author_user_id ?? '',
    nick: row.author_nick ?? '',
    faceUrl: row.author_face ?? '',
  }
}

/** What the message shows beside the rest. */
export async function groupPart(
  db: Kysely<Schema>,
  app: number,
  groupId: string,
  row: GroupLastRow | undefined,
): Promise<GroupPart> {
  return {
    groupId,
    nameCard: row?.name_card ?? '',
    atInfo: row?.m_at ?? '',
    to: row ? await namesOf(db, app, addressedAccounts(row.m_to ?? '')) : [],
  }
}

async function namesOf(db: Kysely<Schema>, app: number, accounts: readonly number[]): Promise<string[]> {
  const names: string[] = []
  for (const account of accounts) {
    const row = await queries(db).names.first({ app, account })
    if (row) names.push(row.user_id)
  }
  return names
}

function lastMessages(db: Kysely<Schema>) {
  return db
    .selectFrom('message as m')
    .innerJoin('conversation as c', join =>
      join.onRef('c.app_id', '=', 'm.app_id').onRef('c.conv_id', '=', 'm.conv_id'),
    )
    .leftJoin('account as author', join =>
      join.onRef('author.app_id', '=', 'm.app_id').onRef('author.account_id', '=', 'm.sender_id'),
    )
    .leftJoin('account as revoker', join =>
      join.onRef('revoker.app_id', '=', 'm.app_id').onRef('revoker.account_id', '=', 'm.revoker_id'),
    )
    .innerJoin('chat_group as g', join =>
      join.onRef('g.app_id', '=', 'c.app_id').onRef('g.group_no', '=', 'c.hi_id'),
    )
    .leftJoin('group_member as card', join =>
      join
        .onRef('card.app_id', '=', 'm.app_id')
        .on('card.group_no', '=', GROUP_HOME)
        .onRef('card.account_id', '=', 'm.sender_id'),
    )
    .select(JOINED_MESSAGE)
    .select(GROUP_AUTHOR)
}
