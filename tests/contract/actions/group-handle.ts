import type { Action } from './action.ts'
import { chooseGroup } from './group-choice.ts'

/** Answers one of the applications to a group. */
export const handle: Action = {
  name: 'group-handle',
  weight: 10,
  async run({ world, device, random }) {
    const group = chooseGroup(world, random, it => it.approval && it.owner === device.user)
    if (!group?.approval) return
    const { chat } = device
    const { data } = await chat.getGroupApplicationList().catch(() => ({ data: { applicationList: [] } }))
    const application = random.pick(data.applicationList.filter(it => it.groupID === group.id))
    if (!application) return
    const target = application.applicant
    const agree = random.chance(0.7)
    const done = await world.recorder.call(
      { op: 'handle', ...device.actor, group: group.id, target, agree },
      () => chat.handleGroupApplication({ handleAction: agree ? 'Agree' : 'Reject', application }),
    )
    if (done && agree) group.members.add(target)
  },
}
