import type { MessageRow } from '../../messages/message-row.ts'
import { ownGroup } from '../../messages/pair.ts'
import { isMeantFor } from '../../messages/stored-message.ts'
import type { Lock } from '../../store/locks.ts'
import type { Transaction } from '../../store/mutation.ts'
import { type GroupRow, livingGroup, memberRow } from '../group-rows.ts'
import { type Actor, actorRole } from '../judge.ts'
import { type Rights, rightsOf } from '../permissions/rights.ts'
import type { ActorRole } from '../rules/operations.ts'
import { groupMessage } from './group-message-change.ts'

/** What every mutation of messages of a group is told; plain data. */
export interface GroupMessageCall {
  readonly app: number
  readonly group: number
  readonly conv: number
  readonly actor: Actor
}

/** Mutations of messages touch no column that an append keeps in memory: its heads stay true. */
export const KEEPS_HEADS = { keepsHeads: true } as const

export function conversationLocks(call: { readonly app: number; readonly conv: number }): Lock[] {
  return [{ on: 'conversation', app: call.app, conv: call.conv }]
}

export interface MessageStanding {
  readonly group: GroupRow
  /** Whose members see the messages: the group, of a topic its community. */
  readonly home: GroupRow
  readonly role: ActorRole
  readonly rights: Rights | undefined
}

/** The group and the actor's place in it, of a topic: in its community. Throws 10010 when it was dismissed meanwhile. */
export async function messageStanding(tx: Transaction, call: GroupMessageCall): Promise<MessageStanding> {
  const group = await livingGroup(tx, call.app, call.group)
  const home = group.community_no > 0 ? await livingGroup(tx, call.app, group.community_no) : group
  const member = await memberRow(tx.db, home, call.actor.account)
  const role = actorRole(home, member, call.actor)
  const rights = role === 'AppAdmin' ? undefined : await rightsOf(tx.db, home, call.actor.account)
  return { group, home, role, rights }
}

/** The message of that number when the actor sees it; an app admin sees all. */
export async function seenMessage(
  tx: Transaction,
  group: GroupRow,
  actor: Actor,
  seq: number,
): Promise<MessageRow | undefined> {
  const message = await groupMessage(tx.db, group, seq)
  if (!message || actor.admin) return message
  const own = await ownGroup(tx.db, group.app_id, actor.account, group.conv_id)
  if (!own || seq <= own.clearedSeq || seq > own.headSeq || !isMeantFor(message, actor.account))
    return undefined
  const hidden = await tx.db
    .selectFrom('message_hidden')
    .select('seq')
    .where('app_id', '=', group.app_id)
    .where('account_id', '=', actor.account)
    .where('conv_id', '=', group.conv_id)
    .where('seq', '=', seq)
    .executeTakeFirst()
  return hidden ? undefined : message
}
