import { targetOf } from '../../../packages/chat/src/conversations/conversation-id.ts'
import type { Action } from './action.ts'

export const recall: Action = {
  name: 'recall',
  weight: 5,
  async run({ world, device, random }) {
    const message = random.pick(
      device.known.filter(it => it.flow === 'out' && !it.isRevoked && !it.isDeleted),
    )
    if (!message) return
    const peer = targetOf(message.conversationID)
    await world.recorder.call({ op: 'recall', ...device.actor, peer, id: message.ID }, () =>
      device.chat.revokeMessage(message),
    )
  },
}
