import type { Action } from './action.ts'
import { APP, chooseGroup, chooseMember } from './group-choice.ts'

/** Longer than any run. */
const BAN_SECONDS = 86_400

/** By the app: members go and stay out, others stay out. */
export const ban: Action = {
  name: 'group-ban',
  weight: 2,
  by: 'any',
  async run({ world, random }) {
    const group = chooseGroup(world, random, it => it.type !== 'Community')
    if (!group) return
    const outside = world.users.filter(it => !group.members.has(it))
    const target = random.chance(0.8) ? chooseMember(group, random) : random.pick(outside)
    if (target === undefined) return
    const done = await world.recorder.call({ op: 'ban', ...APP, group: group.id, target }, () =>
      world.ok('group_open_http_svc/ban_group_member', {
        GroupId: group.id,
        Members_Account: [target],
        Duration: BAN_SECONDS,
      }),
    )
    group.banned.add(target)
    if (done) group.members.delete(target)
  },
}
