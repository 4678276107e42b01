import type { Call } from '../../commands/command.ts'
import type { Transaction } from '../../store/mutation.ts'
import { denied } from '../group-error.ts'
import { type GroupRow, livingGroup, memberRow } from '../group-rows.ts'
import type { Actor } from '../judge.ts'
import { TYPE_RULES } from '../rules/group-types.ts'

const OUTSIDE = 'Only those who are in the group may do this; join it first.'

/**
 * The group under its lock, for something that everybody in it may do. Who is in a live room is judged by the door, with
 * {@link requireInside}. Throws 10010, 10007.
 */
export async function requireInsider(
  tx: Transaction,
  call: { readonly app: number; readonly group: number; readonly actor: Actor },
): Promise<GroupRow> {
  const group = await livingGroup(tx, call.app, call.group)
  if (call.actor.admin || !TYPE_RULES[group.type].storesMembers) return group
  if (!(await memberRow(tx.db, group, call.actor.account))) throw denied(OUTSIDE, 'role')
  return group
}

/** For reads, and of live rooms for everything: the user is in the group; an app admin need not be. Throws 10007. */
export async function requireInside(
  { caller, services }: Pick<Call<unknown>, 'caller' | 'services'>,
  group: GroupRow,
): Promise<void> {
  if (caller.door === 'http') return
  const isInside = TYPE_RULES[group.type].storesMembers
    ? (await services.groups.membership(group, caller.accountId)).row !== undefined
    : services.rooms.live.has(group.app_id, group.group_no, caller.accountId)
  if (!isInside) throw denied(OUTSIDE, 'role')
}
