import { targetOf } from '../../../packages/chat/src/conversations/conversation-id.ts'
import type { Action } from './action.ts'

/** Either side may edit, and everybody in a group. */
export const edit: Action = {
  name: 'edit',
  weight: 8,
  async run({ world, device, random }) {
    const message = random.pick(device.known.filter(it => !it.isRevoked && !it.isDeleted))
    if (!message) return
    const text = world.text('e')
    const peer = targetOf(message.conversationID)
    await world.recorder.call(
      { op: 'edit', ...device.actor, peer, id: message.ID, base: message.version, text },
      // A copy, as kits pass it: a refused edit leaves no trace on the app's own object.
      () => device.chat.modifyMessage({ ...message, payload: { text } }),
    )
  },
}
