import type { GroupReceiveOption, WireGroup, WireGroupSelf } from '@rookery/protocol/wire-group'
import type { Kysely } from 'kysely'
import { PreparedQuery, perDatabase } from '../../store/prepared.ts'
import type { Schema } from '../../store/schema.ts'
import { parseFields } from '../custom-fields.ts'
import type { GroupRow, MemberRow } from '../group-rows.ts'
import { roleName } from '../judge.ts'

interface HeadRow {
  head_seq: number
  last_time: number
  owner: string | null
}

const queries = perDatabase(db => ({
  head: new PreparedQuery<{ app: number; conv: number; owner: number }, HeadRow>(db, (db, parameter) =>
    db
      .selectFrom('conversation')
      .leftJoin('account', join =>
        join
          .onRef('account.app_id', '=', 'conversation.app_id')
          .on('account.account_id', '=', parameter('owner')),
      )
      .select(['head_seq', 'last_time', 'account.user_id as owner'])
      .where('conversation.app_id', '=', parameter('app'))
      .where('conversation.conv_id', '=', parameter('conv')),
  ),
  self: new PreparedQuery<
    { app: number; group: number; conv: number; account: number },
    { read_seq: number | null; until: number | null }
  >(db, (db, parameter) =>
    db
      .selectFrom('account')
      .leftJoin('user_conversation as uc', join =>
        join
          .onRef('uc.app_id', '=', 'account.app_id')
          .onRef('uc.account_id', '=', 'account.account_id')
          .on('uc.conv_id', '=', parameter('conv')),
      )
      .leftJoin('group_mute as mute', join =>
        join
          .onRef('mute.app_id', '=', 'account.app_id')
          .onRef('mute.account_id', '=', 'account.account_id')
          .on('mute.group_no', '=', parameter('group')),
      )
      .select(['uc.read_seq', 'mute.until'])
      .where('account.app_id', '=', parameter('app'))
      .where('account.account_id', '=', parameter('account')),
  ),
}))

/** A group's profile as every member sees it. */
export async function wireGroup(db: Kysely<Schema>, group: GroupRow): Promise<WireGroup> {
  const head = await queries(db).head.first({
    app: group.app_id,
    conv: group.conv_id,
    owner: group.owner_id,
  })
  return {
    GroupId: group.name,
    Type: group.type,
    Name: group.title,
    Introduction: group.introduction,
    Notification: group.notification,
    FaceUrl: group.face_url,
    Owner_Account: head?.owner ?? '',
    CreateTime: group.create_time,
    InfoSeq: group.info_seq,
    LastInfoTime: group.info_time,
    LastMsgTime: head?.last_time ?? 0,
    NextMsgSeq: (head?.head_seq ?? 0) + 1,
    MemberNum: group.member_count,
    MaxMemberNum: group.max_members,
    ApplyJoinOption: group.apply_option,
    InviteJoinOption: group.invite_option,
    MuteAllMember: onOff(group.mute_all),
    HistoryMsgBeforeJoin: onOff(group.history_before_join),
    SupportTopic: group.support_topic ? 1 : 0,
    AppDefinedData: parseFields(group.custom),
  }
}

/** The asker's own part of it. */
export async function wireSelf(
  db: Kysely<Schema>,
  group: GroupRow,
  member: MemberRow,
  now: number,
): Promise<WireGroupSelf> {
  const own = await queries(db).self.first({
    app: group.app_id,
    group: group.group_no,
    conv: group.conv_id,
    account: member.account_id,
  })
  const until = own?.until ?? 0
  return {
    Role: roleName(member.role),
    JoinTime: member.join_time,
    MsgFlag: member.receive_option as GroupReceiveOption,
    MsgSeq: own?.read_seq ?? 0,
    MuteUntil: until > now ? until : 0,
    NameCard: member.name_card,
    AppMemberDefinedData: parseFields(member.custom),
  }
}

export const onOff = (flag: number): 'On' | 'Off' => (flag ? 'On' : 'Off')
