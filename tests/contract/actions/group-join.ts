import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

export const join: Action = {
  name: 'group-join',
  weight: 8,
  async run({ world, device, random }) {
    const { user } = device
    const group = chooseGroup(world, random, it => it.type !== 'Private' && !it.members.has(user))
    if (!group) return
    const done = await world.recorder.call({ op: 'join', ...device.actor, group: group.id }, () =>
      device.chat.joinGroup({ groupID: group.id }),
    )
    if (done) group.members.add(user)
  },
}
