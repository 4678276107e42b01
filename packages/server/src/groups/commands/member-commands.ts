import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { accountState, platformStates } from '../../accounts/online-status.ts'
import { type Command, defineCommand } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { MemberRole } from '../../store/schema.ts'
import { checkFields } from '../custom-fields/custom-fields.ts'
import { readableMembers } from '../custom-fields/field-reader.ts'
import { badField, requireBatch } from '../group-error.ts'
import { memberRows } from '../group-rows.ts'
import { roleName } from '../judge.ts'
import { AddResult, addMembers } from '../members/add-members.ts'
import { changeMember } from '../members/change-member.ts'
import { importMembers } from '../members/import-members.ts'
import { type ListedMember, listMembers, namedMembers } from '../members/member-list.ts'
import { removeMembers } from '../members/remove-members.ts'
import { memberFieldBounds } from '../profile/group-text.ts'
import { changeInTopic } from './change-in-topic.ts'
import {
  accountOf,
  accountsOf,
  COMMON_ERRORS,
  groupCall,
  groupOf,
  requireRead,
  withinSize,
} from './group-caller.ts'
import {
  accounts,
  CALL_BOUNDS,
  count,
  groupId,
  memberCustom,
  memberResult,
  names,
  receiveOption,
  seconds,
  silence,
  userId,
} from './group-fields.ts'
import { memberFilter, pick, pickFields, shownMember } from './shown-fields.ts'

const now = () => Math.floor(Date.now() / 1000)
const role = (description: string) =>
  Type.Union([Type.Literal('Owner'), Type.Literal('Admin'), Type.Literal('Member')], { description })
const RANKS = { Owner: MemberRole.OWNER, Admin: MemberRole.ADMIN, Member: MemberRole.MEMBER } as const

const memberFilters = {
  MemberInfoFilter: Type.Optional(names('Names of the fields that are answered; absent: all.')),
  MemberRoleFilter: Type.Optional(
    Type.Array(role('Owner, Admin or Member.'), { description: 'Only members with these roles.' }),
  ),
  AppDefinedDataFilter_GroupMember: Type.Optional(names('Keys of the custom fields that are answered.')),
}
const shownList = Type.Array(Type.Object({ Member_Account: userId }, { additionalProperties: true }), {
  description: 'The members, each with the fields that were asked for.',
})

interface Filters {
  readonly MemberInfoFilter?: readonly string[]
  readonly AppDefinedDataFilter_GroupMember?: readonly string[]
}

function shownBy(member: ListedMember, filters: Filters, withPerson: boolean): Record<string, unknown> {
  const { MemberInfoFilter, AppDefinedDataFilter_GroupMember: keys } = filters
  return {
    ...pick(shownMember(member.shown, withPerson), memberFilter(MemberInfoFilter)),
    ...((keys !== undefined || MemberInfoFilter === undefined) && {
      AppMemberDefinedData: pickFields(member.shown.AppMemberDefinedData, keys),
    }),
  }
}

/** Members that an answer without pages takes (rest-2 section 5.1). */
const MEMBERS_MAX = 6000

const listRequest = Type.Object({
  GroupId: groupId,
  Limit: Type.Optional(count(MEMBERS_MAX, 'Members of a page; absent: all.')),
  Offset: Type.Optional(count(2_147_483_647, 'Members to leave out at the start.')),
  Next: Type.Optional(
    Type.Union([Type.String(), Type.Integer()], {
      description: 'Of a community, in place of Offset: empty first, then the answered value.',
    }),
  ),
  ...memberFilters,
})

