import TencentCloudChat from '@rookery/chat'
import type { Action } from './action.ts'
import { chooseGroup, chooseMember } from './group-choice.ts'

const { TYPES } = TencentCloudChat

export const promote: Action = {
  name: 'group-promote',
  weight: 6,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, it => it.owner === device.user && it.type !== 'Private')
    const target = group && chooseMember(group, random)
    if (!group || target === undefined || target === device.user) return
    const admin = random.chance(0.5)
    await world.recorder.call({ op: 'promote', ...device.actor, group: group.id, target, admin }, () =>
      device.chat.setGroupMemberRole({
        groupID: group.id,
        userID: target,
        role: admin ? TYPES.GRP_MBR_ROLE_ADMIN : TYPES.GRP_MBR_ROLE_MEMBER,
      }),
    )
  },
}
