import type { WireConversationGroup } from '@rookery/protocol/wire-group'
import { type Kysely, sql } from 'kysely'
import { shownFields } from '../groups/custom-fields/field-levels.ts'
import { roleName } from '../groups/judge.ts'
import { TYPE_RULES } from '../groups/rules/group-types.ts'
import { ownOption } from '../groups/topics/topic-option.ts'
import type { Author } from '../messages/message-frame.ts'
import { SYSTEM_AUTHOR } from '../messages/message-list.ts'
import { isMeantFor } from '../messages/stored-message.ts'
import { addressedAccounts } from '../store/message-address.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import {
  type ChatGroupTable,
  ConversationKind,
  type GroupMemberTable,
  MessageFlag,
  type Schema,
} from '../store/schema.ts'
import type { ConversationView } from './conversation-view.ts'
import {
  type GroupMark,
  groupHidden,
  groupOwnAtFloor,
  groupReadSeq,
  groupUncounted,
  groupUnread,
} from './group-unread.ts'
import { isListed, isListedFromStart } from './is-listed.ts'
import { JOINED_MESSAGE, type JoinedMessage, joinedMessage } from './joined-message.ts'

interface LastRow extends JoinedMessage {
  m_to: string | null
  m_at: string | null
  author_id: number | null
  author_user_id: string | null
  author_nick: string | null
  author_face: string | null
  name_card: string | null
}

