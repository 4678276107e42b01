import TencentCloudChat from '@rookery/chat'
import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

/** Joins, or applies where the group wants that. */
export const join: Action = {
  name: 'group-join',
  weight: 8,
  async run({ world, device, random }) {
    const { user } = device
    const group = chooseGroup(world, random, it => it.type !== 'Private' && !it.members.has(user))
    if (!group) return
    const op = group.approval ? 'apply' : 'join'
    const done = await world.recorder.call({ op, ...device.actor, group: group.id }, async () => {
      const { data } = await device.chat.joinGroup({ groupID: group.id })
      if (group.approval && data.status !== TencentCloudChat.TYPES.JOIN_STATUS_WAIT_APPROVAL)
        throw new Error(`No application was made: ${data.status}.`)
      return data
    })
    if (done && !group.approval) group.members.add(user)
  },
}
