import { auditRow } from '../audit/audit-row.ts'
import { parseFields } from '../groups/custom-fields/custom-fields.ts'
import { type GroupRow, livingGroup, memberRow, memberRows } from '../groups/group-rows.ts'
import { roleIn, roleName } from '../groups/judge.ts'
import { AddResult, addMembers } from '../groups/members/add-members.ts'
import { changeMember } from '../groups/members/change-member.ts'
import { muteMembers } from '../groups/members/mute-members.ts'
import { removeMembers } from '../groups/members/remove-members.ts'
import { groupMessage } from '../groups/messages/group-message-change.ts'
import { recallGroupMessages } from '../groups/messages/recall-messages.ts'
import { personsOf } from '../groups/persons.ts'
import { type ChangeProfile, changeProfile } from '../groups/profile/change-profile.ts'
import { type CreatedGroup, type CreateGroup, createGroup } from '../groups/profile/create-group.ts'
import { closeGroup } from '../groups/profile/dismiss-group.ts'
import { transferGroup } from '../groups/profile/transfer-group.ts'
import { onOff } from '../groups/profile/wire-group.ts'
import { defineMutation, type Mutation, type Transaction } from '../store/mutation.ts'
import { MessageFlag } from '../store/schema.ts'

type Detail = Readonly<Record<string, unknown>>

interface Target {
  readonly app: number
  readonly group: number
}

/** `by` is the audit's actor, as `console:grace`. */
type ByOperator<A> = A & { readonly by: string }

interface Recorded<R> {
  readonly result: R
  /** Of the audit row; null: nothing changed, and there is no row. */
  readonly detail: Detail | null
}

/**
 * A change of a group with its audit row, in one transaction.
 *
 * @param describe looks at what is there before the change, and says afterwards what became of it.
 */
function recorded<A extends Target, R>(
  action: string,
  mutation: Mutation<A, R>,
  describe: (tx: Transaction, call: A, group: GroupRow) => Promise<(result: R) => Detail | null>,
): Mutation<ByOperator<A>, Recorded<R>> {
  return defineMutation(
    `operators/${action}`,
    async (tx, call) => {
      const group = await livingGroup(tx, call.app, call.group)
      const describeAfter = await describe(tx, call, group)
      const result = await mutation.run(tx, call)
      const detail = describeAfter(result)
      if (detail) await auditRow(tx, { app: call.app, actor: call.by, action, target: group.name, detail })
      return { result, detail }
    },
    { keepsHeads: mutation.keepsHeads, locks: call => mutation.locks(call) },
  )
}

export const createGroupByOperator = defineMutation<ByOperator<CreateGroup>, CreatedGroup>(
  'operators/group/create',
  async (tx, args) => {
    const created = await createGroup.run(tx, args)
    const [owner = null] = await namesOf(tx, args.app, [args.owner])
    await auditRow(tx, {
      app: args.app,
      actor: args.by,
      action: 'group/create',
      target: created.groupId,
      detail: { type: args.type, name: args.name, owner },
    })
    return created
  },
  { keepsHeads: createGroup.keepsHeads, locks: args => createGroup.locks(args) },
)

export const changeProfileByOperator = recorded('group/change', changeProfile, async (_, call, group) => {
  const { AppDefinedData = [], ...fields } = call.fields
  const custom = new Map(parseFields(group.custom).map(({ Key, Value }) => [Key, Value]))
  const before: Readonly<Record<string, unknown>> = { ...shownFields(group), ...Object.fromEntries(custom) }
  const given = [...Object.entries(fields), ...AppDefinedData.map(({ Key, Value }) => [Key, Value] as const)]
  const changed = given.filter(([name, value]) => value !== (before[name] ?? ''))
  const old = Object.fromEntries(changed.map(([name]) => [name, before[name] ?? '']))
  return () => (changed.length > 0 ? { old, new: Object.fromEntries(changed) } : null)
})

