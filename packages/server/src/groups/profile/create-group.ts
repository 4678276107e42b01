import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import type {
  ApplyJoinOption,
  GroupType,
  InviteJoinOption,
  WireCustomField,
} from '@rookery/protocol/wire-group'
import { CommandError } from '../../commands/command-error.ts'
import { makeConversation } from '../../conversations/owner-row.ts'
import type { Lock } from '../../store/locks.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { MemberRole } from '../../store/schema.ts'
import { tellGroup } from '../change-group.ts'
import { requireInitialFields } from '../custom-fields/change-fields.ts'
import { accountNotFound } from '../group-error.ts'
import { makeGroupId } from '../group-id.ts'
import { type GroupRow, groupRow } from '../group-rows.ts'
import type { Actor } from '../judge.ts'
import { admissions } from '../members/admission.ts'
import { type Entrant, enterMembers } from '../members/enter-members.ts'
import { type NoticeBounds, sendNotices } from '../notices/send-notices.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import type { TipModes } from '../rules/tip-rules.ts'
import { sendTip } from '../tips/send-tip.ts'

const SECONDS_A_DAY = 86_400

/** How many groups an app may have; 0 = no limit. */
export interface GroupQuotas {
  readonly groups: number
  readonly liveRooms: number
  readonly communities: number
  readonly newPerDay: number
}

export interface CreateGroup {
  readonly app: number
  readonly actor: Actor
  readonly type: GroupType
  /** Absent: the server makes one. */
  readonly groupId?: string
  /** 0: nobody. */
  readonly owner: number
  readonly name: string
  readonly introduction: string
  readonly notification: string
  readonly faceUrl: string
  readonly maxMembers: number
  readonly applyOption: ApplyJoinOption
  readonly inviteOption: InviteJoinOption
  readonly historyBeforeJoin: boolean
  readonly muteAll: boolean
  readonly supportTopic: boolean
  readonly enablePermission: boolean
  /** Decimal text of a mask. */
  readonly defaultPermission: string
  readonly fields: readonly WireCustomField[]
  /** `group.undeclaredFields` */
  readonly acceptsUndeclared: boolean
  readonly members: readonly { readonly account: number; readonly admin: boolean; readonly custom: string }[]
  /** Unix seconds of an import, of which nobody is told. */
  readonly createTime?: number
  readonly active: boolean
  readonly quotas: GroupQuotas
  readonly joinedMax: number
  readonly tips: TipModes
  readonly notices: NoticeBounds
}

export interface CreatedGroup {
  readonly group: number
  readonly groupId: string
  /** Members that were left out, because they are in as many groups as they may be. */
  readonly overLimit: readonly number[]
}

/**
 * Makes a group with its conversation and first members. Members without an account, or in too many groups, are left out.
 * Throws 10021 or 10025 for a taken id, 10019 and 10037 for the owner, 10014 for too many members, and the quotas' codes.
 */
export const createGroup = defineMutation<CreateGroup, CreatedGroup>(
  'groups/create',
  async (tx, args) => {
    await requireQuotas(tx, args)
    const name = await freeName(tx, args)
    const group = await insertGroup(tx, args, name)
    const { actor, owner } = args
    await requireInitialFields(
      tx,
      group,
      args.members,
      { role: actor.admin ? 'AppAdmin' : 'Owner', account: actor.account },
      args.acceptsUndeclared,
    )
    const stores = TYPE_RULES[args.type].storesMembers
    const named = args.members.filter(member => member.account !== owner)
    const judged = await admissions(
      tx,
      group,
      [...(owner > 0 ? [owner] : []), ...named.map(member => member.account)],
      args.joinedMax,
    )
    const ownerIs = judged.get(owner)
    if (owner > 0 && (stores || ownerIs === 'unknown')) requireOwner(ownerIs, args.joinedMax)
    const entering = named.filter(member => judged.get(member.account) === 'free')
    const entrants: Entrant[] = [
      ...(owner > 0 ? [{ account: owner, role: MemberRole.OWNER }] : []),
      ...entering.map(member => ({
        account: member.account,
        role: member.admin ? MemberRole.ADMIN : MemberRole.MEMBER,
        custom: member.custom,
      })),
    ].map(entrant =>
      args.createTime === undefined ? entrant : { ...entrant, joinTime: args.createTime ?? tx.now },
    )
    if (stores && entrants.length > group.max_members)
      throw new CommandError(
        ErrorCode.GROUP_FULL,
        `The group takes ${group.max_members} members; ${entrants.length} were named.`,
        { check: 'full', max: group.max_members },
      )
    const made = stores ? await enterMembers(tx, group, entrants) : group
    tellGroup(tx, made, stores ? { joined: entrants.map(({ account }) => account) } : {})
    const overLimit = named.flatMap(({ account }) => (judged.get(account) === 'overLimit' ? [account] : []))
    if (args.createTime === undefined) await announce(tx, args, made, entering)
    return { group: made.group_no, groupId: name, overLimit }
  },
  { locks: createLocks },
)

/** A quota spans the app's groups: with one, creations of the app take turns. */
function createLocks({ app, quotas, owner, members }: CreateGroup): Lock[] {
  const hasQuota = Object.values(quotas).some(quota => quota > 0)
  return [
    { on: 'app', app, shared: true },
    ...(hasQuota ? [{ on: 'count' as const, app }] : []),
    ...[...new Set([owner, ...members.map(member => member.account)])]
      .filter(account => account > 0)
      .map(account => ({ on: 'account' as const, app, account })),
  ]
}

