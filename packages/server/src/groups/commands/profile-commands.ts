import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { fieldRole, isInRoom, readableMembers } from '../custom-fields/field-reader.ts'
import { badField } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { actorRole } from '../judge.ts'
import { listMembers } from '../members/member-list.ts'
import { changeProfile, requireMemberCeiling } from '../profile/change-profile.ts'
import { dismissGroup } from '../profile/dismiss-group.ts'
import { checkProfile, groupFieldBounds } from '../profile/group-text.ts'
import { transferGroup } from '../profile/transfer-group.ts'
import { wireGroup, wireSelf } from '../profile/wire-group.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { mayDo } from '../rules/operations.ts'
import {
  accountOf,
  actorOf,
  COMMON_ERRORS,
  callOn,
  groupCall,
  groupOf,
  typeOf,
  withinSize,
} from './group-caller.ts'
import {
  CALL_BOUNDS,
  count,
  groupCustom,
  groupId,
  groupName,
  names,
  onOff,
  operator,
  options,
  permissionFields,
  texts,
  userId,
} from './group-fields.ts'
import { memberFilter, pick, pickFields, type Shown, shownGroup, shownMember } from './shown-fields.ts'

const now = () => Math.floor(Date.now() / 1000)
const groupType = Type.Optional(Type.String({ minLength: 1, description: 'Only groups of this type.' }))

/** `group_open_http_svc/get_appid_group_list` (rest-2 section 4.1). */
const appGroupsCommand = defineCommand({
  name: 'group_open_http_svc/get_appid_group_list',
  summary: 'Lists the ids of all groups of the app.',
  http: 'admin',
  request: Type.Object({
    Limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'Groups of a page.', fromText: true }),
    ),
    Next: Type.Optional(count(Number.MAX_SAFE_INTEGER, '0 first, then the answered value.')),
    GroupType: groupType,
  }),
  spellings: { Type: 'GroupType' },
  response: Type.Object({
    TotalCount: Type.Integer({ description: 'Groups in all, of the type when one is named.' }),
    GroupIdList: Type.Array(Type.Object({ GroupId: groupId }), { description: 'The groups, oldest first.' }),
    Next: Type.Integer({ description: 'For the next page; 0: this was the last one.' }),
  }),
  errors: [...COMMON_ERRORS],
  async handler({ caller, body, services }) {
    const type = body.GroupType === undefined ? undefined : typeOf(body.GroupType, 'GroupType')
    const limit = body.Limit ?? 10_000
    const { read } = services.store
    let living = read
      .selectFrom('chat_group')
      .where('app_id', '=', caller.app.id)
      .where('community_no', '=', 0)
      .where('dismissed', '=', 0)
    if (type) living = living.where('type', '=', type)
    const { n } = await living.select(eb => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
    const rows = await living
      .select(['group_no', 'name'])
      .where('group_no', '>', body.Next ?? 0)
      .orderBy('group_no')
      .limit(limit + 1)
      .execute()
    const page = rows.slice(0, limit)
    return {
      TotalCount: Number(n),
      GroupIdList: page.map(row => ({ GroupId: row.name })),
      Next: rows.length > limit ? (page.at(-1)?.group_no ?? 0) : 0,
    }
  },
})

const filters = {
  GroupBaseInfoFilter: Type.Optional(names('Names of the fields of the group that are answered.')),
  AppDefinedDataFilter_Group: Type.Optional(names('Keys of the custom fields of the group.')),
  AppDefinedDataFilter_GroupMember: Type.Optional(names('Keys of the custom fields of members.')),
}

const infoFilter = Type.Object(
  {
    ...filters,
    MemberInfoFilter: Type.Optional(names('Names of the fields of members that are answered.')),
  },
  { description: 'What is answered; absent: everything.' },
)

