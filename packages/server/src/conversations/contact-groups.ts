import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireContactGroup } from '@rookery/protocol/wire'
import type { Kysely } from 'kysely'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import { type Contact, contactConversation, contactLocks, ensureContact } from './contact.ts'
import { MarkedConversations } from './marked-conversations.ts'
import { KEEPS_HEADS, ownerLocks } from './owner-row.ts'
import { bumpOwnerStates, raiseLog } from './owner-state.ts'

interface OwnGroup {
  readonly app: number
  readonly owner: number
  readonly name: string
}

const queries = perDatabase(db => ({
  all: new PreparedQuery<{ app: number; owner: number }, { group_id: number; name: string }>(
    db,
    (db, parameter) =>
      db
        .selectFrom('contact_group')
        .select(['group_id', 'name'])
        .where('app_id', '=', parameter('app'))
        .where('account_id', '=', parameter('owner'))
        .orderBy('group_id'),
  ),
}))

/** All of an account's groups of conversations, in the order in which they were made. */
export async function contactGroups(
  db: Kysely<Schema>,
  app: number,
  owner: number,
): Promise<WireContactGroup[]> {
  const rows = await queries(db).all.all({ app, owner })
  return rows.map(row => ({ GroupId: row.group_id, GroupName: row.name }))
}

export interface CreateContactGroup extends OwnGroup {
  readonly contacts: readonly Contact[]
  /** `conv.groupsMax` */
  readonly groupsMax: number
  /** `conv.markedMax` */
  readonly markedMax: number
}

/** Makes a group with these conversations in it. Throws 50002 for a name that is taken, 51010 over the limit. */
export const createContactGroup = defineMutation<
  CreateContactGroup,
  { readonly groupId: number; readonly codes: readonly number[] }
>(
  'conversations/create-contact-group',
  async (tx, args) => {
    const { app, owner, name } = args
    const log = await raiseLog(tx, app, owner)
    const groups = await contactGroups(tx.db, app, owner)
    refuseTaken(groups, name)
    if (groups.length >= args.groupsMax)
      throw new CommandError(
        ErrorCode.CONVERSATION_GROUP_COUNT_LIMIT,
        `The account has its ${args.groupsMax} conversation groups; delete one first.`,
        { check: 'conv.groupsMax', max: args.groupsMax },
      )
    // Never used again, by no account: devices may still hold conversations of a deleted group.
    const groupId = await tx.nextNumber('contact_group')
    await tx.db
      .insertInto('contact_group')
      .values({ app_id: app, account_id: owner, group_id: groupId, name })
      .execute()
    await announceGroups(tx, app, owner, log)
    const marked = new MarkedConversations(tx, app, owner, args.markedMax)
    const changes = args.contacts.map(contact => ({ ...contact, add: true }))
    return { groupId, codes: await changeMembers(tx, { app, owner, groupId, changes, marked }) }
  },
  { ...KEEPS_HEADS, locks: ({ app, owner, contacts }) => contactLocks(app, owner, contacts) },
)

export type MemberChange = Contact & { readonly add: boolean }

export interface ChangeContactGroup extends OwnGroup {
  readonly changes: readonly MemberChange[]
  readonly markedMax: number
}

/** Puts conversations into a group and takes them out; answers a code for each, 0 or 51008. Throws 51009. */
export const changeContactGroup = defineMutation<
  ChangeContactGroup,
  { readonly groupId: number; readonly codes: readonly number[] }
>(
  'conversations/change-contact-group',
  async (tx, args) => {
    const { app, owner } = args
    const groupId = groupNamed(await contactGroups(tx.db, app, owner), args.name)
    const marked = new MarkedConversations(tx, app, owner, args.markedMax)
    const { changes } = args
    return { groupId, codes: await changeMembers(tx, { app, owner, groupId, changes, marked }) }
  },
  {
    ...KEEPS_HEADS,
    locks: ({ app, owner, changes }) => contactLocks(app, owner, changes),
  },
)

/** Throws 51009 for an unknown group, 50002 for a new name that is taken. */
export const renameContactGroup = defineMutation<
  OwnGroup & { readonly newName: string },
  { readonly groupId: number }
