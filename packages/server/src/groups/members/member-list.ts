import type { WireGroupMember } from '@rookery/protocol/wire-group'
import type { Kysely } from 'kysely'
import { MemberRole, type Schema } from '../../store/schema.ts'
import { parseFields } from '../custom-fields/custom-fields.ts'
import type { GroupRow } from '../group-rows.ts'
import { roleName } from '../judge.ts'

/** A member as lists show it, with the place to go on after it. */
export interface ListedMember {
  readonly account: number
  readonly joinTime: number
  readonly shown: WireGroupMember
}

export interface MemberQuery {
  /** {@link MemberRole}s; absent: all. */
  readonly roles?: readonly number[]
  readonly limit: number
  readonly offset?: number
  /** The last member of the page before; absent: from the start. */
  readonly after?: { readonly account: number; readonly joinTime: number }
}

function listed(db: Kysely<Schema>, group: GroupRow) {
  return db
    .selectFrom('group_member as member')
    .innerJoin('account', join =>
      join
        .onRef('account.app_id', '=', 'member.app_id')
        .onRef('account.account_id', '=', 'member.account_id'),
    )
    .leftJoin('user_conversation as uc', join =>
      join
        .onRef('uc.app_id', '=', 'member.app_id')
        .onRef('uc.account_id', '=', 'member.account_id')
        .on('uc.conv_id', '=', group.conv_id),
    )
    .leftJoin('group_mute as mute', join =>
      join
        .onRef('mute.app_id', '=', 'member.app_id')
        .onRef('mute.group_no', '=', 'member.group_no')
        .onRef('mute.account_id', '=', 'member.account_id'),
    )
    .select([
      'member.account_id',
      'member.role',
      'member.join_time',
      'member.name_card',
      'member.custom',
      'member.receive_option',
      'account.user_id',
      'account.nick',
      'account.face_url',
      'uc.read_seq',
      'uc.last_sent',
      'mute.until',
    ])
    .where('member.app_id', '=', group.app_id)
    .where('member.group_no', '=', group.group_no)
}

type Row = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number]

/** A page of members: the owner, then the others by join time; stable while people come and go. */
export async function listMembers(
  db: Kysely<Schema>,
  group: GroupRow,
  query: MemberQuery,
  now: number,
): Promise<ListedMember[]> {
  const { after, limit, roles } = query
  const owner =
    group.owner_id > 0 && (roles === undefined || roles.includes(MemberRole.OWNER)) ? group.owner_id : 0
  const offset = query.offset ?? 0
  const takesOwner = owner > 0 && after === undefined && offset === 0 && limit > 0
  const ownerRows = takesOwner ? await listed(db, group).where('member.account_id', '=', owner).execute() : []
  let others = listed(db, group)
    .where('member.role', '<>', MemberRole.OWNER)
    .orderBy('member.join_time')
    .orderBy('member.account_id')
    .limit(limit - ownerRows.length)
  if (roles !== undefined) others = others.where('member.role', 'in', [...roles, NO_ROLE])
  if (after === undefined) others = others.offset(Math.max(0, offset - (owner > 0 ? 1 : 0)))
  else if (after.account !== owner)
    others = others.where(eb =>
      eb.or([
        eb('member.join_time', '>', after.joinTime),
        eb.and([eb('member.join_time', '=', after.joinTime), eb('member.account_id', '>', after.account)]),
      ]),
    )
  const rows = limit > ownerRows.length ? await others.execute() : []
  return [...ownerRows, ...rows].map(row => toListed(row, now))
}

/** Keeps a list of roles from being empty. */
const NO_ROLE = -1

/** Those of the accounts that are members, in no order. */
export async function namedMembers(
  db: Kysely<Schema>,
  group: GroupRow,
  accounts: readonly number[],
  now: number,
): Promise<ListedMember[]> {
  if (accounts.length === 0) return []
  const rows = await listed(db, group).where('member.account_id', 'in', accounts).execute()
  return rows.map(row => toListed(row, now))
}

function toListed(row: Row, now: number): ListedMember {
  const until = row.until ?? 0
  return {
    account: row.account_id,
    joinTime: row.join_time,
    shown: {
      Member_Account: row.user_id,
      Role: roleName(row.role),
      JoinTime: row.join_time,
      MsgSeq: row.read_seq ?? 0,
      MsgFlag: row.receive_option,
      LastSendMsgTime: row.last_sent ?? 0,
      MuteUntil: until > now ? until : 0,
      NameCard: row.name_card,
      AppMemberDefinedData: parseFields(row.custom),
      NickName: row.nick,
      Avatar: row.face_url,
    },
  }
}
