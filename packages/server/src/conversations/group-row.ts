import { type Kysely, sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { type ChatGroupTable, ConversationKind, type GroupMemberTable, type Schema } from '../store/schema.ts'
import { GROUP_AUTHOR, GROUP_HOME, type GroupLastRow } from './group-last.ts'
import { type GroupMark, groupHidden, groupOwnAtFloor, groupUncounted } from './group-unread.ts'
import { JOINED_MESSAGE } from './joined-message.ts'

/** A conversation of a group, its owner's state, and the latest message that its list shows. */
export interface GroupRow extends GroupLastRow, GroupMark {
  conv_id: number
  log_no: number
  cleared_seq: number
  from_seq: number
  hidden_seq: number
  pinned_ms: number
  standard_mark: string
  custom_mark: string
  head_seq: number
  change_no: number
  to_change: number
  to_title: string
  to_face: string
  to_info: number
  list_seq: number
  list_time: number
  owner_user_id: string
  owner_nick: string
  owner_face: string
  g_name: string
  g_type: ChatGroupTable['type']
  g_title: string
  g_face: string
  g_info: number
  g_dismissed: number
  community_no: number
  support_topic: number
  create_time: number
  community: string | null
  role: number | null
  join_time: number | null
  join_seq: number
  own_card: string | null
  own_custom: string | null
  /** Of a topic: the owner's own choice for it. */
  recv_opt: number
  receive_option: GroupMemberTable['receive_option'] | null
  muted_until: number | null
  deleted_last: number | null
}

type Where = { app: number; owner: number; conv: number }

const queries = perDatabase(db => ({
  one: new PreparedQuery<Where, GroupRow>(db, (db, parameter) =>
    viewRows(db, parameter('app'), parameter('owner')).where('uc.conv_id', '=', parameter('conv')),
  ),
}))

/** Undefined when the owner has no such conversation, or it is none of a group. */
export function groupRow(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  conv: number,
): Promise<GroupRow | undefined> {
  return queries(db).one.first({ app, owner, conv })
}

/** One statement, so that the counters and the exceptions to them belong to one state of the database. */
function viewRows(db: Kysely<Schema>, app: number, owner: number) {
  return db
    .selectFrom('user_conversation as uc')
    .innerJoin('conversation as c', join =>
      join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
    )
    .innerJoin('chat_group as g', join =>
      join.onRef('g.app_id', '=', 'uc.app_id').onRef('g.group_no', '=', 'c.hi_id'),
    )
    .innerJoin('account as owner', join =>
      join.onRef('owner.app_id', '=', 'uc.app_id').onRef('owner.account_id', '=', 'uc.account_id'),
    )
    .leftJoin('chat_group as community', join =>
      join
        .onRef('community.app_id', '=', 'g.app_id')
        .onRef('community.group_no', '=', 'g.community_no')
        .on('g.community_no', '>', 0),
    )
    .leftJoin('group_member as gm', join =>
      join
        .onRef('gm.app_id', '=', 'uc.app_id')
        .on('gm.group_no', '=', GROUP_HOME)
        .onRef('gm.account_id', '=', 'uc.account_id'),
    )
    .leftJoin('message as m', join =>
      join
        .onRef('m.app_id', '=', 'c.app_id')
        .onRef('m.conv_id', '=', 'c.conv_id')
        .onRef('m.seq', '=', 'c.list_seq'),
    )
    .leftJoin('message_hidden as mh', join =>
      join
        .onRef('mh.app_id', '=', 'uc.app_id')
        .onRef('mh.account_id', '=', 'uc.account_id')
        .onRef('mh.conv_id', '=', 'uc.conv_id')
        .onRef('mh.seq', '=', 'c.list_seq'),
    )
    .leftJoin('account as author', join =>
      join.onRef('author.app_id', '=', 'm.app_id').onRef('author.account_id', '=', 'm.sender_id'),
    )
    .leftJoin('account as revoker', join =>
      join.onRef('revoker.app_id', '=', 'm.app_id').onRef('revoker.account_id', '=', 'm.revoker_id'),
    )
    .leftJoin('group_member as card', join =>
      join
        .onRef('card.app_id', '=', 'm.app_id')
        .on('card.group_no', '=', GROUP_HOME)
        .onRef('card.account_id', '=', 'm.sender_id'),
    )
    .select(JOINED_MESSAGE)
    .select(GROUP_AUTHOR)
    .select([
      'uc.conv_id',
      'uc.account_id',
      'uc.log_no',
      'uc.read_seq',
      'uc.read_count',
      'uc.read_own',
      'uc.mark_no',
      'uc.base_no',
      'uc.base_own',
      'uc.sent_no',
      'uc.cleared_seq',
      'uc.from_seq',
      'uc.to_seq',
      'uc.recv_opt',
      'uc.to_count',
      'uc.to_change',
      'uc.to_title',
      'uc.to_face',
      'uc.to_info',
      'uc.hidden_seq',
      'uc.pinned_ms',
      'uc.standard_mark',
      'uc.custom_mark',
      'c.head_seq',
      'c.change_no',
      'c.count_no',
      'c.clear_seq',
      'c.clear_count',
      'c.reset_no',
      'c.reset_seq',
      'c.reset_count',
      'c.list_seq',
      'c.list_time',
      'owner.user_id as owner_user_id',
      'owner.nick as owner_nick',
      'owner.face_url as owner_face',
      'g.name as g_name',
      'g.type as g_type',
      'g.title as g_title',
      'g.face_url as g_face',
      'g.info_seq as g_info',
      'g.support_topic',
      'g.create_time',
      'g.community_no',
      'g.dismissed as g_dismissed',
      'community.name as community',
      'gm.role',
      'gm.join_time',
      'uc.join_seq',
      'gm.name_card as own_card',
      'gm.custom as own_custom',
      'gm.receive_option',
      'mh.seq as deleted_last',
    ])
    .select(eb => [
      groupUncounted(eb).as('uncounted'),
      // Who is muted in a community is so in its topics.
      eb
        .selectFrom('group_mute as mute')
        .select(inner => inner.fn.max('mute.until').as('until'))
        .whereRef('mute.app_id', '=', 'uc.app_id')
        .where('mute.group_no', 'in', [eb.ref('g.group_no'), eb.ref('g.community_no')])
        .whereRef('mute.account_id', '=', 'uc.account_id')
        .as('muted_until'),
      groupHidden(eb).as('hidden_unread'),
      groupOwnAtFloor(eb).as('own_at_floor'),
    ])
    .where('uc.app_id', '=', app)
    .where('uc.account_id', '=', owner)
    .where('uc.kind', '=', sql.lit(ConversationKind.GROUP))
    .where(eb => eb.or([eb('g.active', '=', 1), eb('g.owner_id', '=', owner)]))
}
