import { GroupNotice } from '@rookery/protocol/group-notice'
import { defineMutation } from '../../store/mutation.ts'
import type { Store } from '../../store/store.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks, standing } from '../group-call.ts'
import { groupRow, memberRows } from '../group-rows.ts'
import { requireMay } from '../judge.ts'
import { leaveMembers } from '../members/leave-members.ts'
import { type NoticeBounds, sendNotices } from '../notices/send-notices.ts'
import { dismissTopicsOf } from '../topics/change-topics.ts'

/** Members that one transaction sends away: some milliseconds, so that other groups hardly wait. */
const MEMBERS_A_STEP = 200

/**
 * Dismisses a group: from the first commit on it is gone for everybody and takes nothing any more; its members, whom nobody
 * can join any more, are then sent away in steps. A stop in between is made up for by {@link finishDismissals}.
 *
 * @param close runs {@link closeGroup}; the operators' commands add their audit row to it.
 */
export async function dismissGroup(
  store: Store,
  call: GroupCall,
  close: () => Promise<unknown> = () => store.mutate(closeGroup, call),
): Promise<void> {
  await close()
  await sendAway(store, {
    app: call.app,
    group: call.group,
    operator: call.actor.account,
    notices: call.notices,
  })
}

/** Sends away the members that are left in dismissed groups. Returns how many groups that were. */
export async function finishDismissals(store: Store, notices: NoticeBounds): Promise<number> {
  const rows = await store.read
    .selectFrom('chat_group')
    .select(['app_id', 'group_no'])
    .where('dismissed', '>', 0)
    .where('member_count', '>', 0)
    .execute()
  for (const row of rows)
    await sendAway(store, { app: row.app_id, group: row.group_no, operator: 0, notices })
  return rows.length
}

interface SendAway {
  readonly app: number
  readonly group: number
  readonly operator: number
  readonly notices: NoticeBounds
}

async function sendAway(store: Store, args: SendAway): Promise<void> {
  for (;;) {
    const rows = await store.read
      .selectFrom('group_member')
      .select('account_id')
      .where('app_id', '=', args.app)
      .where('group_no', '=', args.group)
      .orderBy('account_id')
      .limit(MEMBERS_A_STEP)
      .execute()
    if (rows.length === 0) return
    await store.mutate(sendAwayStep, { ...args, accounts: rows.map(row => row.account_id) })
  }
}

export const closeGroup = defineMutation<GroupCall, void>(
  'groups/dismiss',
  async (tx, call) => {
    const { group, role } = await standing(tx, call)
    requireMay('dismiss', group, role)
    const gone = await editGroup(tx, group, { set: { dismissed: tx.now, owner_id: 0 }, rights: true })
    for (const table of ['group_application', 'group_mute', 'group_ban'] as const)
      await tx.db
        .deleteFrom(table)
        .where('app_id', '=', group.app_id)
        .where('group_no', '=', group.group_no)
        .execute()
    for (const table of ['group_attribute', 'group_attribute_head', 'group_counter', 'room_mark'] as const)
      await tx.db
        .deleteFrom(table)
        .where('app_id', '=', group.app_id)
        .where('group_no', '=', group.group_no)
        .execute()
    await dismissTopicsOf(tx, gone)
    tellGroup(tx, gone, { dismissed: true })
  },
  { locks: call => groupLocks(call) },
)

const sendAwayStep = defineMutation<SendAway & { readonly accounts: readonly number[] }, void>(
  'groups/send-away',
  async (tx, { app, group: no, accounts, operator, notices }) => {
    const group = await groupRow(tx.db, app, no)
    if (!group || group.dismissed === 0) throw new Error(`Group ${no} of app ${app} is not dismissed.`)
    const members = [...(await memberRows(tx.db, group, accounts)).values()]
    const left = await leaveMembers(tx, group, members)
    const told = members.map(member => member.account_id)
    tellGroup(tx, left, { left: told, dismissed: true })
    await sendNotices(
      tx,
      left,
      told.map(to => ({ to, type: GroupNotice.DISMISSED, operator })),
      notices,
    )
  },
  { locks: args => groupLocks(args, args.accounts) },
)
