import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupRole } from '@rookery/protocol/wire-group'
import { CommandError } from '../commands/command-error.ts'
import { MemberRole } from '../store/schema.ts'
import type { GroupRow, MemberRow } from './group-rows.ts'
import { TYPE_RULES } from './rules/group-types.ts'
import {
  type ActorRole,
  mayDo,
  OPERATIONS,
  type Operation,
  outranks,
  refusalCode,
} from './rules/operations.ts'

/** Who acts, as a door established it; plain data for a mutation. */
export interface Actor {
  /** Shown as the operator. */
  readonly account: number
  /** An app admin over REST: the owner's rights in every group. */
  readonly admin: boolean
  /** The socket's session, which need not be told what it did itself. */
  readonly session?: string
}

const ROLE_OF: ReadonlyMap<number, GroupRole> = new Map([
  [MemberRole.OWNER, 'Owner'],
  [MemberRole.ADMIN, 'Admin'],
  [MemberRole.MEMBER, 'Member'],
])

export function roleName(rank: number): GroupRole {
  return ROLE_OF.get(rank) ?? 'Member'
}

/** The role of an account by its row; the owner of a live room has none. */
export function roleIn(
  group: Pick<GroupRow, 'type' | 'owner_id'>,
  member: Pick<MemberRow, 'role'> | undefined,
  account: number,
): GroupRole | 'NonMember' {
  if (member) return roleName(member.role)
  if (!TYPE_RULES[group.type].storesMembers && group.owner_id === account) return 'Owner'
  return 'NonMember'
}

export function actorRole(
  group: Pick<GroupRow, 'type' | 'owner_id'>,
  member: Pick<MemberRow, 'role'> | undefined,
  actor: Actor,
): ActorRole {
  return actor.admin ? 'AppAdmin' : roleIn(group, member, actor.account)
}

/** Throws the operation's code when the role may not do it in a group of this type. */
export function requireMay(
  operation: Operation,
  group: Pick<GroupRow, 'type' | 'name'>,
  role: ActorRole,
): void {
  if (mayDo(operation, group.type, role)) return
  const code = refusalCode(operation, group.type, role)
  const what = OPERATIONS[operation].title
  throw new CommandError(
    code,
    role === 'NonMember'
      ? `${what}: you are not in the group ${group.name}, or its type has no such operation.`
      : `${what}: your role in the group, or its type, does not allow it (${group.type}, ${role}).`,
    { check: 'role', operation, type: group.type, role },
  )
}

/** Throws 10007 when the target's role is not below the actor's. */
export function requireOutranks(actor: ActorRole, target: GroupRole | 'NonMember'): void {
  if (outranks(actor, target)) return
  throw new CommandError(
    ErrorCode.GROUP_PERMISSION_DENIED,
    `Nobody acts on an equal or higher role; this account is ${target} of the group.`,
    { check: 'rank', target },
  )
}
