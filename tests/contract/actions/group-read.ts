import type { Action } from './action.ts'
import { chooseGroup, isIn } from './group-choice.ts'

export const readGroup: Action = {
  name: 'group-read',
  weight: 8,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, isIn(device))
    if (!group) return
    await world.recorder.call({ op: 'read', ...device.actor, peer: group.id }, () =>
      device.chat.setMessageRead({ conversationID: `GROUP${group.id}` }),
    )
  },
}
