import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { defineMutation } from '../../store/mutation.ts'
import { tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks, standing } from '../group-call.ts'
import { requireMay } from '../judge.ts'
import { sendNotices } from '../notices/send-notices.ts'
import { tellProfile } from '../profile/tell-profile.ts'
import { sendTip } from '../tips/send-tip.ts'
import { leaveMembers } from './leave-members.ts'

/** Leaves a group. Throws 10007 for who is no member, 10009 for an owner who may not leave. */
export const quitGroup = defineMutation<GroupCall, void>(
  'groups/quit',
  async (tx, call) => {
    const { group, member, role } = await standing(tx, call)
    requireMay('quit', group, role)
    if (!member) throw new Error(`The ${role} of group ${group.group_no} has no row.`)
    const { account } = call.actor
    const left = await leaveMembers(tx, group, [member])
    tellGroup(tx, left, { left: [account] })
    await sendTip(tx, left, account, { op: GroupTip.QUIT, accounts: [account] }, call.tips.members)
    if (left.owner_id !== group.owner_id) await tellProfile(tx, left)
    await sendNotices(
      tx,
      left,
      [{ to: account, type: GroupNotice.QUIT, operator: account }],
      call.notices,
      call.actor.session,
    )
  },
  { locks: call => groupLocks(call, [call.actor.account]) },
)