/** `group_open_http_svc/get_group_member_info` (rest-2 section 5.1). */
const listCommand = defineCommand({
  name: 'group_open_http_svc/get_group_member_info',
  summary: 'Lists the members of a group: the owner, then the others by the time of joining.',
  http: 'admin',
  request: listRequest,
  socket: { request: listRequest },
  response: Type.Object({
    MemberNum: Type.Integer({ description: 'Members in all, whatever was asked for.' }),
    MemberList: shownList,
    Next: Type.Optional(
      Type.String({ description: 'Of a community: for the next page; empty: it was the last.' }),
    ),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_RESPONSE_SIZE_LIMIT, ErrorCode.GROUP_TOO_MANY_MEMBERS],
  async handler(call) {
    const { body } = call
    const group = await groupOf(call, body.GroupId)
    const role = await requireRead(call, 'listMembers', group)
    if (body.Limit === undefined && group.member_count > MEMBERS_MAX)
      throw new CommandError(
        ErrorCode.GROUP_TOO_MANY_MEMBERS,
        `The group has ${group.member_count} members; ask for pages with Limit.`,
        { check: 'members', max: MEMBERS_MAX },
      )
    const limit = body.Limit ?? MEMBERS_MAX
    const pages = group.type === 'Community'
    const after = pages ? cursorOf(body.Next) : undefined
    const members = await listMembers(
      call.services.store.read,
      group,
      {
        limit: limit + 1,
        ...(body.Offset !== undefined && { offset: body.Offset }),
        ...(after && { after }),
        ...(body.MemberRoleFilter && { roles: body.MemberRoleFilter.map(name => RANKS[name]) }),
      },
      now(),
    )
    const page = await readableMembers(call, group, members.slice(0, limit), role)
    const last = page.at(-1)
    return withinSize({
      MemberNum: group.member_count,
      MemberList: page.map(member => shownBy(member, body, call.caller.door === 'socket')),
      ...(pages && {
        Next: last && members.length > limit ? `${last.joinTime}.${last.account}` : '',
      }),
    })
  },
})

/** Undefined for the start: 0, "0" and "" (rest-2 section 2.9). */
function cursorOf(next: string | number | undefined): { joinTime: number; account: number } | undefined {
  const text = String(next ?? '')
  if (text === '' || text === '0') return undefined
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(text)
  if (!match) throw badField('Next', 'is not a value that this command answered')
  return { joinTime: Number(match[1]), account: Number(match[2]) }
}

const namedRequest = Type.Object({
  GroupId: groupId,
  Member_List_Account: Type.Array(Type.String(), {
    minItems: 1,
    maxItems: CALL_BOUNDS.namedMembers,
    description: 'UserIDs of the members.',
  }),
  ...memberFilters,
})

/** `group_open_http_svc/get_specified_group_member_info` (rest-2 section 5.2). */
const namedCommand = defineCommand({
  name: 'group_open_http_svc/get_specified_group_member_info',
  summary: 'Shows named members of a group; who is no member is left out.',
  http: 'admin',
  request: namedRequest,
  socket: { request: namedRequest },
  response: Type.Object({ GroupId: groupId, MemberList: shownList }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body, caller, services } = call
    const group = await groupOf(call, body.GroupId)
    const role = await requireRead(call, 'listMembers', group)
    const known = await accountsOf(call, body.Member_List_Account)
    const found = await namedMembers(
      services.store.read,
      group,
      [...known.values()].map(account => account.id),
      now(),
    )
    const readable = await readableMembers(call, group, found, role)
    const byId = new Map(readable.map(member => [member.account, member]))
    const roles = body.MemberRoleFilter
    const wantsStatus = body.MemberInfoFilter?.includes('OnlineStatus') ?? false
    const states = wantsStatus
      ? await platformStates(
          services.store,
          caller.app.id,
          [...known.values()].filter(account => byId.has(account.id)),
          caller.app.setting('status.pushOnlineDays'),
        )
      : undefined
    return {
      GroupId: group.name,
      MemberList: [...new Set(body.Member_List_Account)].flatMap(name => {
        const account = known.get(name)
        const member = account && byId.get(account.id)
        if (!account || !member || (roles && !roles.includes(member.shown.Role))) return []
        return {
          ...shownBy(member, body, caller.door === 'socket'),
          ...(states && { OnlineStatus: accountState(states.get(account.id) ?? []) }),
        }
      }),
    }
  },
})

const addRequest = Type.Object({
  GroupId: groupId,
  Silence: silence,
  MemberList: Type.Array(Type.Object({ Member_Account: userId }), {
    minItems: 1,
    description: 'The accounts to add.',
  }),
})
const memberResults = Type.Array(memberResult, { description: 'The outcome for each account, in order.' })

