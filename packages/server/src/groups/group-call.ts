import type { Lock } from '../store/locks.ts'
import type { Transaction } from '../store/mutation.ts'
import { type GroupRow, livingGroup, type MemberRow, memberRow } from './group-rows.ts'
import { type Actor, actorRole } from './judge.ts'
import type { NoticeBounds } from './notices/send-notices.ts'
import type { ActorRole } from './rules/operations.ts'
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
  readonly role: ActorRole
}

/** The group under its lock and the actor's role in it. Throws 10010 when it was dismissed meanwhile. */
export async function standing(tx: Transaction, call: GroupCall): Promise<Standing> {
  const group = await livingGroup(tx, call.app, call.group)
  const member = await memberRow(tx.db, group, call.actor.account)
  return { group, member, role: actorRole(group, member, call.actor) }
}