const groupInfo = Type.Object(
  {
    GroupId: groupId,
    ErrorCode: Type.Integer({ description: '0 is success.' }),
    ErrorInfo: Type.String({ description: 'What failed.' }),
  },
  { additionalProperties: true },
)

/** Members of a group that one answer takes without pages (rest-2 section 5.1). */
const MEMBERS_AT_ONCE = 6000

/** `group_open_http_svc/get_group_info` (rest-2 section 4.3). Not members are shown the profile without its members. */
const groupInfoRequest = Type.Object({
  GroupIdList: Type.Array(Type.String(), {
    minItems: 1,
    maxItems: CALL_BOUNDS.groups,
    description: 'Ids of the groups.',
  }),
  ResponseFilter: Type.Optional(infoFilter),
})
const groupInfoCommand = defineCommand({
  name: 'group_open_http_svc/get_group_info',
  summary: 'Shows profiles of groups, each with its own result.',
  http: 'admin',
  request: groupInfoRequest,
  socket: { request: groupInfoRequest },
  response: Type.Object({
    GroupInfo: Type.Array(groupInfo, { description: 'One entry for each id, in the order asked.' }),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_RESPONSE_SIZE_LIMIT],
  async handler(call) {
    const GroupInfo = []
    for (const id of call.body.GroupIdList) {
      try {
        GroupInfo.push({
          GroupId: id,
          ErrorCode: 0,
          ErrorInfo: '',
          ...(await infoOf(call, id, call.body.ResponseFilter)),
        })
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        GroupInfo.push({ GroupId: id, ErrorCode: error.code, ErrorInfo: error.message })
      }
    }
    return withinSize({ GroupInfo })
  },
})

async function infoOf(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  id: string,
  filter: Type.Static<typeof infoFilter> | undefined,
): Promise<Shown> {
  const group = await groupOf(call, id)
  const { read } = call.services.store
  const actor = await actorOf(call)
  const role = actorRole(group, (await call.services.groups.membership(group, actor.account)).row, actor)
  if (!mayDo('lookUp', group.type, role))
    throw new CommandError(
      ErrorCode.GROUP_PERMISSION_DENIED,
      `The group ${id} shows itself to its members only.`,
      { check: 'role' },
    )
  const wire = await wireGroup(read, group, fieldRole(call, group, role))
  const custom = pickFields(wire.AppDefinedData, filter?.AppDefinedDataFilter_Group)
  const wantsCustom = filter === undefined || filter.AppDefinedDataFilter_Group !== undefined
  const base = {
    ...pick(shownGroup(wire, group), filter && (filter.GroupBaseInfoFilter ?? [])),
    ...(wantsCustom && { AppDefinedData: custom }),
  }
  const wantsMembers = filter === undefined || filter.MemberInfoFilter !== undefined
  const listed = group.type !== 'Community' && mayDo('listMembers', group.type, role)
  if (!wantsMembers || !listed) return base
  const members = await readableMembers(
    call,
    group,
    await listMembers(read, group, { limit: MEMBERS_AT_ONCE }, now()),
    role,
  )
  const wanted = memberFilter(filter?.MemberInfoFilter)
  const keys = filter?.AppDefinedDataFilter_GroupMember
  return {
    ...base,
    MemberList: members.map(({ shown }) => ({
      ...pick(shownMember(shown, false), wanted),
      ...((filter === undefined || keys !== undefined) && {
        AppMemberDefinedData: pickFields(shown.AppMemberDefinedData, keys),
      }),
    })),
  }
}

const changes = {
  GroupId: groupId,
  Name: Type.Optional(groupName),
  ...texts,
  ...options,
  MaxMemberNum: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Most members.', fromText: true }),
  ),
  MuteAllMember: Type.Optional(onOff('Only owner and admins may send.')),
  HistoryMsgBeforeJoin: Type.Optional(onOff('New members see what was written before.')),
  AppDefinedData: Type.Optional(groupCustom),
  ...permissionFields,
}

