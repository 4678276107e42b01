import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import type { GroupReceiveOption, WireCustomField } from '@rookery/protocol/wire-group'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { type GroupMemberTable, MemberRole } from '../../store/schema.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { memberFieldChange } from '../custom-fields/change-fields.ts'
import type { FieldBounds } from '../custom-fields/custom-fields.ts'
import {
  actingRole,
  type GroupCall,
  groupLocks,
  type Standing,
  standing,
  targetRoles,
} from '../group-call.ts'
import { badField, denied } from '../group-error.ts'
import { type MemberRow, memberRow } from '../group-rows.ts'
import { requireMay, requireOutranks } from '../judge.ts'
import { type Notice, sendNotices } from '../notices/send-notices.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import type { Operation } from '../rules/operations.ts'
import { sendTip } from '../tips/send-tip.ts'
import { muteUntil, putMutes } from './mute-members.ts'
import { numberOwnRows } from './own-rows.ts'

export interface MemberFields {
  readonly role?: 'Admin' | 'Member'
  readonly receiveOption?: GroupReceiveOption
  readonly nameCard?: string
  readonly custom?: readonly WireCustomField[]
  /** Seconds from now; 0 = unmute, 4294967295 = for ever. */
  readonly muteSeconds?: number
}

export interface ChangeMember extends GroupCall {
  readonly account: number
  readonly fields: MemberFields
  readonly bounds: FieldBounds
  /** 0 = no limit. */
  readonly adminsMax: number
}

type Set = { -readonly [K in keyof GroupMemberTable]?: GroupMemberTable[K] }

/**
 * Changes a member's role, mute, name card, custom fields and receive option; each asks for its own right. Throws 10007
 * without it, 10004 when the account is no member.
 */
export const changeMember = defineMutation<ChangeMember, void>(
  'groups/change-member',
  async (tx, call) => {
    const who = await standing(tx, call)
    const { group } = who
    const role = actingRole(who, 'editMember')
    const { fields, account } = call
    const isSelf = account === call.actor.account && !call.actor.admin
    requireRights(who, call, isSelf)
    const member = await memberRow(tx.db, group, account)
    if (!member) throw badField('Member_Account', 'is not a member of the group')
    const operator = call.actor.account
    const notices: Notice[] = []
    const set: Set = {}
    if (!isSelf && fields.nameCard !== undefined) await requireRank(tx, who, member, 'editMember')
    if (fields.nameCard !== undefined && fields.nameCard !== member.name_card) set.name_card = fields.nameCard
    if (fields.custom) {
      const custom = await memberFieldChange(tx, group, member, fields.custom, { role, isSelf }, call.bounds)
      // A live room stores no members: what is not declared there is refused with the rest.
      const isPlain = custom.hasUndeclared || fields.custom.length === 0
      if (isPlain) requireMay(isSelf ? 'editSelf' : 'editMember', group, role)
      if (!isSelf && (isPlain || custom.hasGuarded)) await requireRank(tx, who, member, 'editMember')
      if (custom.stored !== member.custom) set.custom = custom.stored
    }
    if (fields.receiveOption !== undefined && fields.receiveOption !== member.receive_option) {
      set.receive_option = fields.receiveOption
      notices.push({
        to: account,
        type: GroupNotice.RECEIVE_OPTION,
        operator,
        receiveOption: fields.receiveOption,
      })
    }
    const roleTo = await newRole(tx, who, member, call)
    if (roleTo !== undefined) set.role = roleTo
    if (Object.keys(set).length > 0)
      await tx.db
        .updateTable('group_member')
        .set(set)
        .where('app_id', '=', group.app_id)
        .where('group_no', '=', group.group_no)
        .where('account_id', '=', account)
        .execute()
    const mutes = fields.muteSeconds !== undefined
    if (mutes) {
      await requireRank(tx, who, member, 'muteMember')
      // As in mute-members: the app could.
      if (member.role === MemberRole.OWNER && fields.muteSeconds !== 0)
        throw denied('An owner is never muted; hand the group over first.', 'owner')
      await putMutes(tx, group, [account], muteUntil(tx.now, fields.muteSeconds ?? 0))
    }
    if (Object.keys(set).length === 0 && !mutes) return
    const changed = await editGroup(tx, group, { rights: roleTo !== undefined || mutes })
    await numberOwnRows(tx, changed, [account])
    tellGroup(tx, changed, set.receive_option && { receive: { account, option: set.receive_option } })
    if (roleTo !== undefined) {
      const isAdmin = roleTo === MemberRole.ADMIN
      await sendTip(
        tx,
        changed,
        operator,
        { op: isAdmin ? GroupTip.ADMIN_SET : GroupTip.ADMIN_CANCELLED, accounts: [account] },
        call.tips.roles,
      )
      if (TYPE_RULES[group.type].adminNotices)
        notices.push({
          to: account,
          type: isAdmin ? GroupNotice.ADMIN_SET : GroupNotice.ADMIN_CANCELLED,
          operator,
        })
    }
    if (mutes) {
      const seconds = fields.muteSeconds ?? 0
      await sendTip(
        tx,
        changed,
        operator,
        { op: GroupTip.MEMBER, accounts: [account], seconds },
        call.tips.roles,
      )
      notices.push({ to: account, type: GroupNotice.MUTED, operator, duration: seconds })
    }
    await sendNotices(tx, changed, notices, call.notices, isSelf ? call.actor.session : undefined)
  },
  { locks: call => groupLocks(call, [call.account]) },
)

