import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupType, WireCustomField } from '@rookery/protocol/wire-group'
import Type from 'typebox'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { checkFields, mergeFields } from '../custom-fields/custom-fields.ts'
import { badField, denied, requireBatch } from '../group-error.ts'
import { type CreatedGroup, createGroup } from '../profile/create-group.ts'
import { memberFieldBounds } from '../profile/group-text.ts'
import { type NewGroup, newGroup } from '../profile/new-group.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { accountOf, accountsOf, actorOf, COMMON_ERRORS, typeOf } from './group-caller.ts'
import {
  count,
  groupCustom,
  groupId,
  groupName,
  memberCustom,
  options,
  permissionFields,
  texts,
  type,
  userId,
} from './group-fields.ts'

const memberItem = Type.Object({
  Member_Account: userId,
  Role: Type.Optional(Type.Literal('Admin', { description: 'Only `Admin`.' })),
  AppMemberDefinedData: Type.Optional(memberCustom),
})

const fields = {
  Type: type,
  Name: groupName,
  GroupId: Type.Optional(groupId),
  ...texts,
  ...options,
  MaxMemberCount: Type.Optional(count(2_147_483_647, 'Most members; absent: as many as the app allows.')),
  AppDefinedData: Type.Optional(groupCustom),
  SupportTopic: Type.Optional(count(1, '1: a community with topics.')),
  ...permissionFields,
}
const owner = Type.Optional(
  Type.String({ minLength: 1, description: 'UserID of the owner; absent: nobody owns the group.' }),
)
const members = Type.Optional(
  Type.Array(memberItem, { description: 'The first members, the owner not necessarily among them.' }),
)
const request = Type.Object({ Owner_Account: owner, ...fields, MemberList: members })

const errors = [
  ...COMMON_ERRORS,
  ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT,
  ErrorCode.GROUP_FREQ_LIMIT,
  ErrorCode.GROUP_FULL,
  ErrorCode.GROUP_ACCOUNT_NOT_FOUND,
  ErrorCode.GROUP_ID_IN_USE,
  ErrorCode.GROUP_ID_IN_USE_BY_SELF,
  ErrorCode.GROUP_LIVE_ROOM_COUNT_LIMIT,
  ErrorCode.GROUP_JOINED_COUNT_LIMIT,
  ErrorCode.GROUP_MEMBER_COUNT_LIMIT,
  ErrorCode.GROUP_TRIAL_COUNT_LIMIT,
  ErrorCode.COMMUNITY_DISABLED,
]

/** `group_open_http_svc/create_group` (rest-2 section 4.2). */
const createCommand = defineCommand({
  name: 'group_open_http_svc/create_group',
  summary: 'Makes a group with its owner and first members.',
  http: 'admin',
  request,
  socket: { request: Type.Object({ ...fields, MemberList: members }) },
  response: Type.Object({
    GroupId: groupId,
    Type: type,
    OverJoinedGroupLimit_Account: Type.Optional(
      Type.Array(userId, { description: 'Members that were left out: they are in too many groups.' }),
    ),
  }),
  errors,
  async handler(call) {
    const { body } = call
    const groupType = typeOf(body.Type)
    const { created, overLimit } = await create(call, groupType, body, { members: body.MemberList ?? [] })
    return {
      GroupId: created.groupId,
      Type: groupType,
      ...(overLimit.length > 0 && { OverJoinedGroupLimit_Account: overLimit }),
    }
  },
})

/** `group_open_http_svc/import_group` (rest-2 section 7.1). */
const importCommand = defineCommand({
  name: 'group_open_http_svc/import_group',
  summary: 'Makes a group of before, of which nobody is told.',
  http: 'admin',
  request: Type.Object({
    Owner_Account: owner,
    ...fields,
    CreateTime: Type.Optional(count(4_294_967_295, 'When it was made, Unix seconds; not in the future.')),
  }),
  response: Type.Object({ GroupId: groupId }),
  errors,
  async handler(call) {
    const groupType = typeOf(call.body.Type)
    if (!TYPE_RULES[groupType].importable) throw denied('Live rooms are not imported.', 'type')
    const now = Math.floor(Date.now() / 1000)
    const createTime = call.body.CreateTime ?? now
    if (createTime > now) throw badField('CreateTime', 'lies in the future')
    const { created } = await create(call, groupType, call.body, { members: [], createTime })
    return { GroupId: created.groupId }
  },
})

interface Given extends NewGroup {
  readonly Owner_Account?: string
}

interface First {
  readonly members: readonly {
    readonly Member_Account: string
    readonly Role?: 'Admin'
    readonly AppMemberDefinedData?: readonly WireCustomField[]
  }[]
  readonly createTime?: number
}

async function create(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  groupType: GroupType,
  given: Given,
  first: First,
): Promise<{ created: CreatedGroup; overLimit: string[] }> {
  const { caller, services } = call
  const { app } = caller
  const rules = TYPE_RULES[groupType]
  requireBatch('MemberList', first.members, app.setting('group.initialMembersMax'))
  const args = newGroup(app, groupType, given, caller.door === 'socket')
  if (!rules.storesMembers && first.members.length > 0)
    throw denied('A live room has no members to begin with; everybody enters by themselves.', 'type')
  const bounds = memberFieldBounds(app)
  for (const member of first.members) {
    if (member.Role && !rules.roles.includes('Admin'))
      throw badField('MemberList.Role', `cannot be Admin in a group of type ${groupType}`)
    checkFields('AppMemberDefinedData', member.AppMemberDefinedData ?? [], bounds)
  }
  const actor = await actorOf(call)
  const owner = await ownerOf(call, given.Owner_Account)
  const known = await accountsOf(
    call,
    first.members.map(member => member.Member_Account),
  )
  const members = new Map(
    first.members.flatMap(member => {
      const account = known.get(member.Member_Account)
      const custom = mergeFields('AppMemberDefinedData', '[]', member.AppMemberDefinedData ?? [], bounds)
      return account ? [[account.id, { account: account.id, admin: member.Role === 'Admin', custom }]] : []
    }),
  )
  const created = await services.store.mutate(createGroup, {
    ...args,
    actor,
    owner,
    members: [...members.values()],
    ...(first.createTime !== undefined && { createTime: first.createTime, active: true }),
  })
  const nameOf = new Map([...known].map(([name, account]) => [account.id, name]))
  return { created, overLimit: created.overLimit.flatMap(account => nameOf.get(account) ?? []) }
}

async function ownerOf(call: Pick<Call<unknown>, 'caller' | 'services'>, named: string | undefined) {
  if (call.caller.door === 'socket') return call.caller.accountId
  return named === undefined ? 0 : (await accountOf(call, named)).id
}

export const createGroupCommands: readonly Command[] = [createCommand, importCommand]
