import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

export const rename: Action = {
  name: 'group-rename',
  weight: 5,
  async run({ world, device, random }) {
    const group = chooseGroup(
      world,
      random,
      it => it.owner === device.user || (it.type === 'Private' && it.members.has(device.user)),
    )
    if (!group) return
    const name = world.text('n')
    await world.recorder.call({ op: 'rename', ...device.actor, group: group.id, name }, () =>
      device.chat.updateGroupProfile({ groupID: group.id, name }),
    )
  },
}