>(
  'conversations/rename-contact-group',
  async (tx, { app, owner, name, newName }) => {
    const groups = await contactGroups(tx.db, app, owner)
    const groupId = groupNamed(groups, name)
    if (newName === name) return { groupId }
    refuseTaken(groups, newName)
    await tx.db
      .updateTable('contact_group')
      .set({ name: newName })
      .where('app_id', '=', app)
      .where('account_id', '=', owner)
      .where('group_id', '=', groupId)
      .execute()
    await announceGroups(tx, app, owner, await raiseLog(tx, app, owner))
    return { groupId }
  },
  { ...KEEPS_HEADS, locks: ({ app, owner }) => ownerLocks(app, owner, []) },
)

/** Throws 51009. The conversations stay; one event tells of all of them. */
export const deleteContactGroup = defineMutation<OwnGroup, { readonly groupId: number }>(
  'conversations/delete-contact-group',
  async (tx, { app, owner, name }) => {
    const groupId = groupNamed(await contactGroups(tx.db, app, owner), name)
    const log = await raiseLog(tx, app, owner)
    await tx.db
      .updateTable('user_conversation')
      .set({ log_no: log })
      .where('app_id', '=', app)
      .where('account_id', '=', owner)
      .where('conv_id', 'in', eb =>
        eb
          .selectFrom('contact_group_member as member')
          .select('member.conv_id')
          .where('member.app_id', '=', app)
          .where('member.account_id', '=', owner)
          .where('member.group_id', '=', groupId),
      )
      .execute()
    for (const table of ['contact_group_member', 'contact_group'] as const)
      await tx.db
        .deleteFrom(table)
        .where('app_id', '=', app)
        .where('account_id', '=', owner)
        .where('group_id', '=', groupId)
        .execute()
    await announceGroups(tx, app, owner, log)
    return { groupId }
  },
  { ...KEEPS_HEADS, locks: ({ app, owner }) => ownerLocks(app, owner, []) },
)

async function changeMembers(
  tx: Transaction,
  args: {
    readonly app: number
    readonly owner: number
    readonly groupId: number
    readonly changes: readonly MemberChange[]
    readonly marked: MarkedConversations
  },
): Promise<number[]> {
  const { app, owner, groupId } = args
  const changed = new Set<number>()
  const codes: number[] = []
  for (const change of args.changes) {
    const { add } = change
    const conv = add
      ? await ensureContact(tx, app, owner, change)
      : (await contactConversation(tx, app, owner, change))?.conv
    const isAdmitted = !add || conv === undefined || (await args.marked.admit(conv))
    codes.push(isAdmitted ? 0 : ErrorCode.CONVERSATION_MARKED_LIMIT)
    if (conv === undefined || !isAdmitted) continue
    const member = { app_id: app, account_id: owner, group_id: groupId, conv_id: conv }
    const moved = add ? await addMember(tx, member) : await removeMember(tx, member)
    if (moved) changed.add(conv)
  }
  if (changed.size > 0) await bumpOwnerStates(tx, app, owner, [...changed])
  return codes
}

type Member = Schema['contact_group_member']

async function addMember(tx: Transaction, member: Member): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('contact_group_member')
    .values(member)
    .onConflict(conflict => conflict.columns(['app_id', 'account_id', 'group_id', 'conv_id']).doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

async function removeMember(tx: Transaction, member: Member): Promise<boolean> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('contact_group_member')
    .where('app_id', '=', member.app_id)
    .where('account_id', '=', member.account_id)
    .where('group_id', '=', member.group_id)
    .where('conv_id', '=', member.conv_id)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

async function announceGroups(tx: Transaction, app: number, owner: number, log: number): Promise<void> {
  await tx.db
    .updateTable('account')
    .set({ contact_groups_log_no: log })
    .where('app_id', '=', app)
    .where('account_id', '=', owner)
    .execute()
  const frame = { ev: 'contactGroups', LogNo: log, Groups: await contactGroups(tx.db, app, owner) }
  tx.changed({ kind: 'push', app, to: [owner], frame: JSON.stringify(frame) })
}

function groupNamed(groups: readonly WireContactGroup[], name: string): number {
  const group = groups.find(({ GroupName }) => GroupName === name)
  if (!group)
    throw new CommandError(
      ErrorCode.CONVERSATION_GROUP_NOT_FOUND,
      `There is no conversation group ${JSON.stringify(name)}; create it first.`,
      { check: 'group', group: name },
    )
  return group.GroupId
}

function refuseTaken(groups: readonly WireContactGroup[], name: string): void {
  if (groups.some(({ GroupName }) => GroupName === name))
    throw new CommandError(
      ErrorCode.CONVERSATION_PARAMETER_INVALID,
      `There is a conversation group ${JSON.stringify(name)} already; update it or choose another name.`,
      { check: 'group-name', group: name },
    )
}
