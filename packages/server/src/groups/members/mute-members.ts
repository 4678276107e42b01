import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks, standing } from '../group-call.ts'
import { type GroupRow, memberRows } from '../group-rows.ts'
import { requireMay, roleIn } from '../judge.ts'
import { sendNotices } from '../notices/send-notices.ts'
import { outranks } from '../rules/operations.ts'
import { sendTip } from '../tips/send-tip.ts'
import { numberOwnRows } from './own-rows.ts'

/** As seconds: for ever; as an end: never (rest-2 section 5.7). */
export const FOREVER = 4_294_967_295

export interface MuteMembers extends GroupCall {
  readonly accounts: readonly number[]
  /** 0 = unmute, {@link FOREVER}. */
  readonly seconds: number
}

/** Mutes accounts, also ones that are not in the group. Those of an equal or higher role are left out. */
export const muteMembers = defineMutation<MuteMembers, void>(
  'groups/mute-members',
  async (tx, call) => {
    const { group, role } = await standing(tx, call)
    requireMay('muteMember', group, role)
    const members = await memberRows(tx.db, group, call.accounts)
    const muted = [...new Set(call.accounts)].filter(account => {
      const target = roleIn(group, members.get(account), account)
      // The app could, but an owner is never muted.
      return target !== 'Owner' && outranks(role, target)
    })
    if (muted.length === 0) return
    await putMutes(tx, group, muted, muteUntil(tx.now, call.seconds))
    const changed = await editGroup(tx, group, { rights: true })
    const inside = muted.filter(account => members.has(account))
    await numberOwnRows(tx, changed, inside)
    tellGroup(tx, changed)
    const operator = call.actor.account
    if (inside.length > 0)
      await sendTip(
        tx,
        changed,
        operator,
        { op: GroupTip.MEMBER, accounts: inside, seconds: call.seconds },
        call.tips.roles,
      )
    await sendNotices(
      tx,
      changed,
      inside.map(to => ({ to, type: GroupNotice.MUTED, operator, duration: call.seconds })),
      call.notices,
    )
  },
  { locks: call => groupLocks(call, call.accounts) },
)

/** The last second of a mute or ban that begins now; 0 = none. */
export function muteUntil(now: number, seconds: number): number {
  if (seconds === 0) return 0
  return Math.min(now + seconds, FOREVER)
}

export async function putMutes(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
  until: number,
): Promise<void> {
  if (until === 0) {
    await tx.db
      .deleteFrom('group_mute')
      .where('app_id', '=', group.app_id)
      .where('group_no', '=', group.group_no)
      .where('account_id', 'in', accounts)
      .execute()
    return
  }
  await tx.db
    .insertInto('group_mute')
    .values(
      accounts.map(account => ({
        app_id: group.app_id,
        group_no: group.group_no,
        account_id: account,
        until,
      })),
    )
    .onConflict(conflict => conflict.columns(['app_id', 'group_no', 'account_id']).doUpdateSet({ until }))
    .execute()
}
