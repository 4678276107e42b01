import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { defineMutation } from '../../store/mutation.ts'
import { MemberRole } from '../../store/schema.ts'
import { tellGroup } from '../change-group.ts'
import { actingRole, type GroupCall, groupLocks, standing, targetRoles } from '../group-call.ts'
import { denied } from '../group-error.ts'
import { memberRows } from '../group-rows.ts'
import { requireMay, requireOutranks } from '../judge.ts'
import { sendNotices } from '../notices/send-notices.ts'
import { sendTip } from '../tips/send-tip.ts'
import { leaveMembers } from './leave-members.ts'

export interface RemoveMembers extends GroupCall {
  readonly accounts: readonly number[]
  /** No tip; who is removed learns of it all the same, so that its client drops the group. */
  readonly silent: boolean
  readonly reason: string
}

/** Removes the members among the accounts. Throws 10007 when one of them may not be removed: then nobody is. */
export const removeMembers = defineMutation<RemoveMembers, void>(
  'groups/remove-members',
  async (tx, call) => {
    const who = await standing(tx, call)
    const { group } = who
    const role = actingRole(who, 'remove')
    requireMay('remove', group, role)
    const members = [...(await memberRows(tx.db, group, call.accounts)).values()]
    const roleOf = await targetRoles(
      tx,
      group,
      members.map(member => member.account_id),
      'remove',
    )
    for (const member of members) {
      if (member.role === MemberRole.OWNER && group.type !== 'Private')
        throw denied('The owner cannot be removed; hand the group over first.', 'owner')
      requireOutranks(role, roleOf(member, member.account_id))
    }
    if (members.length === 0) return
    const accounts = members.map(member => member.account_id)
    const left = await leaveMembers(tx, group, members)
    tellGroup(tx, left, { left: accounts })
    const operator = call.actor.account
    if (!call.silent)
      await sendTip(
        tx,
        left,
        operator,
        { op: GroupTip.KICKED, accounts, reason: call.reason },
        call.tips.members,
      )
    await sendNotices(
      tx,
      left,
      accounts.map(to => ({ to, type: GroupNotice.KICKED, operator, remark: call.reason })),
      call.notices,
    )
  },
  { locks: call => groupLocks(call, call.accounts) },
)
