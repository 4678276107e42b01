import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { requireInside } from '../audience/require-insider.ts'
import { accountsOf, actorOf, COMMON_ERRORS, groupOf } from '../commands/group-caller.ts'
import { count, groupId, permissionMask as permission, userId } from '../commands/group-fields.ts'
import { badField, denied, requireBatch } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import {
  type ChangeTopicMasks,
  changePermissionMembers,
  changeTopicMasks,
  createPermissionGroup,
  destroyPermissionGroups,
  modifyPermissionGroup,
  type PermissionCall,
} from './change-permissions.ts'
import { requireMask, shownMask } from './permission-mask.ts'

type AnyCall = Pick<Call<unknown>, 'caller' | 'services'>

const NAME_BYTES = 150
const TOPICS_A_CALL = 50
const MEMBERS_A_CALL = 100
const GROUPS_A_PAGE = 20
const MEMBERS_A_PAGE = 200

const id = Type.String({ minLength: 1, description: 'Id of the permission group.' })
const name = Type.String({ minLength: 1, description: 'Name of the permission group, up to 150 bytes.' })
const custom = Type.Optional(Type.String({ description: "The app's own text, up to 3000 bytes." }))
const code = Type.Integer({ description: '0, or why it was not done.' })
const info = Type.String({ description: 'What failed.' })

async function communityOf(call: AnyCall, groupName: string): Promise<GroupRow> {
  const group = await groupOf(call, groupName)
  if (!TYPE_RULES[group.type].topics || group.community_no > 0)
    throw denied(`${groupName} is no community; only communities have permission groups.`, 'type')
  return group
}

async function permissionCall(call: AnyCall, groupName: string): Promise<PermissionCall> {
  const community = await communityOf(call, groupName)
  return { app: community.app_id, group: community.group_no, actor: await actorOf(call) }
}

function checkTexts(
  call: AnyCall,
  body: { readonly PermissionGroupName?: string; readonly CustomString?: string },
): void {
  if (Buffer.byteLength(body.PermissionGroupName ?? '') > NAME_BYTES)
    throw badField('PermissionGroupName', `has more than ${NAME_BYTES} bytes`)
  const max = call.caller.app.setting('topic.customBytes')
  if (Buffer.byteLength(body.CustomString ?? '') > max)
    throw badField('CustomString', `has more than ${max} bytes`)
}

const createRequest = Type.Object({
  GroupId: groupId,
  PermissionGroupName: name,
  Permission: permission,
  PermissionGroupId: Type.Optional(id),
  CustomString: custom,
})
/** `group_open_http_svc/create_permission_group` (rest-2 section 8.9). */
const createCommand = defineCommand({
  name: 'group_open_http_svc/create_permission_group',
  summary: 'Makes a permission group in a community.',
  http: 'admin',
  request: createRequest,
  socket: { request: createRequest },
  response: Type.Object({ PermissionGroupId: id }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ID_IN_USE_BY_SELF],
  async handler(call) {
    const { body } = call
    checkTexts(call, body)
    const PermissionGroupId = await call.services.store.mutate(createPermissionGroup, {
      ...(await permissionCall(call, body.GroupId)),
      ...(body.PermissionGroupId !== undefined && { id: body.PermissionGroupId }),
      title: body.PermissionGroupName,
      permission: requireMask('Permission', body.Permission),
      customString: body.CustomString ?? '',
    })
    return { PermissionGroupId }
  },
})

const modifyRequest = Type.Object({
  GroupId: groupId,
  PermissionGroupId: id,
  PermissionGroupName: Type.Optional(name),
  Permission: Type.Optional(permission),
  CustomString: custom,
})
/** `group_open_http_svc/modify_permission_group` (rest-2 section 8.9). */
const modifyCommand = defineCommand({
  name: 'group_open_http_svc/modify_permission_group',
  summary: 'Changes a permission group.',
  http: 'admin',
  request: modifyRequest,
  socket: { request: modifyRequest },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body } = call
    checkTexts(call, body)
    await call.services.store.mutate(modifyPermissionGroup, {
      ...(await permissionCall(call, body.GroupId)),
      id: body.PermissionGroupId,
      ...(body.PermissionGroupName !== undefined && { title: body.PermissionGroupName }),
      ...(body.Permission !== undefined && { permission: requireMask('Permission', body.Permission) }),
      ...(body.CustomString !== undefined && { customString: body.CustomString }),
    })
    return {}
  },
})

