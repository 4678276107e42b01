import type { Kysely } from 'kysely'
import { isHiddenByFlags } from '../messages/stored-message.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import {
  type ContactGroupRow,
  type ConversationView,
  groupsByConversation,
  PAIR_COLUMNS,
  type PairRow,
  pairView,
} from './conversation-view.ts'
import { groupViews } from './group-view.ts'
import { queryHiddenLasts } from './hidden-last.ts'
import { isListed } from './is-listed.ts'
import { JOINED_MESSAGE, type JoinedMessage, joinedMessage, type LastMessage } from './joined-message.ts'
import type { LastMessages } from './last-messages.ts'
import { hiddenUnread, type UnreadColumns, uncounted, unreadOf } from './unread.ts'

interface ViewRow extends PairRow, JoinedMessage, UnreadColumns {
  peer_user_id: string
  peer_nick: string
  peer_face: string
  owner_user_id: string
  owner_nick: string
  owner_face: string
  deleted_last: number | null
}

/** Conversations that one statement reads; a shorter list is filled up with a number that none has. */
export const VIEW_BATCH = 100
const NOBODY = -1

type ViewParameters = { app: number; owner: number } & Record<string, number>
type Parameter = (name: string) => number

const queries = perDatabase(db => ({
  one: viewQuery(db, 1),
  many: viewQuery(db, VIEW_BATCH),
  groupsOfOne: groupQuery(db, 1),
  groupsOfMany: groupQuery(db, VIEW_BATCH),
}))

/**
 * The owner's view of these conversations, in their order; those without a row of the owner are left out. Two statements a
 * hundred conversations, and a third for lists whose last message the owner must not see.
 * @param lasts told the messages that were read; never of a transaction, which may be undone
 */
export async function conversationViews(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  convs: readonly number[],
  lasts?: LastMessages,
): Promise<ConversationView[]> {
  const views: ConversationView[] = []
  for (let at = 0; at < convs.length; at += VIEW_BATCH)
    views.push(...(await batch(db, app, owner, convs.slice(at, at + VIEW_BATCH), lasts)))
  return views
}

async function batch(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  convs: readonly number[],
  lasts: LastMessages | undefined,
): Promise<ConversationView[]> {
  const { one, many, groupsOfOne, groupsOfMany } = queries(db)
  const size = convs.length === 1 ? 1 : VIEW_BATCH
  const values: ViewParameters = { app, owner }
  for (let i = 0; i < size; i++) values[`c${i}`] = convs[i] ?? NOBODY
  const rows = await (size === 1 ? one : many).all(values)
  const groups = groupsByConversation(await (size === 1 ? groupsOfOne : groupsOfMany).all(values))
  for (const row of lasts ? rows : []) {
    const message = joinedMessage(row.conv_id, row, owner)
    if (message) lasts?.keep(row, message)
  }
  const searched = rows.filter(row => needsSearch(row, owner)).map(row => row.conv_id)
  const hiddenLasts = searched.length > 0 ? await queryHiddenLasts(db, app, owner, searched) : new Map()
  const byConv = new Map(rows.map(row => [row.conv_id, row]))
  // Whatever is no conversation of two may be one of a group.
  const others = convs.filter(conv => !byConv.has(conv))
  const ofGroups = others.length > 0 ? await groupViews(db, app, owner, others, groups) : undefined
  return convs.flatMap(conv => {
    const row = byConv.get(conv)
    if (!row) return ofGroups?.get(conv) ?? []
    const found = hiddenLasts.get(conv)
    const last = found ? found.last : listMessage(row, owner)
    return [toView(row, owner, groups.get(conv) ?? [], last, found ? found.shownSeq : row.list_seq)]
  })
}

/** The conversation's list message is not for this owner, but an older one may be. */
function needsSearch(row: ViewRow, owner: number): boolean {
  if (row.m_sender === null || row.m_flags === null) return false
  if (isHiddenByFlags({ flags: row.m_flags, sender_id: row.m_sender }, owner)) return true
  return row.deleted_last !== null && row.list_seq > row.cleared_seq
}

function listMessage(row: ViewRow, owner: number): LastMessage | undefined {
  return row.list_seq > row.cleared_seq && row.deleted_last === null
    ? joinedMessage(row.conv_id, row, owner)
    : undefined
}

/** `shownSeq`: the latest list message that was ever meant for this side, also when it was deleted since. */
function toView(
  row: ViewRow,
  owner: number,
  contactGroups: readonly number[],
  last: LastMessage | undefined,
  shownSeq: number,
): ConversationView {
  return pairView(row, {
    peer: { id: row.peer_id, userId: row.peer_user_id, nick: row.peer_nick, faceUrl: row.peer_face },
    owner: { id: owner, userId: row.owner_user_id, nick: row.owner_nick, faceUrl: row.owner_face },
    unread: unreadOf(row),
    isListed: isListed(row, shownSeq),
    contactGroups,
    last,
  })
}

/** Names of the parameters that hold the conversations' numbers. */
function convNames(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `c${i}`)
}

/** One statement, so that the counters and the exceptions to them belong to one state of the database. */
function viewQuery(db: Kysely<Schema>, size: number): PreparedQuery<ViewParameters, ViewRow> {
  return new PreparedQuery<ViewParameters, ViewRow>(db, (db, parameter) =>
    db
      .selectFrom('user_conversation as uc')
      .innerJoin('conversation as c', join =>
        join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
      )
      .innerJoin('account as peer', join =>
        join.onRef('peer.app_id', '=', 'uc.app_id').onRef('peer.account_id', '=', 'uc.peer_id'),
      )
      .innerJoin('account as owner', join =>
        join.onRef('owner.app_id', '=', 'uc.app_id').onRef('owner.account_id', '=', 'uc.account_id'),
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
      .leftJoin('account as revoker', join =>
        join.onRef('revoker.app_id', '=', 'm.app_id').onRef('revoker.account_id', '=', 'm.revoker_id'),
      )
      .select(JOINED_MESSAGE)
      .select(PAIR_COLUMNS)
      .select([
        'uc.account_id',
        'uc.read_count',
        'uc.read_own',
        'c.lo_id',
        'c.count_no',
        'c.sent_lo',
        'c.sent_hi',
        'peer.user_id as peer_user_id',
        'peer.nick as peer_nick',
        'peer.face_url as peer_face',
        'owner.user_id as owner_user_id',
        'owner.nick as owner_nick',
        'owner.face_url as owner_face',
        'mh.seq as deleted_last',
      ])
      .select(eb => [uncounted(eb).as('uncounted'), hiddenUnread(eb).as('hidden_unread')])
      .where('uc.app_id', '=', parameter('app'))
      .where('uc.account_id', '=', parameter('owner'))
      .where('uc.conv_id', 'in', convNames(size).map(parameter as Parameter)),
  )
}

function groupQuery(db: Kysely<Schema>, size: number): PreparedQuery<ViewParameters, ContactGroupRow> {
  return new PreparedQuery<ViewParameters, ContactGroupRow>(db, (db, parameter) =>
    db
      .selectFrom('contact_group_member')
      .select(['conv_id', 'group_id'])
      .where('app_id', '=', parameter('app'))
      .where('account_id', '=', parameter('owner'))
      .where('conv_id', 'in', convNames(size).map(parameter as Parameter))
      .orderBy('group_id'),
  )
}
