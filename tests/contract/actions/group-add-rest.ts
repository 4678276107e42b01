import type { Action } from './action.ts'
import { APP, chooseGroup } from './group-choice.ts'

/** `Result` of `add_group_member` (rest-2 section 5.3). */
const FAILED = 0

/** By the app, over REST. */
export const addOverRest: Action = {
  name: 'group-add-rest',
  weight: 3,
  by: 'any',
  async run({ world, random }) {
    const group = chooseGroup(world, random, it => world.users.some(user => !it.members.has(user)))
    const target = group && random.pick(world.users.filter(it => !group.members.has(it)))
    if (!group || target === undefined) return
    const done = await world.recorder.call({ op: 'add', ...APP, group: group.id, target }, async () => {
      const answer = await world.ok('group_open_http_svc/add_group_member', {
        GroupId: group.id,
        MemberList: [{ Member_Account: target }],
      })
      const [result] = answer.MemberList as readonly { readonly Result: number }[]
      if (!result || result.Result === FAILED) throw new Error(`${target} was not added.`)
      return result
    })
    if (done) group.members.add(target)
  },
}