const destroyRequest = Type.Object({
  GroupId: groupId,
  PermissionGroupIdList: Type.Array(id, { minItems: 1, maxItems: 20, description: 'The permission groups.' }),
})
/** `group_open_http_svc/destroy_permission_group` (rest-2 section 8.9). */
const destroyCommand = defineCommand({
  name: 'group_open_http_svc/destroy_permission_group',
  summary: 'Destroys permission groups.',
  http: 'admin',
  request: destroyRequest,
  socket: { request: destroyRequest },
  response: Type.Object({
    PermissionGroupResultList: Type.Array(
      Type.Object({ PermissionGroupId: id, ErrorCode: code, ErrorInfo: info }),
      { description: 'The outcome for each.' },
    ),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { GroupId, PermissionGroupIdList } = call.body
    const missing = await call.services.store.mutate(destroyPermissionGroups, {
      ...(await permissionCall(call, GroupId)),
      ids: PermissionGroupIdList,
    })
    return {
      PermissionGroupResultList: PermissionGroupIdList.map(PermissionGroupId => ({
        PermissionGroupId,
        ...outcome(missing.includes(PermissionGroupId) ? ErrorCode.GROUP_PARAMETER_INVALID : 0),
      })),
    }
  },
})

function outcome(ErrorCode: number): { ErrorCode: number; ErrorInfo: string } {
  return { ErrorCode, ErrorInfo: ErrorCode === 0 ? '' : 'There is no such one, or it can not be changed so.' }
}

const getRequest = Type.Object({
  GroupId: groupId,
  PermissionGroupIdList: Type.Optional(
    Type.Array(id, { maxItems: 20, description: 'The permission groups.' }),
  ),
  Limit: Type.Optional(count(GROUPS_A_PAGE, 'Permission groups of a page.')),
  Next: Type.Optional(
    Type.String({ description: '`Next` of the last answer; empty or absent: the first page.' }),
  ),
})
/** `group_open_http_svc/get_permission_group` (rest-2 section 8.9). */
const getCommand = defineCommand({
  name: 'group_open_http_svc/get_permission_group',
  summary: 'Shows permission groups of a community.',
  http: 'admin',
  request: getRequest,
  socket: { request: getRequest },
  response: Type.Object({
    PermissionGroupInfoList: Type.Array(
      Type.Object(
        { PermissionGroupId: id, ErrorCode: code, ErrorInfo: info },
        { additionalProperties: true, description: 'A permission group (rest-2 section 2.8).' },
      ),
      { description: 'The permission groups.' },
    ),
    Next: Type.String({ description: 'For the next page; empty: this was the last one.' }),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body, services } = call
    const community = await communityOf(call, body.GroupId)
    await requireInside(call, community)
    const limit = body.Limit || GROUPS_A_PAGE
    const wanted = body.PermissionGroupIdList
    const rows = await services.store.read
      .selectFrom('permission_group as permission')
      .selectAll()
      .select(eb =>
        eb
          .selectFrom('permission_member as member')
          .select(inner => inner.fn.countAll<number>().as('n'))
          .whereRef('member.app_id', '=', 'permission.app_id')
          .whereRef('member.group_no', '=', 'permission.group_no')
          .whereRef('member.name', '=', 'permission.name')
          .as('members'),
      )
      .where('app_id', '=', community.app_id)
      .where('group_no', '=', community.group_no)
      .where('name', '>', body.Next ?? '')
      .orderBy('name')
      .$if(wanted !== undefined, query => query.where('name', 'in', wanted ?? []))
      .limit((wanted ? wanted.length : limit) + 1)
      .execute()
    const shown = (wanted ? rows : rows.slice(0, limit)).map(row => ({
      PermissionGroupId: row.name,
      ErrorCode: 0,
      ErrorInfo: '',
      PermissionGroupName: row.title,
      Permission: shownMask(row.permission),
      CustomString: row.custom_string,
      MemberNum: Number(row.members),
      CreateTime: row.created,
    }))
    const missing = (wanted ?? []).filter(
      PermissionGroupId => !rows.some(row => row.name === PermissionGroupId),
    )
    return {
      PermissionGroupInfoList: [
        ...shown,
        ...missing.map(PermissionGroupId => ({
          PermissionGroupId,
          ...outcome(ErrorCode.GROUP_PARAMETER_INVALID),
        })),
      ],
      Next: !wanted && rows.length > limit ? (shown.at(-1)?.PermissionGroupId ?? '') : '',
    }
  },
})

const topicResults = Type.Object({
  TopicPermissionResultList: Type.Array(
    Type.Object({
      TopicId: Type.String({ description: 'Id of the topic.' }),
      ErrorCode: code,
      ErrorInfo: info,
    }),
    { description: 'The outcome for each topic.' },
  ),
})
const topicName = Type.String({ minLength: 1, description: 'Id of the topic.' })
const topicIds = Type.Array(topicName, { minItems: 1, maxItems: TOPICS_A_CALL, description: 'The topics.' })
const masksRequest = Type.Object({
  GroupId: groupId,
  PermissionGroupId: id,
  TopicPermissionList: Type.Array(Type.Object({ TopicId: topicName, Permission: permission }), {
    minItems: 1,
    maxItems: TOPICS_A_CALL,
    description: 'Topics with their masks.',
  }),
})
const unmaskRequest = Type.Object({ GroupId: groupId, PermissionGroupId: id, TopicIdList: topicIds })

async function changeMasks(
  call: AnyCall,
  body: { readonly GroupId: string; readonly PermissionGroupId: string },
  operation: ChangeTopicMasks['operation'],
  topics: ChangeTopicMasks['topics'],
) {
  const codes = await call.services.store.mutate(changeTopicMasks, {
    ...(await permissionCall(call, body.GroupId)),
    id: body.PermissionGroupId,
    operation,
    topics,
  })
  return {
    TopicPermissionResultList: topics.map(({ topicId }, index) => ({
      TopicId: topicId,
      ...outcome(codes[index] ?? 0),
    })),
  }
}

const maskCommand = (path: 'add' | 'set', summary: string): Command =>
  defineCommand({
    name: `group_open_http_svc/${path}_topic_permission_group`,
    summary,
    http: 'admin',
    request: masksRequest,
    socket: { request: masksRequest },
    response: topicResults,
    errors: [...COMMON_ERRORS],
    handler: call =>
      changeMasks(
        call,
        call.body,
        path,
        call.body.TopicPermissionList.map(it => ({
          topicId: it.TopicId,
          permission: requireMask('Permission', it.Permission),
        })),
      ),
  })

/** `group_open_http_svc/delete_topic_permission_group` (rest-2 section 8.10). */
const unmaskCommand = defineCommand({
  name: 'group_open_http_svc/delete_topic_permission_group',
  summary: 'Takes the masks of topics away from a permission group.',
  http: 'admin',
  request: unmaskRequest,
  socket: { request: unmaskRequest },
  response: topicResults,
  errors: [...COMMON_ERRORS],
  handler: call =>
    changeMasks(
      call,
      call.body,
      'delete',
      call.body.TopicIdList.map(topicId => ({ topicId, permission: '0' })),
    ),
})

/** `group_open_http_svc/get_topic_permission_group` (rest-2 section 8.10). */
const masksCommand = defineCommand({
  name: 'group_open_http_svc/get_topic_permission_group',
  summary: 'Shows the masks that a permission group has in topics.',
  http: 'admin',
  request: unmaskRequest,
  socket: { request: unmaskRequest },
  response: Type.Object({
    TopicPermissionList: Type.Array(
      Type.Object({ TopicId: topicName, Permission: permission, ErrorCode: code, ErrorInfo: info }),
      { description: 'Topics with their masks.' },
    ),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body, services } = call
    const community = await communityOf(call, body.GroupId)
    await requireInside(call, community)
    const rows = await services.store.read
      .selectFrom('permission_topic as mask')
      .innerJoin('chat_group as topic', join =>
        join.onRef('topic.app_id', '=', 'mask.app_id').onRef('topic.group_no', '=', 'mask.topic_no'),
      )
      .select(['topic.name', 'mask.permission'])
      .where('mask.app_id', '=', community.app_id)
      .where('mask.group_no', '=', community.group_no)
      .where('mask.name', '=', body.PermissionGroupId)
      .where('topic.name', 'in', body.TopicIdList)
      .execute()
    const masks = new Map(rows.map(row => [row.name, row.permission]))
    return {
      TopicPermissionList: body.TopicIdList.map(TopicId => {
        const mask = masks.get(TopicId)
        return {
          TopicId,
          Permission: shownMask(mask ?? '0'),
          ...outcome(mask === undefined ? ErrorCode.GROUP_PARAMETER_INVALID : 0),
        }
      }),
    }
  },
})

const people = Type.Array(Type.Object({ Member_Account: userId }), {
  minItems: 1,
  description: 'The members, up to 100.',
})
const peopleRequest = Type.Object({ GroupId: groupId, PermissionGroupId: id, MemberList: people })

const peopleCommand = (path: 'add' | 'delete', summary: string): Command =>
  defineCommand({
    name: `group_open_http_svc/${path}_permission_group_member`,
    summary,
    http: 'admin',
    request: peopleRequest,
    socket: { request: peopleRequest },
    response: Type.Object({
      MemberList: Type.Array(
        Type.Object({
          Member_Account: userId,
          Result: Type.Integer({ description: '1 done, 0 not: no member of the community.' }),
        }),
        { description: 'The outcome for each.' },
      ),
    }),
    errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT],
    async handler(call) {
      const { body } = call
      requireBatch('MemberList', body.MemberList, MEMBERS_A_CALL)
      const named = await accountsOf(
        call,
        body.MemberList.map(it => it.Member_Account),
      )
      const done = await call.services.store.mutate(changePermissionMembers, {
        ...(await permissionCall(call, body.GroupId)),
        id: body.PermissionGroupId,
        add: path === 'add',
        accounts: [...named.values()].map(account => account.id),
      })
      return {
        MemberList: body.MemberList.map(({ Member_Account }) => ({
          Member_Account,
          Result: done.includes(named.get(Member_Account)?.id ?? 0) ? 1 : 0,
        })),
      }
    },
  })

