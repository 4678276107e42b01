import { GroupTip } from '@rookery/protocol/group-notice'
import type { AppRegistry } from '../../apps/app-registry.ts'
import { defineMutation } from '../../store/mutation.ts'
import type { Store } from '../../store/store.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { groupLocks } from '../group-call.ts'
import { groupRow, memberRow } from '../group-rows.ts'
import { type TipModes, tipModes } from '../rules/tip-rules.ts'
import { sendTip } from '../tips/send-tip.ts'
import { leaveMembers } from './leave-members.ts'

interface ForgetAccount {
  readonly app: number
  readonly group: number
  readonly account: number
  readonly tips: TipModes
}

/** Takes a deleted account out of one group; what it owned has no owner then. */
const forgetMember = defineMutation<ForgetAccount, void>(
  'groups/forget-member',
  async (tx, args) => {
    const group = await groupRow(tx.db, args.app, args.group)
    if (!group) return
    const member = await memberRow(tx.db, group, args.account)
    if (!member) {
      if (group.owner_id !== args.account) return
      tellGroup(tx, await editGroup(tx, group, { set: { owner_id: 0 }, rights: true, profile: true }))
      return
    }
    const left = await leaveMembers(tx, group, [member])
    tellGroup(tx, left, { left: [args.account] })
    if (left.dismissed === 0)
      await sendTip(
        tx,
        left,
        args.account,
        { op: GroupTip.QUIT, accounts: [args.account] },
        args.tips.members,
      )
  },
  { locks: args => groupLocks(args, [args.account]) },
)

/** Every group of the account was dealt with. */
const endDeparture = defineMutation<{ readonly app: number; readonly account: number }, void>(
  'groups/end-departure',
  async (tx, { app, account }) => {
    await tx.db
      .deleteFrom('group_departure')
      .where('app_id', '=', app)
      .where('account_id', '=', account)
      .execute()
  },
  { keepsHeads: true, locks: ({ app, account }) => [{ on: 'account', app, account }] },
)

/**
 * Takes deleted accounts out of all their groups. A deleted account joins nothing any more, so this may come after its
 * deletion, which notes it in `group_departure`; what a stop interrupts the next call goes on with.
 */
export async function forgetDeparted(store: Store, apps: Pick<AppRegistry, 'get'>): Promise<void> {
  const departed = await store.read.selectFrom('group_departure').selectAll().execute()
  for (const { app_id: app, account_id: account } of departed) {
    const settings = await apps.get(app)
    if (!settings) continue
    for (const { group_no: group, type } of await groupsOf(store, app, account))
      await store.mutate(forgetMember, { app, group, account, tips: tipModes(settings, type) })
    await store.mutate(endDeparture, { app, account })
  }
}

/** Groups that the account is in, and rooms that it owns. */
async function groupsOf(store: Store, app: number, account: number) {
  const { read } = store
  const joined = await read
    .selectFrom('group_member as member')
    .innerJoin('chat_group as g', join =>
      join.onRef('g.app_id', '=', 'member.app_id').onRef('g.group_no', '=', 'member.group_no'),
    )
    .select(['g.group_no', 'g.type'])
    .where('member.app_id', '=', app)
    .where('member.account_id', '=', account)
    .execute()
  const owned = await read
    .selectFrom('chat_group')
    .select(['group_no', 'type'])
    .where('app_id', '=', app)
    .where('owner_id', '=', account)
    .execute()
  return [...joined, ...owned.filter(room => !joined.some(group => group.group_no === room.group_no))]
}