interface Row extends LastRow, GroupMark {
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
type Range = Where & { above: number; upTo: number }

const MENTIONS_MAX = 10

const queries = perDatabase(db => ({
  one: new PreparedQuery<Where, Row>(db, (db, parameter) =>
    viewRows(db, parameter('app'), parameter('owner')).where('uc.conv_id', '=', parameter('conv')),
  ),
  last: new PreparedQuery<Where & { above: number; upTo: number; address: string }, LastRow>(
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
  mentions: new PreparedQuery<
    Range,
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
  mentionsUnread: new PreparedQuery<Range, { n: number }>(db, (db, parameter) =>
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
  names: new PreparedQuery<{ app: number; account: number }, { user_id: string }>(db, (db, parameter) =>
    db
      .selectFrom('account')
      .select('user_id')
      .where('app_id', '=', parameter('app'))
      .where('account_id', '=', parameter('account')),
  ),
}))

/** The owner's view of conversations of groups, by number; those that it has none of are left out. */
export async function groupViews(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  convs: readonly number[],
  contactGroups: ReadonlyMap<number, readonly number[]>,
): Promise<Map<number, ConversationView>> {
  const views = new Map<number, ConversationView>()
  for (const conv of convs) {
    const row = await queries(db).one.first({ app, owner, conv })
    if (!row) continue
    const receive_option = ownOption(row.recv_opt) ?? row.receive_option
    const view = await toView(db, app, owner, { ...row, receive_option }, contactGroups.get(conv) ?? [])
    views.set(conv, view)
  }
  return views
}

async function toView(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  row: Row,
  contactGroups: readonly number[],
): Promise<ConversationView> {
  const above = Math.max(row.cleared_seq, row.from_seq, row.clear_seq)
  const left = row.to_seq >= 0
  const headSeq = left ? row.to_seq : row.head_seq
  const lastRow = await lastOf(db, app, owner, row, above, headSeq)
  const last = lastRow && joinedMessage(row.conv_id, lastRow, owner)
  const shownSeq = Math.min(row.list_seq, headSeq)
  return {
    conv: row.conv_id,
    peer: { id: 0, userId: '', nick: '', faceUrl: '' },
    owner: { id: owner, userId: row.owner_user_id, nick: row.owner_nick, faceUrl: row.owner_face },
    headSeq,
    changeNo: left ? row.to_change : row.change_no,
    logNo: row.log_no,
    unread: await unreadOf(db, app, owner, row, Math.max(above, groupReadSeq(row)), headSeq),
    readSeq: Math.min(Math.max(groupReadSeq(row), row.clear_seq), headSeq),
    peerReadTime: 0,
    peerReadSeq: 0,
    clearedSeq: above,
    hidden: !isListed(row, shownSeq, row),
    pinnedMs: row.pinned_ms,
    standardMark: row.standard_mark,
    customMark: row.custom_mark,
    contactGroups,
    recvOpt: RECEIVE_OPTIONS[row.receive_option ?? 'AcceptAndNotify'],
    listTime: left ? (last?.time ?? 0) : row.list_time || (isListedFromStart(row) ? row.create_time : 0),
    last,
    group: {
      shown: await shownGroup(db, app, owner, row, above, headSeq),
      author: authorOf(lastRow),
      text: {
        groupId: row.g_name,
        nameCard: lastRow?.name_card ?? '',
        atInfo: lastRow?.m_at ?? '',
        to: lastRow ? await namesOf(db, app, addressedAccounts(lastRow.m_to ?? '')) : [],
      },
    },
  }
}

/** Who receives nothing but mentions has nothing else unread. */
async function unreadOf(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  row: Row,
  above: number,
  upTo: number,
): Promise<number> {
  const unread = groupUnread(row)
  if (unread === 0 || row.receive_option !== 'NotReceiveMsgExceptAt') return unread
  const mentioned = await queries(db).mentionsUnread.first({ app, owner, conv: row.conv_id, above, upTo })
  return Math.min(unread, Number(mentioned?.n ?? 0))
}

const RECEIVE_OPTIONS: Readonly<Record<GroupMemberTable['receive_option'], number>> = {
  AcceptAndNotify: 0,
  Discard: 1,
  AcceptNotNotify: 2,
  AcceptNotNotifyExceptAt: 2,
  NotReceiveMsgExceptAt: 1,
}

/** The conversation's list message, or an older one where that is not for this person. */
async function lastOf(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  row: Row,
  above: number,
  upTo: number,
): Promise<LastRow | undefined> {
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

function authorOf(row: LastRow | undefined): Author {
  if (!row?.author_id) return SYSTEM_AUTHOR
  return {
    id: row.author_id,
    userId: row.author_user_id ?? '',
    nick: row.author_nick ?? '',
    faceUrl: row.author_face ?? '',
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

async function shownGroup(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  row: Row,
  above: number,
  headSeq: number,
): Promise<WireConversationGroup> {
  const readSeq = Math.min(Math.max(groupReadSeq(row), row.clear_seq), headSeq)
  const mentions =
    headSeq > readSeq
      ? await queries(db).mentions.all({
          app,
          owner,
          conv: row.conv_id,
          above: Math.max(readSeq, above),
          upTo: headSeq,
        })
      : []
  const until = row.muted_until ?? 0
  const left = row.to_seq >= 0
  // Members of a dismissed group are in it until each is sent away: then the number of the own log moves, by which devices learn it.
  const isGone = row.community !== null && row.g_dismissed > 0
  const isMember = row.role !== null && !isGone && !left
  return {
    GroupId: row.g_name,
    Type: row.g_type,
    Name: left ? row.to_title : row.g_title,
    FaceUrl: left ? row.to_face : row.g_face,
    InfoSeq: left ? row.to_info : row.g_info,
    ...(row.community !== null && { CommunityId: row.community }),
    Member: isMember ? 1 : 0,
    ...(isMember && {
      SelfInfo: {
        Role: roleName(row.role ?? 0),
        JoinTime: row.join_time ?? 0,
        MsgFlag: row.receive_option ?? 'AcceptAndNotify',
        MsgSeq: readSeq,
        MuteUntil: until > Math.floor(Date.now() / 1000) ? until : 0,
        NameCard: row.own_card ?? '',
        AppMemberDefinedData: await shownFields(
          db,
          { app_id: app, type: row.g_type },
          'member',
          row.own_custom ?? '[]',
          { role: roleName(row.role ?? 0), isSelf: true },
        ),
      },
      JoinSeq: row.join_seq,
    }),
    NoUnread: TYPE_RULES[row.g_type].countsUnread ? 0 : 1,
    SupportTopic: row.support_topic ? 1 : 0,
    AtList: mentions
      .filter(it => (it.flags & MessageFlag.RECALLED) === 0 && isMeantFor(it, owner))
      .map(
        it =>
          ({
            Seq: it.seq,
            AtType: it.all && it.me ? 3 : it.all ? 2 : 1,
            From_Account: it.user_id,
          }) as const,
      )
      .reverse(),
  }
}

/** Where others mention the owner, or everybody, in a range of a conversation. */
function mentionRows(db: Kysely<Schema>, parameter: (name: keyof Range) => number) {
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

/** The group whose members a conversation has: of a topic, its community. */
const HOME = sql<number>`case when g.community_no > 0 then g.community_no else g.group_no end`

const AUTHOR = [
  'm.to_ids as m_to',
  'm.at_info as m_at',
  'author.account_id as author_id',
  'author.user_id as author_user_id',
  'author.nick as author_nick',
  'author.face_url as author_face',
  'card.name_card',
] as const

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
        .on('card.group_no', '=', HOME)
        .onRef('card.account_id', '=', 'm.sender_id'),
    )
    .select(JOINED_MESSAGE)
    .select(AUTHOR)
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
        .on('gm.group_no', '=', HOME)
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
        .on('card.group_no', '=', HOME)
        .onRef('card.account_id', '=', 'm.sender_id'),
    )
    .select(JOINED_MESSAGE)
    .select(AUTHOR)
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
