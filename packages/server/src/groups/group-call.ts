import type { Lock } from '../store/locks.ts'
import type { Transaction } from '../store/mutation.ts'
import { denied, shownName } from './group-error.ts'
import { type GroupRow, livingGroup, type MemberRow, memberRow } from './group-rows.ts'
import { type Actor, actorRole, roleIn } from './judge.ts'
import type { NoticeBounds } from './notices/send-notices.ts'
import { type Rights, rightsAmong, rightsOf, roleFor } from './permissions/rights.ts'
import type { ActorRole, Operation } from './rules/operations.ts'
import type { TipModes } from './rules/tip-rules.ts'

/** What every mutation of a group is told; plain data. */
export interface GroupCall {
  readonly app: number
  readonly group: number
  readonly actor: Actor
  readonly tips: TipModes
  readonly notices: NoticeBounds
}

/** The group and everybody whose own state or limits it is about. */
export function groupLocks(
  call: { readonly app: number; readonly group: number },
  accounts: readonly number[] = [],
): Lock[] {
  return [
    { on: 'group', app: call.app, group: call.group },
    ...[...new Set(accounts)].map(account => ({ on: 'account' as const, app: call.app, account })),
  ]
}

export interface Standing {
  readonly group: GroupRow
  /** The actor's own row. */
  readonly member: MemberRow | undefined
  /** By the member's row; what counts for an operation tells {@link actingRole}. */
  readonly role: ActorRole
  readonly rights: Rights | undefined
}

/** The group under its lock and the actor's place in it. Throws 10010 when it was dismissed meanwhile, 10007 for a topic. */
export async function standing(
  tx: Transaction,
  call: { readonly app: number; readonly group: number; readonly actor: Actor },
): Promise<Standing> {
  const group = await livingGroup(tx, call.app, call.group)
  requireNoTopic(group)
  const member = await memberRow(tx.db, group, call.actor.account)
  const role = actorRole(group, member, call.actor)
  const rights = role === 'AppAdmin' ? undefined : await rightsOf(tx.db, group, call.actor.account)
  return { group, member, role, rights }
}

/**
 * Throws 10007 for a topic. The doors look before a mutation locks it: who locks a community takes its topics in another order.
 */
export function requireNoTopic(group: Pick<GroupRow, 'name' | 'community_no'>): void {
  if (group.community_no > 0)
    throw denied(
      `${shownName(group.name)} is a topic; its members, roles and options are those of its community.`,
      'topic',
    )
}

/** The actor's role as it counts for an operation: where permission groups are on, by its masks. */
export function actingRole({ role, rights }: Standing, operation: Operation): ActorRole {
  return roleFor(operation, role, rights)
}

/**
 * The same for those on whom it is done: who holds the same right is an equal.
 *
 * @param accounts of which it will be asked
 * @param acting the operation, or how a role counts for it
 */
export async function targetRoles(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
  acting: Operation | ((role: ActorRole, rights: Rights | undefined) => ActorRole),
): Promise<(member: MemberRow | undefined, account: number) => ReturnType<typeof roleIn>> {
  const rights = await rightsAmong(tx.db, group, accounts)
  return (member, account) => {
    const role = roleIn(group, member, account)
    const counts =
      typeof acting === 'function' ? acting(role, rights(account)) : roleFor(acting, role, rights(account))
    return counts === 'AppAdmin' ? role : counts
  }
}
