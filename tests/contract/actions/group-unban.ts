import type { Action } from './action.ts'
import { APP, chooseGroup } from './group-choice.ts'

export const unban: Action = {
  name: 'group-unban',
  weight: 4,
  by: 'any',
  async run({ world, random }) {
    const group = chooseGroup(world, random, it => it.banned.size > 0)
    const target = group && random.pick([...group.banned])
    if (!group || target === undefined) return
    const done = await world.recorder.call({ op: 'unban', ...APP, group: group.id, target }, () =>
      world.ok('group_open_http_svc/unban_group_member', { GroupId: group.id, Members_Account: [target] }),
    )
    if (done) group.banned.delete(target)
  },
}
