import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

/** Owners stay, and the founder, so that somebody sees all of a group. */
export const quit: Action = {
  name: 'group-quit',
  weight: 3,
  async run({ world, device, random }) {
    const { user } = device
    const group = chooseGroup(world, random, it => it.members.has(user))
    if (!group || group.owner === user || group.founder === user) return
    const done = await world.recorder.call({ op: 'quit', ...device.actor, group: group.id }, () =>
      device.chat.quitGroup(group.id),
    )
    if (done) group.members.delete(user)
  },
}
