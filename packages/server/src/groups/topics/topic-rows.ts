import { sql } from 'kysely'
import { newOwnerRow } from '../../conversations/owner-row.ts'
import type { Transaction } from '../../store/mutation.ts'
import { ConversationKind } from '../../store/schema.ts'
import type { GroupRow } from '../group-rows.ts'

/** Rows of one statement, well below what both engines take. */
const ROWS_A_STATEMENT = 500

type Topic = Pick<GroupRow, 'group_no' | 'conv_id' | 'history_before_join'>

/** Living topics of a community. */
export async function topicRows(
  db: Transaction['db'],
  community: Pick<GroupRow, 'app_id' | 'group_no'>,
): Promise<GroupRow[]> {
  return db
    .selectFrom('chat_group')
    .selectAll()
    .where('app_id', '=', community.app_id)
    .where('community_no', '=', community.group_no)
    .where('dismissed', '=', sql.lit(0))
    .orderBy('group_no')
    .execute()
}

/** A living topic of a community. */
export async function topicNamed(
  tx: Transaction,
  community: GroupRow,
  topicId: string,
): Promise<GroupRow | undefined> {
  return tx.db
    .selectFrom('chat_group')
    .selectAll()
    .where('app_id', '=', community.app_id)
    .where('name', '=', topicId)
    .where('community_no', '=', community.group_no)
    .where('dismissed', '=', 0)
    .executeTakeFirst()
}

/** Also the dismissed ones: a community that is dismissed takes its topics along, and its members leave after it. */
export async function allTopicRows(
  db: Transaction['db'],
  community: Pick<GroupRow, 'app_id' | 'group_no'>,
): Promise<Topic[]> {
  return db
    .selectFrom('chat_group')
    .select(['group_no', 'conv_id', 'history_before_join'])
    .where('app_id', '=', community.app_id)
    .where('community_no', '=', community.group_no)
    .execute()
}

/** Topics become conversations of accounts that are members of the community, from here on. */
export async function openTopicRows(
  tx: Transaction,
  community: GroupRow,
  topics: readonly Topic[],
  accounts: readonly number[],
): Promise<void> {
  if (topics.length === 0 || accounts.length === 0) return
  const app = community.app_id
  const heads = await tx.db
    .selectFrom('conversation')
    .select(['conv_id', 'head_seq', 'count_no'])
    .where('app_id', '=', app)
    .where(
      'conv_id',
      'in',
      topics.map(topic => topic.conv_id),
    )
    .execute()
  const rows = heads.flatMap(head =>
    accounts.map(account => ({
      ...newOwnerRow(app, account, head.conv_id, 0, tx.now),
      kind: ConversationKind.GROUP,
      from_seq: community.history_before_join ? 0 : head.head_seq,
      to_seq: -1,
      join_seq: head.head_seq,
      read_seq: head.head_seq,
      read_count: head.count_no,
    })),
  )
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT)
    await tx.db
      .insertInto('user_conversation')
      .values(rows.slice(start, start + ROWS_A_STATEMENT))
      .onConflict(conflict =>
        conflict.columns(['app_id', 'account_id', 'conv_id']).doUpdateSet(eb => ({
          from_seq: eb.ref('excluded.from_seq'),
          to_seq: -1,
          join_seq: eb.ref('excluded.join_seq'),
          read_seq: eb.ref('excluded.read_seq'),
          read_count: eb.ref('excluded.read_count'),
          active_day: eb.ref('excluded.active_day'),
          recv_opt: 0,
          read_own: sql<number>`user_conversation.sent_no`,
        })),
      )
      .execute()
  await number(tx, app, topics, accounts)
}

/** What is written in the topics later is not for these accounts. */
export async function closeTopicRows(
  tx: Transaction,
  app: number,
  topics: readonly Topic[],
  accounts: readonly number[],
): Promise<void> {
  if (topics.length === 0 || accounts.length === 0) return
  const head = (column: string) =>
    sql<number>`(select ${sql.ref(column)} from conversation as c where c.app_id = user_conversation.app_id and c.conv_id = user_conversation.conv_id)`
  const profile = <T>(column: string) =>
    sql<T>`(select ${sql.ref(column)} from conversation as c join chat_group as g on g.app_id = c.app_id and g.group_no = c.hi_id where c.app_id = user_conversation.app_id and c.conv_id = user_conversation.conv_id)`
  await tx.db
    .updateTable('user_conversation')
    .set({
      to_seq: head('c.head_seq'),
      to_count: head('c.count_no'),
      to_change: head('c.change_no'),
      to_title: profile<string>('g.title'),
      to_face: profile<string>('g.face_url'),
      to_info: profile<number>('g.info_seq'),
    })
    .where('app_id', '=', app)
    .where('to_seq', '=', -1)
    .where(
      'conv_id',
      'in',
      topics.map(topic => topic.conv_id),
    )
    .where('account_id', 'in', accounts)
    .execute()
  await number(tx, app, topics, accounts)
}

/** Moves the owners' logs once for all of the topics. */
async function number(
  tx: Transaction,
  app: number,
  topics: readonly Topic[],
  accounts: readonly number[],
): Promise<void> {
  await tx.db
    .updateTable('account')
    .set(eb => ({ log_no: eb('log_no', '+', 1) }))
    .where('app_id', '=', app)
    .where('account_id', 'in', accounts)
    .execute()
  await tx.db
    .updateTable('user_conversation')
    .set(eb => ({
      log_no: eb
        .selectFrom('account')
        .select('log_no')
        .whereRef('account.app_id', '=', 'user_conversation.app_id')
        .whereRef('account.account_id', '=', 'user_conversation.account_id')
        .$asScalar()
        .$notNull(),
    }))
    .where('app_id', '=', app)
    .where(
      'conv_id',
      'in',
      topics.map(topic => topic.conv_id),
    )
    .where('account_id', 'in', accounts)
    .execute()
}
