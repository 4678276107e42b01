import type { WireGroup, WireGroupSelf } from '@rookery/protocol/wire-group'
import type { Kysely } from 'kysely'
import { PreparedQuery, perDatabase } from '../../store/prepared.ts'
import type { Schema } from '../../store/schema.ts'
import { shownFields } from '../custom-fields/field-levels.ts'
import type { GroupRow, MemberRow } from '../group-rows.ts'
import { roleName } from '../judge.ts'
import { shownMask } from '../permissions/permission-mask.ts'
import type { ActorRole } from '../rules/operations.ts'
import { ownOption } from '../topics/topic-option.ts'

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
    { read_seq: number | null; recv_opt: number | null; until: number | null }
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
      .select(['uc.read_seq', 'uc.recv_opt', 'mute.until'])
      .where('account.app_id', '=', parameter('app'))
      .where('account.account_id', '=', parameter('account')),
  ),
}))

/** A group's profile with the custom fields that the reader may see; without one, as every member sees it. */
export async function wireGroup(
  db: Kysely<Schema>,
  group: GroupRow,
  reader: ActorRole = 'Member',
): Promise<WireGroup> {
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
    ...(group.support_topic && {
      EnablePermission: group.enable_permission ? 1 : 0,
      DefaultPermission: shownMask(group.default_permission),
    }),
    AppDefinedData: await shownFields(db, group, 'group', group.custom, { role: reader }),
  }
}

/** The asker's own part of it; `isApp`: an app admin asks, who sees every custom field. */
export async function wireSelf(
  db: Kysely<Schema>,
  group: GroupRow,
  member: MemberRow,
  now: number,
  isApp = false,
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
    MsgFlag: ownOption(own?.recv_opt ?? 0) ?? member.receive_option,
    MsgSeq: own?.read_seq ?? 0,
    MuteUntil: until > now ? until : 0,
    NameCard: member.name_card,
    AppMemberDefinedData: await shownFields(db, group, 'member', member.custom, {
      role: isApp ? 'AppAdmin' : roleName(member.role),
      isSelf: true,
    }),
  }
}

export const onOff = (flag: number): 'On' | 'Off' => (flag ? 'On' : 'Off')
