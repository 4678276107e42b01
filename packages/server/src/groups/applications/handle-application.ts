import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { ApplicationKind } from '../../store/schema.ts'
import { tellGroup } from '../change-group.ts'
import { actingRole, type GroupCall, groupLocks, standing } from '../group-call.ts'
import { denied } from '../group-error.ts'
import { type GroupRow, memberRow } from '../group-rows.ts'
import { actorRole, requireMay } from '../judge.ts'
import { requireRoom, waitsFor } from '../members/add-members.ts'
import { admissions } from '../members/admission.ts'
import { enterMembers } from '../members/enter-members.ts'
import { requireAdmission } from '../members/join-group.ts'
import { type Notice, sendNotices } from '../notices/send-notices.ts'
import { rightsOf, roleFor } from '../permissions/rights.ts'
import { sendTip } from '../tips/send-tip.ts'
import { approversOf } from './approvers.ts'
import { type ApplicationRow, putApplication } from './put-application.ts'

export interface HandleApplication extends GroupCall {
  readonly kind: number
  readonly applicant: number
  /** The invited one; 0 when the applicant asks for himself. */
  readonly user: number
  readonly msgKey: number
  readonly token: string
  readonly agree: boolean
  readonly text: string
  readonly joinedMax: number
}

const Handled = { OPEN: 0, AGREED: 1, REFUSED: 2 } as const

/**
 * Agrees to or refuses a request: an application and an invitation by a member for owner and admins, an invitation that wants
 * consent for the invited one. True when an entry came of it. Throws 10024 when it was handled before or replaced, 10004 for
 * another token, 10007, 10014, 10037.
 */
export const handleApplication = defineMutation<HandleApplication, boolean>(
  'groups/handle-application',
  async (tx, call) => {
    const who = await standing(tx, call)
    const { group } = who
    const isOwn = call.kind === ApplicationKind.INVITE_NEEDS_CONSENT
    if (!isOwn) requireMay('handleApplications', group, actingRole(who, 'handleApplications'))
    else if (call.user !== call.actor.account)
      throw denied('Only the invited one may answer this invitation.', 'invited')
    const request = await openRequest(tx, group, call)
    await markHandled(tx, group, call, call.agree ? Handled.AGREED : Handled.REFUSED)
    const handler = call.actor.account
    const answer = (to: number, type: Notice['type']): Notice => ({
      to,
      type,
      operator: handler,
      remark: call.text,
    })
    if (!call.agree) {
      const refusal = isOwn ? GroupNotice.INVITATION_REFUSED : GroupNotice.REFUSED
      await sendNotices(tx, group, [answer(request.applicant_id, refusal)], call.notices)
      return false
    }
    const notices: Notice[] = []
    if (isOwn) {
      notices.push(answer(request.applicant_id, GroupNotice.INVITATION_ACCEPTED))
      if (await needsAdminToo(tx, group, request.applicant_id)) {
        const inviter = request.applicant_id
        const key = await putApplication(tx, group, {
          kind: ApplicationKind.INVITE_NEEDS_ADMIN,
          applicant: inviter,
          user: handler,
        })
        for (const to of await approversOf(tx.db, group))
          notices.push({
            to,
            type: GroupNotice.INVITATION_FOR_ADMIN,
            operator: inviter,
            about: handler,
            msgKey: key.msgKey,
            authentication: key.token,
            remark: '',
          })
        await sendNotices(tx, group, notices, call.notices)
        return false
      }
    }
    const entering = request.user_id || request.applicant_id
    const admission = (await admissions(tx, group, [entering], call.joinedMax)).get(entering)
    let entered = group
    if (admission !== 'member') {
      requireAdmission(admission, call.joinedMax)
      requireRoom(group, 1)
      entered = await enterMembers(tx, group, [{ account: entering }])
      tellGroup(tx, entered, { joined: [entering] })
      const invited = request.user_id > 0
      await sendTip(
        tx,
        entered,
        invited ? request.applicant_id : handler,
        { op: GroupTip.JOINED, accounts: [entering], invited },
        call.tips.members,
      )
    }
    if (request.user_id === 0) notices.push(answer(entering, GroupNotice.ACCEPTED))
    else if (admission !== 'member')
      notices.push({ to: entering, type: GroupNotice.PULLED_IN, operator: request.applicant_id })
    await sendNotices(tx, entered, notices, call.notices)
    return true
  },
  { locks: call => groupLocks(call, [call.user || call.applicant]) },
)

async function openRequest(
  tx: Transaction,
  group: GroupRow,
  call: HandleApplication,
): Promise<ApplicationRow> {
  const row = await tx.db
    .selectFrom('group_application')
    .selectAll()
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('kind', '=', call.kind)
    .where('applicant_id', '=', call.applicant)
    .where('user_id', '=', call.user)
    .executeTakeFirst()
  if (!row || row.handled !== Handled.OPEN || row.msg_key !== call.msgKey)
    throw new CommandError(
      ErrorCode.GROUP_REQUEST_ALREADY_HANDLED,
      'The request was handled before, or a newer one took its place; load the list anew.',
      { check: 'handled' },
    )
  if (row.token !== call.token)
    throw new CommandError(
      ErrorCode.GROUP_PARAMETER_INVALID,
      'Authentication is not the one that came with the request.',
      { check: 'Authentication' },
    )
  return row
}

async function markHandled(
  tx: Transaction,
  group: GroupRow,
  call: HandleApplication,
  handled: number,
): Promise<void> {
  await tx.db
    .updateTable('group_application')
    .set({
      handled,
      handler_id: call.actor.account,
      handled_text: call.text,
      handled_time: tx.now,
    })
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .where('kind', '=', call.kind)
    .where('applicant_id', '=', call.applicant)
    .where('user_id', '=', call.user)
    .execute()
}

/** The invited one agreed; does the inviter's own role suffice? */
async function needsAdminToo(tx: Transaction, group: GroupRow, inviter: number): Promise<boolean> {
  const member = await memberRow(tx.db, group, inviter)
  const role = actorRole(group, member, { account: inviter, admin: false })
  if (role === 'NonMember')
    throw denied('Who invited you is not in the group any more; the invitation is void.', 'inviter')
  const acting = roleFor('handleApplications', role, await rightsOf(tx.db, group, inviter))
  return waitsFor(group, acting, false) !== undefined
}
