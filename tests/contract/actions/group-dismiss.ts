import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

/** One group of a run at most, so that the others live to its end. Private ones are dismissed by the app alone. */
export const dismiss: Action = {
  name: 'group-dismiss',
  weight: 2,
  async run({ world, device, random }) {
    if (world.groups.some(it => it.isDismissed)) return
    const group = chooseGroup(world, random, it => it.owner === device.user && it.type !== 'Private')
    if (!group) return
    if (group.owner === device.user) group.isDismissed = true
    await world.recorder.call({ op: 'dismiss', ...device.actor, group: group.id }, () =>
      device.chat.dismissGroup(group.id),
    )
  },
}