async function announce(
  tx: Transaction,
  args: CreateGroup,
  made: GroupRow,
  entering: CreateGroup['members'],
): Promise<void> {
  const operator = args.owner > 0 && !args.actor.admin ? args.owner : args.actor.account
  const accounts = entering.map(member => member.account)
  if (accounts.length > 0)
    await sendTip(tx, made, operator, { op: GroupTip.JOINED, accounts, invited: true }, args.tips.members)
  const told = made.active ? accounts : []
  await sendNotices(
    tx,
    made,
    [
      ...(args.owner > 0 ? [{ to: args.owner, type: GroupNotice.CREATED, operator }] : []),
      ...told.map(to => ({ to, type: GroupNotice.PULLED_IN, operator })),
    ],
    args.notices,
  )
}

function requireOwner(judged: string | undefined, max: number): void {
  if (judged === 'unknown') throw accountNotFound('The owner')
  if (judged === 'overLimit')
    throw new CommandError(
      ErrorCode.GROUP_JOINED_COUNT_LIMIT,
      `The owner is in ${max} groups, which is as many as a user may be in.`,
      { check: 'group.joinedMax', max },
    )
}

async function freeName(tx: Transaction, args: CreateGroup): Promise<string> {
  if (args.groupId === undefined) return makeGroupId(args.type)
  const taken = await tx.db
    .selectFrom('chat_group')
    .select('owner_id')
    .where('app_id', '=', args.app)
    .where('name', '=', args.groupId)
    .where('dismissed', '=', 0)
    .executeTakeFirst()
  if (!taken) return args.groupId
  throw args.owner > 0 && taken.owner_id === args.owner
    ? new CommandError(
        ErrorCode.GROUP_ID_IN_USE_BY_SELF,
        `${args.groupId} is a group of the same owner already; use it.`,
        { check: 'group-id' },
      )
    : new CommandError(
        ErrorCode.GROUP_ID_IN_USE,
        `${args.groupId} is the id of another group; choose another one.`,
        { check: 'group-id' },
      )
}

async function insertGroup(tx: Transaction, args: CreateGroup, name: string): Promise<GroupRow> {
  const group = await tx.nextNumber('group')
  const conv = await makeConversation(tx, args.app, 0, group)
  const created = args.createTime ?? tx.now
  await tx.db
    .insertInto('chat_group')
    .values({
      app_id: args.app,
      group_no: group,
      name,
      type: args.type,
      conv_id: conv,
      community_no: 0,
      title: args.name,
      introduction: args.introduction,
      notification: args.notification,
      face_url: args.faceUrl,
      owner_id: args.owner,
      created: tx.now,
      create_time: created,
      info_seq: 1,
      info_time: created,
      auth_no: 0,
      member_count: 0,
      max_members: args.maxMembers,
      apply_option: args.applyOption,
      invite_option: args.inviteOption,
      mute_all: args.muteAll ? 1 : 0,
      history_before_join: args.historyBeforeJoin ? 1 : 0,
      support_topic: args.supportTopic ? 1 : 0,
      enable_permission: args.enablePermission ? 1 : 0,
      default_permission: args.defaultPermission,
      custom: JSON.stringify(args.fields),
      custom_string: '',
      active: args.active ? 1 : 0,
      dismissed: 0,
    })
    .execute()
  const row = await groupRow(tx.db, args.app, group)
  if (!row) throw new Error(`Group ${group} vanished within its transaction.`)
  return row
}

async function requireQuotas(tx: Transaction, { app, type, quotas }: CreateGroup): Promise<void> {
  const living = () =>
    tx.db
      .selectFrom('chat_group')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .where('app_id', '=', app)
      .where('community_no', '=', 0)
      .where('dismissed', '=', 0)
  const refuse = async (
    query: ReturnType<typeof living>,
    max: number,
    code: number,
    what: string,
    check: string,
  ): Promise<void> => {
    if (max === 0) return
    const { n } = await query.executeTakeFirstOrThrow()
    if (Number(n) >= max)
      throw new CommandError(code, `The app has its ${max} ${what}; dismiss some or raise ${check}.`, {
        check,
        max,
      })
  }
  const today = tx.now - (tx.now % SECONDS_A_DAY)
  await refuse(
    living().where('created', '>=', today),
    quotas.newPerDay,
    ErrorCode.GROUP_FREQ_LIMIT,
    'new groups of today',
    'the limit of new groups a day',
  )
  if (type === 'AVChatRoom')
    await refuse(
      living().where('type', '=', 'AVChatRoom'),
      quotas.liveRooms,
      ErrorCode.GROUP_LIVE_ROOM_COUNT_LIMIT,
      'live rooms',
      'the limit of live rooms',
    )
  else
    await refuse(
      living().where('type', '<>', 'AVChatRoom'),
      quotas.groups,
      ErrorCode.GROUP_TRIAL_COUNT_LIMIT,
      'groups',
      'the limit of groups',
    )
  if (type === 'Community')
    await refuse(
      living().where('type', '=', 'Community'),
      quotas.communities,
      ErrorCode.GROUP_JOINED_COUNT_LIMIT,
      'communities',
      'the limit of communities',
    )
}
