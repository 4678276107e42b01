import type { Action } from './action.ts'
import { chooseGroup, isIn } from './group-choice.ts'

export const addMember: Action = {
  name: 'group-add',
  weight: 6,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, isIn(device))
    const target = group && random.pick(world.users.filter(it => !group.members.has(it)))
    if (!group || target === undefined) return
    const done = await world.recorder.call(
      { op: 'add', ...device.actor, group: group.id, target },
      async () => {
        const { data } = await device.chat.addGroupMember({ groupID: group.id, userIDList: [target] })
        if (data.successUserIDList.length + data.existedUserIDList.length === 0)
          throw new Error(`${target} was not added: ${JSON.stringify(data)}`)
        return data
      },
    )
    if (done) group.members.add(target)
  },
}
