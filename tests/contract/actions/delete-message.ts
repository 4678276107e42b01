import { isGroupConversation, targetOf } from '../../../packages/chat/src/conversations/conversation-id.ts'
import type { Action } from './action.ts'

/** For this user only, one-to-one. A message is never deleted by both sides: then nobody could tell it from a lost one. */
export const deleteMessage: Action = {
  name: 'delete',
  weight: 3,
  async run({ world, device, random }) {
    const message = random.pick(
      device.known.filter(
        it =>
          !isGroupConversation(it.conversationID) &&
          !it.isDeleted &&
          (world.deletedBy.get(it.ID) ?? device.user) === device.user,
      ),
    )
    if (!message) return
    world.deletedBy.set(message.ID, device.user)
    const peer = targetOf(message.conversationID)
    await world.recorder.call({ op: 'delete', ...device.actor, peer, id: message.ID }, () =>
      device.chat.deleteMessage([message]),
    )
  },
}
