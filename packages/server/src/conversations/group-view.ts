import type { WireConversationGroup } from '@rookery/protocol/wire-group'
import type { Kysely } from 'kysely'
import { shownFields } from '../groups/custom-fields/field-levels.ts'
import { roleName } from '../groups/judge.ts'
import { TYPE_RULES } from '../groups/rules/group-types.ts'
import { ownOption } from '../groups/topics/topic-option.ts'
import type { GroupMemberTable, Schema } from '../store/schema.ts'
import type { ConversationView } from './conversation-view.ts'
import { groupAuthor, groupLast, groupPart } from './group-last.ts'
import { mentionsIn, unreadMentions } from './group-mentions.ts'
import { type GroupRow, groupRow } from './group-row.ts'
import { groupReadSeq, groupUnread } from './group-unread.ts'
import { isListed, isListedFromStart } from './is-listed.ts'
import { joinedMessage } from './joined-message.ts'

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
    const row = await groupRow(db, app, owner, conv)
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
  row: GroupRow,
  contactGroups: readonly number[],
): Promise<ConversationView> {
  const above = Math.max(row.cleared_seq, row.from_seq, row.clear_seq)
  const left = row.to_seq >= 0
  const headSeq = left ? row.to_seq : row.head_seq
  const lastRow = await groupLast(db, app, owner, row, above, headSeq)
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
      author: groupAuthor(lastRow),
      text: await groupPart(db, app, row.g_name, lastRow),
    },
  }
}

/** Who receives nothing but mentions has nothing else unread. */
async function unreadOf(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  row: GroupRow,
  above: number,
  upTo: number,
): Promise<number> {
  const unread = groupUnread(row)
  if (unread === 0 || row.receive_option !== 'NotReceiveMsgExceptAt') return unread
  return Math.min(unread, await unreadMentions(db, { app, owner, conv: row.conv_id, above, upTo }))
}

const RECEIVE_OPTIONS: Readonly<Record<GroupMemberTable['receive_option'], number>> = {
  AcceptAndNotify: 0,
  Discard: 1,
  AcceptNotNotify: 2,
  AcceptNotNotifyExceptAt: 2,
  NotReceiveMsgExceptAt: 1,
}

async function shownGroup(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  row: GroupRow,
  above: number,
  headSeq: number,
): Promise<WireConversationGroup> {
  const readSeq = Math.min(Math.max(groupReadSeq(row), row.clear_seq), headSeq)
  const mentions =
    headSeq > readSeq
      ? await mentionsIn(db, {
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
    AtList: mentions,
  }
}
