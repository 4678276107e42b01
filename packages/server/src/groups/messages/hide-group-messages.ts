import { bumpOwnerState } from '../../conversations/owner-state.ts'
import { defineMutation } from '../../store/mutation.ts'
import { livingGroup } from '../group-rows.ts'
import { type GroupMessageCall, KEEPS_HEADS, seenMessage } from './message-call.ts'

export interface GroupHiding extends GroupMessageCall {
  readonly seqs: readonly number[]
}

/** Takes messages out of one member's view; the others keep them. Returns how many were there. */
export const hideGroupMessages = defineMutation<GroupHiding, number>(
  'groups/hide-messages',
  async (tx, call) => {
    const group = await livingGroup(tx, call.app, call.group)
    const { account } = call.actor
    let hidden = 0
    for (const seq of new Set(call.seqs)) {
      if (!(await seenMessage(tx, group, { ...call.actor, admin: false }, seq))) continue
      await tx.db
        .insertInto('message_hidden')
        .values({ app_id: call.app, account_id: account, conv_id: call.conv, seq })
        .execute()
      hidden++
    }
    if (hidden > 0) await bumpOwnerState(tx, call.app, account, call.conv)
    return hidden
  },
  {
    ...KEEPS_HEADS,
    locks: ({ app, conv, actor }) => [
      { on: 'account', app, account: actor.account },
      { on: 'conversation', app, conv },
    ],
  },
)