/** `group_open_http_svc/add_group_member` (rest-2 section 5.3). */
const addCommand = defineCommand({
  name: 'group_open_http_svc/add_group_member',
  summary: 'Adds accounts to a group or invites them, each with its own result.',
  http: 'admin',
  request: addRequest,
  socket: {
    request: Type.Object({
      GroupId: addRequest.properties.GroupId,
      MemberList: addRequest.properties.MemberList,
    }),
  },
  response: Type.Object({ MemberList: memberResults }),
  errors: [
    ...COMMON_ERRORS,
    ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT,
    ErrorCode.GROUP_FULL,
    ErrorCode.GROUP_ACCOUNT_NOT_FOUND,
  ],
  async handler(call) {
    const { body, caller } = call
    const { app } = caller
    requireBatch('MemberList', body.MemberList, app.setting('group.addPerCall'))
    const target = await groupCall(call, body.GroupId)
    const given = body.MemberList.map(member => member.Member_Account)
    const known = await accountsOf(call, given)
    const ids = [...known.values()].map(account => account.id)
    const results = await call.services.store.mutate(addMembers, {
      ...target,
      accounts: ids,
      silent: body.Silence === 1,
      joinedMax: app.setting('group.joinedMax'),
      needsConsent: app.setting('group.inviteNeedsConsent'),
    })
    const byId = new Map(ids.map((id, index) => [id, results[index]]))
    return {
      MemberList: given.map(Member_Account => ({
        Member_Account,
        Result: byId.get(known.get(Member_Account)?.id ?? 0) ?? AddResult.FAILED,
      })),
    }
  },
})

const removeFields = {
  GroupId: groupId,
  MemberToDel_Account: accounts('UserIDs of the members to remove.'),
  Reason: Type.Optional(Type.String({ description: 'Shown to who is removed, up to 1000 bytes.' })),
}
const REASON_BYTES = 1000

/** `group_open_http_svc/delete_group_member` (rest-2 section 5.4). */
const removeCommand = defineCommand({
  name: 'group_open_http_svc/delete_group_member',
  summary: 'Removes members from a group; who is none is passed over.',
  http: 'admin',
  request: Type.Object({ ...removeFields, Silence: silence }),
  socket: { request: Type.Object(removeFields) },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT],
  async handler(call) {
    const { body, caller } = call
    requireBatch('MemberToDel_Account', body.MemberToDel_Account, caller.app.setting('group.deletePerCall'))
    if (Buffer.byteLength(body.Reason ?? '') > REASON_BYTES)
      throw badField('Reason', `has more than ${REASON_BYTES} bytes`)
    const target = await groupCall(call, body.GroupId)
    const known = await accountsOf(call, body.MemberToDel_Account)
    await call.services.store.mutate(removeMembers, {
      ...target,
      accounts: [...known.values()].map(account => account.id),
      silent: body.Silence === 1,
      reason: body.Reason ?? '',
    })
    return {}
  },
})

const changeRequest = Type.Object({
  GroupId: groupId,
  Member_Account: userId,
  Role: Type.Optional(
    Type.Union([Type.Literal('Admin'), Type.Literal('Member')], { description: 'The new role.' }),
  ),
  MsgFlag: Type.Optional(receiveOption),
  NameCard: Type.Optional(Type.String({ description: 'Name in this group.' })),
  AppMemberDefinedData: Type.Optional(memberCustom),
  MuteTime: Type.Optional(seconds('Seconds of a mute from now on; 0: no mute, 4294967295: for ever.')),
  ShutUpUntil: Type.Optional(seconds('End of a mute, Unix seconds (older form).')),
})

/** `group_open_http_svc/modify_group_member_info` (rest-2 section 5.5). */
const changeMemberCommand = defineCommand({
  name: 'group_open_http_svc/modify_group_member_info',
  summary: "Changes a member's role, mute, name card, custom fields or receive option.",
  http: 'admin',
  request: changeRequest,
  socket: { request: changeRequest },
  spellings: { ShutUpTime: 'MuteTime' },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_NOT_FOUND],
  async handler(call) {
    const { body, caller } = call
    const { app } = caller
    checkFields('AppMemberDefinedData', body.AppMemberDefinedData ?? [], memberFieldBounds(app))
    requireNameCard(body.NameCard, app.setting('group.nameCardBytes'))
    const group = await groupOf(call, body.GroupId)
    const account = await accountOf(call, body.Member_Account)
    const muteSeconds =
      body.MuteTime ?? (body.ShutUpUntil === undefined ? undefined : Math.max(0, body.ShutUpUntil - now()))
    if (group.community_no > 0) {
      await changeInTopic(call, group, account.id, body, muteSeconds)
      return {}
    }
    const target = await groupCall(call, body.GroupId)
    await call.services.store.mutate(changeMember, {
      ...target,
      account: account.id,
      fields: {
        ...(body.Role !== undefined && { role: body.Role }),
        ...(body.MsgFlag !== undefined && { receiveOption: body.MsgFlag }),
        ...(body.NameCard !== undefined && { nameCard: body.NameCard }),
        ...(body.AppMemberDefinedData !== undefined && { custom: body.AppMemberDefinedData }),
        ...(muteSeconds !== undefined && { muteSeconds }),
      },
      bounds: memberFieldBounds(app),
      adminsMax: app.setting('group.adminsMax'),
    })
    return {}
  },
})

