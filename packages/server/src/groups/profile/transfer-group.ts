import { GroupTip } from '@rookery/protocol/group-notice'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { MemberRole } from '../../store/schema.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks, standing } from '../group-call.ts'
import { badField } from '../group-error.ts'
import { type GroupRow, memberRow } from '../group-rows.ts'
import { requireMay } from '../judge.ts'
import { putMutes } from '../members/mute-members.ts'
import { numberOwnRows } from '../members/own-rows.ts'
import { personsOf } from '../persons.ts'
import { sendTip } from '../tips/send-tip.ts'
import { tellProfile } from './tell-profile.ts'

export interface TransferGroup extends GroupCall {
  readonly to: number
  /** The owner as the caller last saw it: locked too, for its log moves; 0 = nobody. */
  readonly from: number
}

/** Hands the group over; the old owner becomes a member, a mute of the new one ends. Throws 10004 when the new one is no member. */
export const transferGroup = defineMutation<TransferGroup, void>(
  'groups/transfer',
  async (tx, call) => {
    const { group, role } = await standing(tx, call)
    requireMay('transfer', group, role)
    const next = await memberRow(tx.db, group, call.to)
    if (!next) throw badField('NewOwner_Account', 'must be a member of the group already')
    if (group.owner_id === call.to) return
    const before = group.owner_id
    if (before > 0) await setRole(tx, group, before, MemberRole.MEMBER)
    await setRole(tx, group, call.to, MemberRole.OWNER)
    // An owner is never muted, and nobody else could lift it.
    await putMutes(tx, group, [call.to], 0)
    const changed = await editGroup(tx, group, { set: { owner_id: call.to }, rights: true, profile: true })
    await numberOwnRows(tx, changed, before > 0 ? [before, call.to] : [call.to])
    tellGroup(tx, changed)
    const owner = (await personsOf(tx.db, call.app, [call.to])).get(call.to)?.userId ?? ''
    await sendTip(
      tx,
      changed,
      call.actor.account,
      { op: GroupTip.PROFILE, accounts: [call.to], profile: { Owner_Account: owner } },
      call.tips.profile,
    )
    await tellProfile(tx, changed)
  },
  { locks: call => groupLocks(call, call.from > 0 ? [call.from, call.to] : [call.to]) },
)

async function setRole(tx: Transaction, group: GroupRow, account: number, role: number): Promise<void> {
  await tx.db
    .updateTable('group_member')
    .set({ role })
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('account_id', '=', account)
    .execute()
}