/** `group_open_http_svc/modify_group_base_info` (rest-2 section 4.4). */
const changeCommand = defineCommand({
  name: 'group_open_http_svc/modify_group_base_info',
  summary: 'Changes what is given of the profile of a group.',
  http: 'admin',
  request: Type.Object({ From_Account: operator, ...changes }),
  socket: { request: Type.Object(changes) },
  spellings: { ShutUpAllMember: 'MuteAllMember' },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_NOT_FOUND, ErrorCode.GROUP_MEMBER_COUNT_LIMIT],
  async handler(call) {
    const { GroupId, From_Account, ...fields } = call.body
    const { app } = call.caller
    checkProfile(app, fields)
    const group = await groupOf(call, GroupId)
    const { membersSetting } = TYPE_RULES[group.type]
    if (fields.MaxMemberNum !== undefined && membersSetting)
      requireMemberCeiling(fields.MaxMemberNum, app.setting(membersSetting))
    await call.services.store.mutate(changeProfile, {
      ...callOn(call, group, await actorOf(call, From_Account)),
      fields,
      bounds: groupFieldBounds(app),
      isInRoom: isInRoom(call, group),
    })
    return {}
  },
})

/** `group_open_http_svc/destroy_group` (rest-2 section 4.5). */
const dismissRequest = Type.Object({ GroupId: groupId })
const dismissCommand = defineCommand({
  name: 'group_open_http_svc/destroy_group',
  summary: 'Dismisses a group for good.',
  http: 'admin',
  request: dismissRequest,
  socket: { request: dismissRequest },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    await dismissGroup(call.services.store, await groupCall(call, call.body.GroupId))
    return {}
  },
})

const transfer = {
  GroupId: groupId,
  NewOwner_Account: Type.String({ minLength: 1, description: 'UserID of a member, who is the owner then.' }),
}

/** `group_open_http_svc/change_group_owner` (rest-2 section 4.6). */
const transferCommand = defineCommand({
  name: 'group_open_http_svc/change_group_owner',
  summary: 'Hands a group over to one of its members.',
  http: 'admin',
  request: Type.Object({ From_Account: operator, ...transfer }),
  socket: { request: Type.Object(transfer) },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_NOT_FOUND],
  async handler(call) {
    const group = await groupOf(call, call.body.GroupId)
    const actor = await actorOf(call, call.body.From_Account)
    const to = await accountOf(call, call.body.NewOwner_Account)
    await call.services.store.mutate(transferGroup, {
      ...callOn(call, group, actor),
      to: to.id,
      from: group.owner_id,
    })
    return {}
  },
})

const joinedFilter = Type.Object(
  {
    ...filters,
    SelfInfoFilter: Type.Optional(names('Names of the fields of the membership that are answered.')),
  },
  { description: 'What is answered beside the ids.' },
)
const flag = (description: string) => Type.Optional(count(1, description))

