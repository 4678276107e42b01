import type { Action } from './action.ts'

export const recall: Action = {
  name: 'recall',
  weight: 5,
  async run({ world, device, random }) {
    const message = random.pick(
      device.known.filter(it => it.flow === 'out' && !it.isRevoked && !it.isDeleted),
    )
    if (!message) return
    const peer = message.conversationID.slice('C2C'.length)
    await world.recorder.call({ op: 'recall', ...device.actor, peer, id: message.ID }, () =>
      device.chat.revokeMessage(message),
    )
  },
}
