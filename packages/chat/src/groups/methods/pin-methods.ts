import type { WireMessage } from '@rookery/protocol/wire'
import type { GroupEventFrame } from '@rookery/protocol/wire-group'
import { contentsOf, isContent, numberOf } from '../../messages/content.ts'
import type { Message } from '../../messages/message.ts'
import type { Untyped } from '../../untyped.ts'
import { type GroupContext, given, groupIdIn } from './context.ts'

type PinFrame = Extract<GroupEventFrame, { readonly ev: 'groupPin' }>

/** Pinned messages of groups: sdk-2 section 2. */
export function pinMethods(context: GroupContext) {
  const { call, cache, inbox, emit, EVENT } = context

  const pinned = (m: WireMessage, isPinned: boolean): Message =>
    Object.assign(inbox.remember(m), { isPinned })

  return {
    /** At most ten a group (10070). */
    async pinGroupMessage(options: {
      readonly groupID: string
      readonly message: Untyped
      readonly isPinned: boolean
    }) {
      const it = given(options)
      const message = isContent(it.message) ? it.message : {}
      const isPinned = it.isPinned === true
      const groupID = groupIdIn(context, it.groupID ?? message.to)
      await call('group/pin', {
        GroupId: groupID,
        MsgSeq: numberOf(message.sequence),
        Pinned: isPinned ? 1 : 0,
      })
      const present = cache.get(String(message.ID), `GROUP${groupID}`)?.message
      if (present) Object.assign(present, { isPinned })
      return {}
    },

    /** Newest pin first. */
    async getPinnedGroupMessageList(groupID: string): Promise<{ readonly messageList: Message[] }> {
      const reply = await call('group/pinned', { GroupId: groupIdIn(context, groupID) })
      const items = [...contentsOf(reply.Items)].sort((a, b) => numberOf(b.PinTime) - numberOf(a.PinTime))
      return { messageList: items.map(it => pinned(it.m as WireMessage, true)) }
    },

    onPin(frame: PinFrame): void {
      const isPinned = frame.Pinned === 1
      const message = pinned(frame.m, isPinned)
      const operatorInfo = { userID: frame.Operator_Account, nick: '', avatar: '' }
      const data = { groupID: frame.GroupId, message, messageID: message.ID, isPinned, operatorInfo }
      emit({ name: EVENT.PINNED_GROUP_MESSAGE_UPDATED, data })
    },
  }
}
