import { pairOf } from '../messages/pair.ts'
import type { Lock } from '../store/locks.ts'
import type { Transaction } from '../store/mutation.ts'
import { moveGroupMark } from './group-read-mark.ts'
import { ensureConversation } from './owner-row.ts'
import { moveOwnMark } from './read-mark.ts'

/** The other side of one of somebody's conversations: an account, or the conversation of a group that it is or was in. */
export type Contact = { readonly peer: number } | { readonly groupConv: number }

/** A conversation of an owner. */
export interface ContactConversation {
  readonly conv: number
  readonly headSeq: number
}

/** For a change of the owner's state of conversations: its other changes wait, and so do messages and their changes. */
export function contactLocks(app: number, owner: number, contacts: readonly Contact[]): Lock[] {
  return [
    { on: 'account', app, account: owner },
    ...contacts.map(
      (contact): Lock =>
        'peer' in contact
          ? { on: 'pair', app, a: owner, b: contact.peer }
          : { on: 'conversation', app, conv: contact.groupConv },
    ),
  ]
}

/** Undefined when there is none yet: the two never talked. */
export async function contactConversation(
  tx: Transaction,
  app: number,
  owner: number,
  contact: Contact,
): Promise<ContactConversation | undefined> {
  if ('peer' in contact) return pairOf(tx.db, app, owner, contact.peer)
  const row = await tx.db
    .selectFrom('user_conversation as uc')
    .innerJoin('conversation as c', join =>
      join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
    )
    .select(['c.conv_id', 'c.head_seq', 'uc.to_seq'])
    .where('uc.app_id', '=', app)
    .where('uc.account_id', '=', owner)
    .where('uc.conv_id', '=', contact.groupConv)
    .executeTakeFirst()
  return row && { conv: row.conv_id, headSeq: row.to_seq < 0 ? row.head_seq : row.to_seq }
}

/** The owner's row of it, made where marks and pins need one before any message. Groups make theirs on joining. */
export async function ensureContact(
  tx: Transaction,
  app: number,
  owner: number,
  contact: Contact,
): Promise<number> {
  return 'peer' in contact ? ensureConversation(tx, app, owner, contact.peer) : contact.groupConv
}

/** Raises the owner's read mark to the head. */
export async function readAll(
  tx: Transaction,
  app: number,
  owner: number,
  contact: Contact,
  { conv, headSeq }: ContactConversation,
): Promise<boolean> {
  return 'peer' in contact
    ? moveOwnMark(tx, app, owner, conv, headSeq)
    : moveGroupMark(tx, { app, reader: owner, conv })
}
