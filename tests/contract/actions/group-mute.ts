import type { Action } from './action.ts'
import { chooseGroup, chooseMember } from './group-choice.ts'

/** Longer than any run. */
const MUTE_SECONDS = 86_400

export const mute: Action = {
  name: 'group-mute',
  weight: 6,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, it => it.owner === device.user && it.type !== 'Private')
    const target = group && chooseMember(group, random)
    if (!group || target === undefined || target === device.user) return
    const seconds = random.chance(0.4) ? MUTE_SECONDS : 0
    await world.recorder.call({ op: 'mute', ...device.actor, group: group.id, target, seconds }, () =>
      device.chat.setGroupMemberMuteTime({ groupID: group.id, userID: target, muteTime: seconds }),
    )
  },
}
