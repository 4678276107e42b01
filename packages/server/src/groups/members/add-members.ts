import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation } from '../../store/mutation.ts'
import { ApplicationKind } from '../../store/schema.ts'
import { approversOf } from '../applications/approvers.ts'
import { putApplication } from '../applications/put-application.ts'
import { tellGroup } from '../change-group.ts'
import { actingRole, type GroupCall, groupLocks, standing } from '../group-call.ts'
import { denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { requireMay } from '../judge.ts'
import { type Notice, sendNotices } from '../notices/send-notices.ts'
import type { ActorRole } from '../rules/operations.ts'
import { sendTip } from '../tips/send-tip.ts'
import { admissions } from './admission.ts'
import { enterMembers } from './enter-members.ts'

/** `Result` of an added account (rest-2 section 5.3). */
export const AddResult = { FAILED: 0, ADDED: 1, WAS_MEMBER: 2, WAITING: 3, OVER_LIMIT: 4 } as const
export type AddResult = (typeof AddResult)[keyof typeof AddResult]

export interface AddMembers extends GroupCall {
  readonly accounts: readonly number[]
  /** Nobody is told. */
  readonly silent: boolean
  readonly joinedMax: number
  /** The invited one must agree too when a member invites. */
  readonly needsConsent: boolean
}

/**
 * Adds accounts to a group, or asks for what their entry still needs. The result of each account, in order. Throws 10007
 * when the actor may not, 10014 when the group would be too full: then nobody is added.
 */
export const addMembers = defineMutation<AddMembers, AddResult[]>(
  'groups/add-members',
  async (tx, call) => {
    const who = await standing(tx, call)
    const { group } = who
    // Who approves invitations needs no approval for its own.
    const role = actingRole(who, 'handleApplications')
    requireMay('invite', group, role)
    requireOpen(group, role)
    const judged = await admissions(tx, group, call.accounts, call.joinedMax)
    const free = [...new Set(call.accounts.filter(account => judged.get(account) === 'free'))]
    requireRoom(group, free.length)
    const waits = role === 'AppAdmin' ? undefined : waitsFor(group, role, call.needsConsent)
    if (waits !== undefined) await ask(tx, call, group, free, waits)
    else if (free.length > 0) {
      const entered = await enterMembers(
        tx,
        group,
        free.map(account => ({ account })),
      )
      tellGroup(tx, entered, { joined: free })
      if (!call.silent) {
        const operator = call.actor.account
        await sendTip(
          tx,
          entered,
          operator,
          { op: GroupTip.JOINED, accounts: free, invited: true },
          call.tips.members,
        )
        if (entered.active)
          await sendNotices(
            tx,
            entered,
            free.map(to => ({ to, type: GroupNotice.PULLED_IN, operator })),
            call.notices,
          )
      }
    }
    return call.accounts.map(account => {
      const admission = judged.get(account)
      if (admission === 'free') return waits === undefined ? AddResult.ADDED : AddResult.WAITING
      if (admission === 'member') return AddResult.WAS_MEMBER
      return admission === 'overLimit' ? AddResult.OVER_LIMIT : AddResult.FAILED
    })
  },
  { locks: call => groupLocks(call, call.accounts) },
)

/** Throws 10014 when so many more do not fit. */
export function requireRoom(group: GroupRow, more: number): void {
  if (more === 0 || group.member_count + more <= group.max_members) return
  throw new CommandError(
    ErrorCode.GROUP_FULL,
    `The group has ${group.member_count} of its ${group.max_members} members; ${more} more do not fit.`,
    { check: 'full', members: group.member_count, max: group.max_members },
  )
}

function requireOpen(group: GroupRow, role: ActorRole): void {
  if (role !== 'AppAdmin' && group.invite_option === 'DisableInvite')
    throw denied(
      'Nobody may be invited to this group; its InviteJoinOption is DisableInvite.',
      'InviteJoinOption',
    )
}

/** What an invitation still needs; undefined when nothing. Owner and admins need nobody's approval. */
export function waitsFor(
  group: GroupRow,
  role: ActorRole,
  needsConsent: boolean,
): typeof ApplicationKind.INVITE_NEEDS_ADMIN | typeof ApplicationKind.INVITE_NEEDS_CONSENT | undefined {
  if (needsConsent) return ApplicationKind.INVITE_NEEDS_CONSENT
  return group.invite_option === 'NeedPermission' && role === 'Member'
    ? ApplicationKind.INVITE_NEEDS_ADMIN
    : undefined
}

async function ask(
  tx: Parameters<typeof putApplication>[0],
  call: AddMembers,
  group: GroupRow,
  accounts: readonly number[],
  kind: number,
): Promise<void> {
  const inviter = call.actor.account
  const notices: Notice[] = []
  const staff = kind === ApplicationKind.INVITE_NEEDS_ADMIN ? await approversOf(tx.db, group) : []
  for (const account of accounts) {
    const { msgKey, token } = await putApplication(tx, group, { kind, applicant: inviter, user: account })
    const request = { operator: inviter, msgKey, authentication: token, remark: '' }
    if (kind === ApplicationKind.INVITE_NEEDS_CONSENT)
      notices.push({ ...request, to: account, type: GroupNotice.INVITATION })
    else
      for (const to of staff)
        notices.push({ ...request, to, type: GroupNotice.INVITATION_FOR_ADMIN, about: account })
  }
  await sendNotices(tx, group, notices, call.notices)
}