/** The fields of a profile by the names that a change gives them. */
function shownFields(
  group: GroupRow,
): Readonly<Record<keyof Omit<ChangeProfile['fields'], 'AppDefinedData'>, unknown>> {
  return {
    Name: group.title,
    Introduction: group.introduction,
    Notification: group.notification,
    FaceUrl: group.face_url,
    ApplyJoinOption: group.apply_option,
    InviteJoinOption: group.invite_option,
    MuteAllMember: onOff(group.mute_all),
    HistoryMsgBeforeJoin: onOff(group.history_before_join),
    MaxMemberNum: group.max_members,
    EnablePermission: group.enable_permission,
    DefaultPermission: group.default_permission,
  }
}

export const addMembersByOperator = recorded('group/add-members', addMembers, async (tx, call) => {
  const names = await personsOf(tx.db, call.app, call.accounts)
  return results => {
    const accounts = call.accounts.flatMap((account, index) =>
      results[index] === AddResult.ADDED ? (names.get(account)?.userId ?? []) : [],
    )
    return accounts.length > 0 ? { accounts } : null
  }
})

export const removeMembersByOperator = recorded(
  'group/remove-members',
  removeMembers,
  async (tx, call, group) => {
    const members = await memberRows(tx.db, group, call.accounts)
    const accounts = await namesOf(tx, call.app, members.keys())
    return () => (accounts.length > 0 ? { accounts, ...(call.reason && { reason: call.reason }) } : null)
  },
)

/** The owner can't be muted and is left out. */
export const muteMembersByOperator = recorded('group/mute', muteMembers, async (tx, call, group) => {
  const members = await memberRows(tx.db, group, call.accounts)
  const muted = call.accounts.filter(account => roleIn(group, members.get(account), account) !== 'Owner')
  const accounts = await namesOf(tx, call.app, muted)
  return () => (accounts.length > 0 ? { accounts, seconds: call.seconds } : null)
})

export const changeMemberByOperator = recorded('group/set-member', changeMember, async (tx, call, group) => {
  const member = await memberRow(tx.db, group, call.account)
  const [account] = await namesOf(tx, call.app, [call.account])
  const before = { role: member && roleName(member.role), nameCard: member?.name_card }
  const { role, nameCard } = call.fields
  const changed = {
    ...(role !== undefined && role !== before.role && { role }),
    ...(nameCard !== undefined && nameCard !== before.nameCard && { nameCard }),
  }
  const old = Object.fromEntries(
    Object.keys(changed).map(name => [name, before[name as keyof typeof before] ?? null]),
  )
  return () => (Object.keys(changed).length > 0 ? { account, old, new: changed } : null)
})

export const transferGroupByOperator = recorded('group/transfer', transferGroup, async (tx, call, group) => {
  const names = await personsOf(tx.db, call.app, [group.owner_id, call.to])
  const old = names.get(group.owner_id)?.userId ?? null
  return () => (group.owner_id === call.to ? null : { old, new: names.get(call.to)?.userId ?? null })
})

/** One message. */
export const recallByOperator = recorded('message/recall', recallGroupMessages, async (tx, call, group) => {
  const [seq = 0] = call.seqs
  const message = await groupMessage(tx.db, group, seq)
  const isRecalled = ((message?.flags ?? 0) & MessageFlag.RECALLED) !== 0
  const [from = null] = await namesOf(tx, call.app, [message?.sender_id ?? 0])
  return ([code]) =>
    code === 0 && !isRecalled ? { seq, from, ...(call.reason && { reason: call.reason }) } : null
})

export const closeGroupByOperator = recorded('group/dismiss', closeGroup, async (_, __, group) => () => ({
  type: group.type,
  name: group.title,
  members: group.member_count,
}))

async function namesOf(tx: Transaction, app: number, accounts: Iterable<number>): Promise<string[]> {
  return [...(await personsOf(tx.db, app, accounts)).values()].map(({ userId }) => userId)
}
