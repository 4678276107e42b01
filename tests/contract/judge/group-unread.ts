import { type Evidence, viewOf } from './evidence.ts'
import { groupModel } from './group-model.ts'
import type { Rule } from './rule.ts'

/**
 * The count of a group is what history and mark give: messages of others above the mark that count and are not recalled, from the
 * joining on; tips never, and in meetings nothing. Of who left, a recall of later takes nothing off.
 */
export const groupUnread: Rule = evidence => [...overSocket(evidence), ...overRest(evidence)]

function overSocket(evidence: Evidence): string[] {
  return evidence.groupViews.flatMap(({ user, peer, readSeq, unread, messages, changeNo }) => {
    const model = groupModel(evidence, peer)
    const from = model?.spansOf(user).at(-1)?.from ?? 0
    const due =
      model?.group.type === 'ChatRoom'
        ? 0
        : messages.filter(
            it =>
              it.from !== user &&
              !it.tip &&
              it.countable &&
              !(it.recalled && it.changeNo <= changeNo) &&
              it.seq > readSeq &&
              it.seq >= from,
          ).length
    return unread === due ? [] : [`${user} in ${peer}: ${unread} unread are told, ${due} are due.`]
  })
}

/** An app counts by the read positions of the members (rest-2 section 5.1). */
function overRest(evidence: Evidence): string[] {
  return evidence.groupNodes.flatMap(({ group, node, members }) =>
    members.flatMap(({ user, readSeq }) => {
      const due = viewOf(evidence, user, group)?.readSeq
      return readSeq === due ? [] : `${user} has read ${readSeq} of ${group} (${node}), ${due} is due.`
    }),
  )
}
