import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

export const muteAll: Action = {
  name: 'group-mute-all',
  weight: 4,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, it => it.owner === device.user && it.type !== 'Private')
    if (!group) return
    const on = random.chance(0.35)
    await world.recorder.call({ op: 'mute-all', ...device.actor, group: group.id, on }, () =>
      device.chat.updateGroupProfile({ groupID: group.id, muteAllMembers: on }),
    )
  },
}
