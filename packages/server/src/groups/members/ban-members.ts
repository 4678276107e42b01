import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { defineMutation } from '../../store/mutation.ts'
import { MemberRole } from '../../store/schema.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks, standing } from '../group-call.ts'
import { denied } from '../group-error.ts'
import { memberRows } from '../group-rows.ts'
import { requireMay, requireOutranks, roleIn } from '../judge.ts'
import { sendNotices } from '../notices/send-notices.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { sendTip } from '../tips/send-tip.ts'
import { leaveMembers } from './leave-members.ts'
import { muteUntil } from './mute-members.ts'

export interface BanMembers extends GroupCall {
  readonly accounts: readonly number[]
  readonly seconds: number
  readonly description: string
}

/** Removes accounts and keeps them out for a time; who is not inside is kept out as well. Throws 10007: then nobody is. */
export const banMembers = defineMutation<BanMembers, void>(
  'groups/ban-members',
  async (tx, call) => {
    const { group, role } = await standing(tx, call)
    requireMay('ban', group, role)
    const accounts = [...new Set(call.accounts)]
    if (accounts.length === 0) return
    const rows = await memberRows(tx.db, group, accounts)
    for (const account of accounts) {
      const target = roleIn(group, rows.get(account), account)
      if (target === 'Owner') throw denied('The owner cannot be banned; hand the group over first.', 'owner')
      requireOutranks(role, target)
    }
    const until = muteUntil(tx.now, call.seconds)
    await tx.db
      .insertInto('group_ban')
      .values(
        accounts.map(account => ({
          app_id: group.app_id,
          group_no: group.group_no,
          account_id: account,
          until,
          description: call.description,
        })),
      )
      .onConflict(conflict =>
        conflict
          .columns(['app_id', 'group_no', 'account_id'])
          .doUpdateSet({ until, description: call.description }),
      )
      .execute()
    const members = [...rows.values()].filter(row => row.role !== MemberRole.OWNER)
    const left =
      members.length > 0
        ? await leaveMembers(tx, group, members)
        : await editGroup(tx, group, { rights: true })
    // The audience of a live room is known to the nodes only: whoever of these is inside leaves it.
    const stores = TYPE_RULES[group.type].storesMembers
    tellGroup(tx, left, { left: stores ? members.map(member => member.account_id) : accounts })
    const operator = call.actor.account
    const named = stores ? members.map(member => member.account_id) : accounts
    if (named.length > 0)
      await sendTip(
        tx,
        left,
        operator,
        stores
          ? { op: GroupTip.KICKED, accounts: named, reason: call.description }
          : { op: GroupTip.BANNED, accounts: named, seconds: call.seconds, reason: call.description },
        call.tips.members,
      )
    await sendNotices(
      tx,
      left,
      accounts.map(to => ({
        to,
        type: GroupNotice.BANNED,
        operator,
        remark: call.description,
        duration: call.seconds,
      })),
      call.notices,
    )
  },
  { locks: call => groupLocks(call, call.accounts) },
)

/** Lets banned accounts in again; others are left as they are. */
export const unbanMembers = defineMutation<GroupCall & { readonly accounts: readonly number[] }, void>(
  'groups/unban-members',
  async (tx, call) => {
    const { group, role } = await standing(tx, call)
    requireMay('ban', group, role)
    if (call.accounts.length === 0) return
    const rows = await tx.db
      .deleteFrom('group_ban')
      .where('app_id', '=', group.app_id)
      .where('group_no', '=', group.group_no)
      .where('account_id', 'in', call.accounts)
      .returning(['account_id', 'until'])
      .execute()
    const freed = rows.filter(row => row.until > tx.now).map(row => row.account_id)
    if (freed.length === 0) return
    const operator = call.actor.account
    const changed = await editGroup(tx, group, { rights: true })
    tellGroup(tx, changed)
    if (!TYPE_RULES[group.type].storesMembers)
      await sendTip(
        tx,
        changed,
        operator,
        { op: GroupTip.UNBANNED, accounts: freed, seconds: 0, reason: '' },
        call.tips.members,
      )
    await sendNotices(
      tx,
      changed,
      freed.map(to => ({ to, type: GroupNotice.UNBANNED, operator })),
      call.notices,
    )
  },
  { locks: call => groupLocks(call, call.accounts) },
)
