import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

/** The founder gets it back in half of the cases. */
const BACK = 0.5

export const transfer: Action = {
  name: 'group-transfer',
  weight: 3,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, it => it.owner === device.user)
    if (!group) return
    const others = [...group.members].filter(it => it !== device.user)
    const goesBack = group.founder !== device.user && random.chance(BACK)
    const target = goesBack ? group.founder : random.pick(others)
    if (target === undefined) return
    const done = await world.recorder.call({ op: 'transfer', ...device.actor, group: group.id, target }, () =>
      device.chat.changeGroupOwner({ groupID: group.id, newOwnerID: target }),
    )
    group.owner = done ? target : ((await world.ownerOf(group.id)) ?? group.owner)
  },
}
