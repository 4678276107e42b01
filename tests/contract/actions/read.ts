import type { Action } from './action.ts'

export const read: Action = {
  name: 'read',
  weight: 14,
  async run({ world, device, random }) {
    const peer = random.pick(world.peersOf(device.user))
    if (peer === undefined) return
    await world.recorder.call({ op: 'read', ...device.actor, peer }, () =>
      device.chat.setMessageRead({ conversationID: `C2C${peer}` }),
    )
  },
}
