import type { GroupFinalEntry, GroupNodeEntry } from '../history/entry.ts'
import { type Evidence, operationsOf } from './evidence.ts'
import { type GroupModel, groupModels } from './group-model.ts'
import type { Rule } from './rule.ts'

/** Members, roles, count and name over REST, on each node, and whether a conversation says that its owner is in, are as the tips made them. */
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
    found.push(...listed(model, final, 'REST'), ...muteOfAll(evidence, final))
    for (const node of evidence.groupNodes)
      if (node.group === group) found.push(...listed(model, node, node.node))
    const name = model.nameAt(model.head)
    if (final.name !== name) found.push(`${group} is called ${final.name}; its tips say ${name}.`)
    return found
  })

function listed(
  model: GroupModel,
  { memberNum, members }: Pick<GroupFinalEntry | GroupNodeEntry, 'memberNum' | 'members'>,
  where: string,
): string[] {
  const { group } = model.group
  const text = (list: readonly { readonly user: string; readonly role?: string | undefined }[]) =>
    list
      .map(({ user, role }) => `${user} ${role}`)
      .sort()
      .join(', ')
  const due = model.members().map(user => ({ user, role: model.roleAt(user, model.head) }))
  const found: string[] = []
  if (text(members) !== text(due))
    found.push(`${group} lists ${text(members)} (${where}); its tips make ${text(due)}.`)
  if (memberNum !== due.length)
    found.push(`${group} names ${memberNum} members (${where}), ${due.length} are due.`)
  return found
}

/** No tip tells of it: known when the last change was alone and all were acknowledged. */
function muteOfAll(evidence: Evidence, { group, muteAll }: GroupFinalEntry): string[] {
  const changes = operationsOf(evidence, 'mute-all').filter(({ call }) => call.group === group)
  if (muteAll && changes.every(({ call }) => !call.on)) return [`${group} is muted, and nobody muted it.`]
  const last = changes.at(-1)
  const isKnown = last && changes.every(it => it.ok && (it === last || it.ended < last.began))
  return isKnown && last.call.on !== muteAll
    ? [`${group} is ${muteAll ? '' : 'not '}muted; the last that was done is otherwise.`]
    : []
}
