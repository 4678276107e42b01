import { operationsOf } from './evidence.ts'
import { groupModels } from './group-model.ts'
import type { Rule } from './rule.ts'

/** Members, roles, count and name over REST, and whether a conversation says that its owner is in, are as the tips made them. */
export const groupMembers: Rule = evidence =>
  groupModels(evidence).flatMap(model => {
    const { group } = model.group
    const found: string[] = []
    for (const view of evidence.groupViews)
      if (view.peer === group && view.member !== model.isMember(view.user))
        found.push(
          `The conversation of ${view.user} says that it is ${view.member ? 'in' : 'out of'} ${group}.`,
        )
    const final = evidence.groupFinals.get(group)
    const dismissals = operationsOf(evidence, 'dismiss').filter(({ call }) => call.group === group)
    if (!final) return dismissals.length > 0 ? found : [`${group} is gone, and nobody dismissed it.`]
    if (dismissals.some(({ ok }) => ok)) found.push(`${group} was dismissed with success, and is there.`)
    const due = model
      .members()
      .map(user => `${user} ${model.roleAt(user, model.head)}`)
      .sort()
      .join(', ')
    const listed = final.members
      .map(({ user, role }) => `${user} ${role}`)
      .sort()
      .join(', ')
    if (listed !== due) found.push(`${group} lists ${listed}; its tips make ${due}.`)
    const count = model.members().length
    if (final.memberNum !== count) found.push(`${group} names ${final.memberNum} members, ${count} are due.`)
    const name = model.nameAt(model.head)
    if (final.name !== name) found.push(`${group} is called ${final.name}; its tips say ${name}.`)
    return found
  })
