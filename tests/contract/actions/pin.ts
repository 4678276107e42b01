import type { Action } from './action.ts'

export const pin: Action = {
  name: 'pin',
  weight: 3,
  async run({ world, device, random }) {
    const peer = random.pick(world.peersOf(device.user))
    if (peer === undefined) return
    const pinned = random.chance(0.5)
    await world.recorder.call({ op: 'pin', ...device.actor, peer, pinned }, () =>
      device.chat.pinConversation({ conversationID: `C2C${peer}`, isPinned: pinned }),
    )
  },
}