/** `group_open_http_svc/get_joined_group_list` (rest-2 section 4.7). Live rooms have no stored members. */
const joinedCommand = defineCommand({
  name: 'group_open_http_svc/get_joined_group_list',
  summary: 'Lists the groups that a user is in.',
  http: 'admin',
  request: Type.Object({
    Member_Account: userId,
    WithHugeGroups: flag('1: live rooms too.'),
    WithNoActiveGroups: flag('1: work groups without a message so far too.'),
    Limit: Type.Optional(count(5000, 'Groups of a page; absent: all.')),
    Offset: Type.Optional(count(2_147_483_647, 'Groups to leave out at the start.')),
    GroupType: groupType,
    SupportTopic: flag('1: only communities with topics.'),
    ResponseFilter: Type.Optional(joinedFilter),
  }),
  spellings: { Type: 'GroupType' },
  response: Type.Object({
    TotalCount: Type.Integer({ description: 'Groups in all.' }),
    GroupIdList: Type.Array(Type.Object({ GroupId: groupId }, { additionalProperties: true }), {
      description: 'The groups, each with the fields that were asked for.',
    }),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_RESPONSE_SIZE_LIMIT],
  async handler(call) {
    const { body, caller, services } = call
    const type = body.GroupType === undefined ? undefined : typeOf(body.GroupType, 'GroupType')
    if (body.SupportTopic === 1 && type !== 'Community')
      throw badField('SupportTopic', 'needs GroupType Community')
    const account = await services.accounts.find(caller.app.id, body.Member_Account)
    if (!account) return { TotalCount: 0, GroupIdList: [] }
    const { read } = services.store
    let query = read
      .selectFrom('group_member as member')
      .innerJoin('chat_group', join =>
        join
          .onRef('chat_group.app_id', '=', 'member.app_id')
          .onRef('chat_group.group_no', '=', 'member.group_no'),
      )
      .where('member.app_id', '=', caller.app.id)
      .where('member.account_id', '=', account.id)
      .where('chat_group.dismissed', '=', 0)
      // Rows of live rooms are of their admins, who need not be inside.
      .where('chat_group.type', '<>', 'AVChatRoom')
      .where('chat_group.support_topic', '=', body.SupportTopic ?? 0)
    if (type) query = query.where('chat_group.type', '=', type)
    if (body.WithNoActiveGroups !== 1) query = query.where('chat_group.active', '=', 1)
    const rows = await query.selectAll('chat_group').execute()
    if (body.WithHugeGroups === 1 && (type ?? 'AVChatRoom') === 'AVChatRoom' && body.SupportTopic !== 1)
      rows.push(...(await roomsOf(call, account.id)))
    rows.sort((a, b) => a.group_no - b.group_no)
    const offset = body.Offset ?? 0
    const page = rows.slice(offset, body.Limit === undefined ? undefined : offset + body.Limit)
    const GroupIdList = []
    for (const row of page) GroupIdList.push(await joinedItem(call, row, account.id, body.ResponseFilter))
    return withinSize({ TotalCount: rows.length, GroupIdList })
  },
})

/** Living live rooms that an account is in. */
async function roomsOf(
  { caller, services }: Pick<Call<unknown>, 'caller' | 'services'>,
  account: number,
): Promise<GroupRow[]> {
  const rooms = await services.rooms.counts.roomsOf(caller.app.id, account)
  if (rooms.length === 0) return []
  return services.store.read
    .selectFrom('chat_group')
    .selectAll()
    .where('app_id', '=', caller.app.id)
    .where('group_no', 'in', rooms)
    .where('dismissed', '=', 0)
    .execute()
}

async function joinedItem(
  call: Pick<Call<unknown>, 'services'>,
  group: GroupRow,
  account: number,
  filter: Type.Static<typeof joinedFilter> | undefined,
): Promise<object> {
  if (!filter) return { GroupId: group.name }
  const { read } = call.services.store
  const wire = await wireGroup(read, group, 'AppAdmin')
  const { row } = await call.services.groups.membership(group, account)
  const self = filter.SelfInfoFilter && row ? await wireSelf(read, group, row, now(), true) : undefined
  return {
    GroupId: group.name,
    ...pick(shownGroup(wire, group), filter.GroupBaseInfoFilter ?? []),
    ...(filter.AppDefinedDataFilter_Group && {
      AppDefinedData: pickFields(wire.AppDefinedData, filter.AppDefinedDataFilter_Group),
    }),
    ...(self && { SelfInfo: pick({ ...self }, filter.SelfInfoFilter) }),
    ...(row &&
      filter.AppDefinedDataFilter_GroupMember && {
        AppMemberDefinedData: pickFields(JSON.parse(row.custom), filter.AppDefinedDataFilter_GroupMember),
      }),
  }
}

export const profileCommands: readonly Command[] = [
  appGroupsCommand,
  groupInfoCommand,
  changeCommand,
  dismissCommand,
  transferCommand,
  joinedCommand,
]
