import type { Action } from './action.ts'
import { chooseGroup, chooseMember } from './group-choice.ts'

export const removeMember: Action = {
  name: 'group-remove',
  weight: 10,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, it => it.owner === device.user)
    const target = group && chooseMember(group, random)
    if (!group || target === undefined) return
    const done = await world.recorder.call({ op: 'remove', ...device.actor, group: group.id, target }, () =>
      device.chat.deleteGroupMember({ groupID: group.id, userIDList: [target] }),
    )
    if (done) group.members.delete(target)
  },
}
