import { GroupNotice } from '@rookery/protocol/group-notice'
import type { GroupReceiveOption } from '@rookery/protocol/wire-group'
import { KEEPS_HEADS } from '../../conversations/owner-row.ts'
import { defineMutation } from '../../store/mutation.ts'
import { tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks } from '../group-call.ts'
import { badField, denied, groupNotFound } from '../group-error.ts'
import { memberRow } from '../group-rows.ts'
import { numberOwnRows } from '../members/own-rows.ts'
import { sendNotices } from '../notices/send-notices.ts'
import { topicStanding } from './change-topics.ts'
import { storedOption } from './topic-option.ts'
import { topicNamed } from './topic-rows.ts'

/** `group`: the community. */
export interface SetTopicOption extends GroupCall {
  readonly topicId: string
  readonly account: number
  readonly option: GroupReceiveOption
}

/** Sets what a member receives of a topic, whatever holds in the community. Throws 10010, 10007, 10004 for who is no member. */
export const setTopicOption = defineMutation<SetTopicOption, void>(
  'topics/set-receive-option',
  async (tx, call) => {
    const { group: community, role } = await topicStanding(tx, call)
    const { account, option } = call
    if (role !== 'AppAdmin' && account !== call.actor.account)
      throw denied("Another member's receive option is that member's own choice.", 'self')
    if (!(await memberRow(tx.db, community, account))) {
      if (role !== 'AppAdmin') throw denied(`You are not in the group ${community.name}.`, 'membership')
      throw badField('Member_Account', 'is not a member of the community')
    }
    const topic = await topicNamed(tx, community, call.topicId)
    if (!topic) throw groupNotFound(call.topicId)
    const { numUpdatedRows } = await tx.db
      .updateTable('user_conversation')
      .set({ recv_opt: storedOption(option) })
      .where('app_id', '=', call.app)
      .where('account_id', '=', account)
      .where('conv_id', '=', topic.conv_id)
      .where('recv_opt', '<>', storedOption(option))
      .executeTakeFirst()
    if (Number(numUpdatedRows) === 0) return
    await numberOwnRows(tx, topic, [account])
    tellGroup(tx, community, { receive: { account, option, topic: topic.conv_id } })
    await sendNotices(
      tx,
      topic,
      [
        {
          to: account,
          type: GroupNotice.RECEIVE_OPTION,
          operator: call.actor.account,
          receiveOption: option,
        },
      ],
      call.notices,
      call.actor.session,
    )
  },
  { ...KEEPS_HEADS, locks: call => groupLocks(call, [call.account]) },
)
