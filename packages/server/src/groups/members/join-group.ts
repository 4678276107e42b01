import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation } from '../../store/mutation.ts'
import { ApplicationKind } from '../../store/schema.ts'
import { approversOf } from '../applications/approvers.ts'
import { putApplication } from '../applications/put-application.ts'
import { tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks, standing } from '../group-call.ts'
import { accountNotFound, denied } from '../group-error.ts'
import { requireMay } from '../judge.ts'
import { sendNotices } from '../notices/send-notices.ts'
import { sendTip } from '../tips/send-tip.ts'
import { requireRoom } from './add-members.ts'
import { type Admission, admissions } from './admission.ts'
import { enterMembers } from './enter-members.ts'

export interface JoinGroup extends GroupCall {
  readonly note: string
  readonly userField: string
  readonly joinedMax: number
}

export type JoinedStatus = 'JoinedSuccess' | 'AlreadyInGroup' | 'WaitAdminApproval'

/** Joins, or applies where the group wants that. Throws 10007, 10014, 10037. */
export const joinGroup = defineMutation<JoinGroup, JoinedStatus>(
  'groups/join',
  async (tx, call) => {
    const { group, member, role } = await standing(tx, call)
    if (member) return 'AlreadyInGroup'
    requireMay('join', group, role)
    if (group.apply_option === 'DisableApply')
      throw denied('Nobody may apply to this group; a member has to invite you.', 'ApplyJoinOption')
    const { account } = call.actor
    const admission = (await admissions(tx, group, [account], call.joinedMax)).get(account)
    requireAdmission(admission, call.joinedMax)
    requireRoom(group, 1)
    if (group.apply_option === 'NeedPermission') {
      const { msgKey, token } = await putApplication(tx, group, {
        kind: ApplicationKind.JOIN,
        applicant: account,
        user: 0,
        note: call.note,
        userField: call.userField,
      })
      const staff = await approversOf(tx.db, group)
      await sendNotices(
        tx,
        group,
        staff.map(to => ({
          to,
          type: GroupNotice.APPLICATION,
          operator: account,
          remark: call.note,
          msgKey,
          authentication: token,
          userDefinedField: call.userField,
        })),
        call.notices,
      )
      return 'WaitAdminApproval'
    }
    const entered = await enterMembers(tx, group, [{ account }])
    tellGroup(tx, entered, { joined: [account] })
    await sendTip(
      tx,
      entered,
      account,
      { op: GroupTip.JOINED, accounts: [account], invited: false },
      call.tips.members,
    )
    await sendNotices(
      tx,
      entered,
      [{ to: account, type: GroupNotice.ACCEPTED, operator: account, remark: '' }],
      call.notices,
      call.actor.session,
    )
    return 'JoinedSuccess'
  },
  { locks: call => groupLocks(call, [call.actor.account]) },
)

/** Throws what keeps one account out. */
export function requireAdmission(admission: Admission | undefined, joinedMax: number): void {
  if (admission === 'banned') throw denied('The account is banned from this group for a time.', 'banned')
  if (admission === 'unknown' || admission === undefined) throw accountNotFound('The account')
  if (admission === 'overLimit')
    throw new CommandError(
      ErrorCode.GROUP_JOINED_COUNT_LIMIT,
      `The account is in ${joinedMax} groups, which is as many as a user may be in; leave one first.`,
      { check: 'group.joinedMax', max: joinedMax },
    )
}