const listRequest = Type.Object({
  GroupId: groupId,
  PermissionGroupId: id,
  Limit: Type.Optional(count(MEMBERS_A_PAGE, 'Members of a page.')),
  Next: Type.Optional(
    Type.String({ description: '`Next` of the last answer; empty or absent: the first page.' }),
  ),
})
/** `group_open_http_svc/get_permission_group_member_list` (rest-2 section 8.11). */
const listCommand = defineCommand({
  name: 'group_open_http_svc/get_permission_group_member_list',
  summary: 'Lists the members of a permission group.',
  http: 'admin',
  request: listRequest,
  socket: { request: listRequest },
  response: Type.Object({
    MemberList: Type.Array(Type.Object({ Member_Account: userId }), { description: 'The members.' }),
    Next: Type.String({ description: 'For the next page; empty: this was the last one.' }),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body, services } = call
    const after = body.Next || '0'
    if (!/^\d{1,15}$/.test(after)) throw badField('Next', 'is not a value that this command answered')
    const community = await communityOf(call, body.GroupId)
    await requireInside(call, community)
    const limit = body.Limit || MEMBERS_A_PAGE
    const rows = await services.store.read
      .selectFrom('permission_member as member')
      .innerJoin('account', join =>
        join
          .onRef('account.app_id', '=', 'member.app_id')
          .onRef('account.account_id', '=', 'member.account_id'),
      )
      .select(['member.account_id', 'account.user_id'])
      .where('member.app_id', '=', community.app_id)
      .where('member.group_no', '=', community.group_no)
      .where('member.name', '=', body.PermissionGroupId)
      .where('member.account_id', '>', Number(after))
      .orderBy('member.account_id')
      .limit(limit + 1)
      .execute()
    const page = rows.slice(0, limit)
    return {
      MemberList: page.map(row => ({ Member_Account: row.user_id })),
      Next: rows.length > limit ? String(page.at(-1)?.account_id ?? '') : '',
    }
  },
})

export const permissionCommands: readonly Command[] = [
  createCommand,
  modifyCommand,
  destroyCommand,
  getCommand,
  maskCommand('add', 'Gives a permission group masks in topics.'),
  maskCommand('set', 'Replaces masks that a permission group has in topics.'),
  unmaskCommand,
  masksCommand,
  peopleCommand('add', 'Puts members of the community into a permission group.'),
  peopleCommand('delete', 'Takes members out of a permission group.'),
  listCommand,
]
