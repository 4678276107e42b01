import { randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { actingRole, type Standing, standing } from '../group-call.ts'
import { badField, shownName } from '../group-error.ts'
import { type GroupRow, memberRows } from '../group-rows.ts'
import { type Actor, requireMay } from '../judge.ts'
import { mayDo, type Operation } from '../rules/operations.ts'
import { roleInTopic } from './rights.ts'

const PREFIX = '@PMG#_'
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const RANDOM_CHARS = 10
const ID_BYTES_MAX = 48
/** Permission groups of a community; the interface names no number. */
const GROUPS_MAX = 100

export interface PermissionCall {
  readonly app: number
  readonly group: number
  readonly actor: Actor
}

const locks = ({ app, group }: PermissionCall) => [{ on: 'group' as const, app, group }]

/** The community under its lock, for somebody who may do this. Throws 10010, 10007. */
async function managed(tx: Transaction, call: PermissionCall, operation: Operation): Promise<GroupRow> {
  const who = await standing(tx, call)
  requireMay(operation, who.group, actingRole(who, operation))
  return who.group
}

/** Rights changed: what was judged before is judged again. */
async function tellRights(tx: Transaction, community: GroupRow): Promise<void> {
  tellGroup(tx, await editGroup(tx, community, { rights: true }))
}

function permissionRow(tx: Transaction, community: GroupRow, name: string) {
  return tx.db
    .selectFrom('permission_group')
    .selectAll()
    .where('app_id', '=', community.app_id)
    .where('group_no', '=', community.group_no)
    .where('name', '=', name)
    .executeTakeFirst()
}

async function requirePermissionGroup(tx: Transaction, community: GroupRow, name: string): Promise<void> {
  if (!(await permissionRow(tx, community, name)))
    throw badField('PermissionGroupId', `${shownName(name)} names no permission group of this community`)
}

export interface CreatePermissionGroup extends PermissionCall {
  readonly id?: string
  readonly title: string
  /** Decimal text of the mask. */
  readonly permission: string
  readonly customString: string
}

/** Returns the id. Throws 10004 for an id that can be none, 10025 for a taken one. */
export const createPermissionGroup = defineMutation<CreatePermissionGroup, string>(
  'permissions/create',
  async (tx, call) => {
    const community = await managed(tx, call, 'managePermissionGroups')
    const name = call.id ?? makeId()
    if (call.id !== undefined) requireOwnId(call.id)
    if (await permissionRow(tx, community, name))
      throw new CommandError(
        ErrorCode.GROUP_ID_IN_USE_BY_SELF,
        `${name} is a permission group of this community already.`,
        { check: 'permission-group-id' },
      )
    const { n } = await tx.db
      .selectFrom('permission_group')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .where('app_id', '=', community.app_id)
      .where('group_no', '=', community.group_no)
      .executeTakeFirstOrThrow()
    if (Number(n) >= GROUPS_MAX)
      throw badField(
        'PermissionGroupId',
        `would be one more than the ${GROUPS_MAX} permission groups of a community`,
      )
    await tx.db
      .insertInto('permission_group')
      .values({
        app_id: community.app_id,
        group_no: community.group_no,
        name,
        title: call.title,
        permission: call.permission,
        custom_string: call.customString,
        created: tx.now,
      })
      .execute()
    return name
  },
  { locks },
)

function makeId(): string {
  const letters = [...randomBytes(RANDOM_CHARS)].map(byte => ALPHABET[byte % ALPHABET.length]).join('')
  return `${PREFIX}@PMG#${letters}`
}

function requireOwnId(id: string): void {
  const custom = id.slice(PREFIX.length)
  if (
    id.startsWith(PREFIX) &&
    /^[\x20-\x7e]+$/.test(custom) &&
    !custom.includes('@PMG#') &&
    id.length <= ID_BYTES_MAX
  )
    return
  throw badField('PermissionGroupId', `is not ${PREFIX} and a name of its own, ${ID_BYTES_MAX} bytes in all`)
}

export interface ModifyPermissionGroup extends PermissionCall {
  readonly id: string
  readonly title?: string
  readonly permission?: string
  readonly customString?: string
}

export const modifyPermissionGroup = defineMutation<ModifyPermissionGroup, void>(
  'permissions/modify',
  async (tx, call) => {
    const community = await managed(tx, call, 'managePermissionGroups')
    await requirePermissionGroup(tx, community, call.id)
    const set = {
      ...(call.title !== undefined && { title: call.title }),
      ...(call.permission !== undefined && { permission: call.permission }),
      ...(call.customString !== undefined && { custom_string: call.customString }),
    }
    if (Object.keys(set).length === 0) return
    await tx.db
      .updateTable('permission_group')
      .set(set)
      .where('app_id', '=', community.app_id)
      .where('group_no', '=', community.group_no)
      .where('name', '=', call.id)
      .execute()
    if (call.permission !== undefined) await tellRights(tx, community)
  },
  { locks },
)

/** Returns those that there were not. */
export const destroyPermissionGroups = defineMutation<
  PermissionCall & { readonly ids: readonly string[] },
  string[]
>(
  'permissions/destroy',
  async (tx, call) => {
    const community = await managed(tx, call, 'managePermissionGroups')
    const missing = []
    for (const id of new Set(call.ids)) if (!(await permissionRow(tx, community, id))) missing.push(id)
    for (const table of ['permission_group', 'permission_member', 'permission_topic'] as const)
      await tx.db
        .deleteFrom(table)
        .where('app_id', '=', community.app_id)
        .where('group_no', '=', community.group_no)
        .where('name', 'in', call.ids)
        .execute()
    await tellRights(tx, community)
    return missing
  },
  { locks },
)

export interface ChangeTopicMasks extends PermissionCall {
  readonly id: string
  /** `add` fails for a topic that has a mask, `set` replaces it. */
  readonly operation: 'add' | 'set' | 'delete'
  readonly topics: readonly { readonly topicId: string; readonly permission: string }[]
}

/**
 * The code of each topic: 0, 110003 for one that there is not, 10007 for one in which the actor may not manage permissions, 10004
 * for one that has a mask (`add`) or none (`delete`). Throws 10007 for who may do it in none of them.
 */
export const changeTopicMasks = defineMutation<ChangeTopicMasks, number[]>(
  'permissions/change-topics',
  async (tx, call) => {
    const who = await standing(tx, call)
    const community = who.group
    if (who.role === 'NonMember') requireMay('managePermissionGroups', community, who.role)
    await requirePermissionGroup(tx, community, call.id)
    const codes: number[] = []
    for (const { topicId, permission } of call.topics) {
      const topic = await tx.db
        .selectFrom('chat_group')
        .select('group_no')
        .where('app_id', '=', community.app_id)
        .where('name', '=', topicId)
        .where('community_no', '=', community.group_no)
        .where('dismissed', '=', 0)
        .executeTakeFirst()
      if (!topic) codes.push(ErrorCode.TOPIC_NOT_FOUND)
      else if (!mayMask(who, topic.group_no)) codes.push(ErrorCode.GROUP_PERMISSION_DENIED)
      else codes.push(await changeMask(tx, community, call, topic.group_no, permission))
    }
    if (codes.every(code => code !== 0) && codes.includes(ErrorCode.GROUP_PERMISSION_DENIED))
      requireMay('managePermissionGroups', community, actingRole(who, 'managePermissionGroups'))
    if (codes.includes(0)) await tellRights(tx, community)
    return codes
  },
  { locks },
)

function mayMask({ group, role, rights }: Standing, topic: number): boolean {
  return mayDo('managePermissionGroups', group.type, roleInTopic('managePermissions', topic, role, rights))
}

async function changeMask(
  tx: Transaction,
  { app_id, group_no }: GroupRow,
  { id: name, operation }: ChangeTopicMasks,
  topic_no: number,
  permission: string,
): Promise<number> {
  const removed = await tx.db
    .deleteFrom('permission_topic')
    .where('app_id', '=', app_id)
    .where('group_no', '=', group_no)
    .where('name', '=', name)
    .where('topic_no', '=', topic_no)
    .returning('permission')
    .executeTakeFirst()
  if (operation === 'delete') return removed ? 0 : ErrorCode.GROUP_PARAMETER_INVALID
  const refused = operation === 'add' && removed !== undefined
  await tx.db
    .insertInto('permission_topic')
    .values({ app_id, group_no, name, topic_no, permission: refused ? removed.permission : permission })
    .execute()
  return refused ? ErrorCode.GROUP_PARAMETER_INVALID : 0
}

export interface ChangePermissionMembers extends PermissionCall {
  readonly id: string
  readonly add: boolean
  readonly accounts: readonly number[]
}

/** Those of the accounts for which it was done: members of the community. */
export const changePermissionMembers = defineMutation<ChangePermissionMembers, number[]>(
  'permissions/change-members',
  async (tx, call) => {
    const community = await managed(tx, call, 'managePermissionMembers')
    await requirePermissionGroup(tx, community, call.id)
    const { app_id, group_no } = community
    const members = [...(await memberRows(tx.db, community, call.accounts)).keys()]
    if (members.length === 0) return []
    if (call.add)
      await tx.db
        .insertInto('permission_member')
        .values(members.map(account_id => ({ app_id, group_no, name: call.id, account_id })))
        .onConflict(conflict => conflict.doNothing())
        .execute()
    else
      await tx.db
        .deleteFrom('permission_member')
        .where('app_id', '=', app_id)
        .where('group_no', '=', group_no)
        .where('name', '=', call.id)
        .where('account_id', 'in', members)
        .execute()
    await tellRights(tx, community)
    return members
  },
  { locks },
)