function requireRights(who: Standing, call: ChangeMember, isSelf: boolean): void {
  const { fields } = call
  const require = (operation: Operation) => requireMay(operation, who.group, actingRole(who, operation))
  if (fields.role !== undefined) require('setRole')
  if (fields.muteSeconds !== undefined) require('muteMember')
  if (fields.nameCard !== undefined) require(isSelf ? 'editSelf' : 'editMember')
  if (fields.receiveOption === undefined) return
  if (isSelf) require('editSelf')
  else if (who.role !== 'AppAdmin')
    throw denied("Another member's receive option is that member's own choice.", 'self')
  else require('editMember')
}

/** Throws 10007 when the member's role does not lie below the actor's, as both count for the operation. */
async function requireRank(
  tx: Transaction,
  who: Standing,
  member: MemberRow,
  operation: Operation,
): Promise<void> {
  const account = member.account_id
  const roleOf = await targetRoles(tx, who.group, [account], operation)
  requireOutranks(actingRole(who, operation), roleOf(member, account))
}

/** The rank that the member gets; undefined when it keeps its own. */
async function newRole(
  tx: Transaction,
  who: Standing,
  member: MemberRow,
  call: ChangeMember,
): Promise<number | undefined> {
  if (call.fields.role === undefined) return undefined
  const { group } = who
  if (member.role === MemberRole.OWNER)
    throw denied("The owner's role changes by handing over only.", 'owner')
  await requireRank(tx, who, member, 'setRole')
  const rank = call.fields.role === 'Admin' ? MemberRole.ADMIN : MemberRole.MEMBER
  if (rank === member.role) return undefined
  if (rank === MemberRole.ADMIN && call.adminsMax > 0) {
    const { n } = await tx.db
      .selectFrom('group_member')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .where('app_id', '=', group.app_id)
      .where('group_no', '=', group.group_no)
      .where('role', '=', MemberRole.ADMIN)
      .executeTakeFirstOrThrow()
    if (Number(n) >= call.adminsMax)
      throw new CommandError(
        ErrorCode.GROUP_PARAMETER_INVALID,
        `The group has its ${call.adminsMax} admins; dismiss one or raise the limit of admins.`,
        { check: 'admins', max: call.adminsMax },
      )
  }
  return rank
}
