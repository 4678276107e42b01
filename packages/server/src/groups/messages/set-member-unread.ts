import { bumpOwnerState } from '../../conversations/owner-state.ts'
import { defineMutation } from '../../store/mutation.ts'
import { denied } from '../group-error.ts'
import { livingGroup, memberRow } from '../group-rows.ts'
import { setUnread } from '../members/set-unread.ts'
import { type GroupMessageCall, KEEPS_HEADS } from './message-call.ts'

export interface MemberUnread extends GroupMessageCall {
  readonly member: number
  readonly unread: number
}

/** Overwrites a member's read mark, also backwards. Throws 10007 for who is no member. */
export const setMemberUnread = defineMutation<MemberUnread, void>(
  'groups/set-unread',
  async (tx, call) => {
    const group = await livingGroup(tx, call.app, call.group)
    const home = group.community_no > 0 ? await livingGroup(tx, call.app, group.community_no) : group
    if (!(await memberRow(tx.db, home, call.member)))
      throw denied('The account is no member of the group.', 'membership')
    await setUnread(tx, group, call.member, call.unread)
    await bumpOwnerState(tx, call.app, call.member, call.conv)
  },
  {
    ...KEEPS_HEADS,
    locks: ({ app, conv, member }) => [
      { on: 'account', app, account: member },
      { on: 'conversation', app, conv },
    ],
  },
)