/** Throws 10004 for a name card over the app's limit. */
export function requireNameCard(nameCard: string | undefined, max: number): void {
  const bytes = Buffer.byteLength(nameCard ?? '')
  if (bytes > max) throw badField('NameCard', `has ${bytes} bytes; at most ${max} are allowed`)
}

const rolesRequest = Type.Object({ GroupId: groupId, User_Account: accounts('UserIDs to look for.') })

/** `group_open_http_svc/get_role_in_group` (rest-2 section 5.6). */
const rolesCommand = defineCommand({
  name: 'group_open_http_svc/get_role_in_group',
  summary: 'Tells the roles of accounts in a group.',
  http: 'admin',
  request: rolesRequest,
  socket: { request: rolesRequest },
  response: Type.Object({
    UserIdList: Type.Array(
      Type.Object({
        Member_Account: userId,
        Role: Type.String({ description: 'Owner, Admin, Member or NotMember.' }),
      }),
      { description: 'The role of each account, in order.' },
    ),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT],
  async handler(call) {
    const { body } = call
    requireBatch('User_Account', body.User_Account, CALL_BOUNDS.roles)
    const group = await groupOf(call, body.GroupId)
    await requireRead(call, 'listMembers', group)
    const known = await accountsOf(call, body.User_Account)
    const rows = await memberRows(
      call.services.store.read,
      group,
      [...known.values()].map(account => account.id),
    )
    return {
      UserIdList: body.User_Account.map(Member_Account => {
        const row = rows.get(known.get(Member_Account)?.id ?? 0)
        return { Member_Account, Role: row ? roleName(row.role) : 'NotMember' }
      }),
    }
  },
})

/** `group_open_http_svc/import_group_member` (rest-2 section 7.2). */
const importCommand = defineCommand({
  name: 'group_open_http_svc/import_group_member',
  summary: 'Adds members of before, of which nobody is told.',
  http: 'admin',
  request: Type.Object({
    GroupId: groupId,
    MemberList: Type.Array(
      Type.Object({
        Member_Account: userId,
        Role: Type.Optional(Type.Literal('Admin', { description: 'Only `Admin`.' })),
        JoinTime: Type.Optional(count(4_294_967_295, 'When the member joined, Unix seconds.')),
        UnreadMsgNum: Type.Optional(count(2_147_483_647, 'Messages that the member has not read.')),
      }),
      { minItems: 1, description: 'The members.' },
    ),
  }),
  response: Type.Object({ MemberList: memberResults }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT, ErrorCode.GROUP_FULL],
  async handler(call) {
    const { body, caller } = call
    requireBatch('MemberList', body.MemberList, caller.app.setting('group.importMembersMax'))
    const group = await groupOf(call, body.GroupId)
    const known = await accountsOf(
      call,
      body.MemberList.map(member => member.Member_Account),
    )
    const members = body.MemberList.flatMap(member => {
      const account = known.get(member.Member_Account)
      if (!account) return []
      return {
        account: account.id,
        admin: member.Role === 'Admin',
        ...(member.JoinTime !== undefined && { joinTime: member.JoinTime }),
        ...(member.UnreadMsgNum !== undefined && { unread: member.UnreadMsgNum }),
      }
    })
    const results = await call.services.store.mutate(importMembers, {
      app: caller.app.id,
      group: group.group_no,
      members,
      joinedMax: caller.app.setting('group.joinedMax'),
    })
    let next = 0
    return {
      MemberList: body.MemberList.map(({ Member_Account }) => ({
        Member_Account,
        Result: known.has(Member_Account) ? (results[next++] ?? AddResult.FAILED) : AddResult.FAILED,
      })),
    }
  },
})

export const memberCommands: readonly Command[] = [
  listCommand,
  namedCommand,
  addCommand,
  removeCommand,
  changeMemberCommand,
  rolesCommand,
  importCommand,
]
