import { groupModel } from './group-model.ts'
import type { Rule } from './rule.ts'

/**
 * The count of a group is what history and mark give: messages of others above the mark that count and are not recalled, from the
 * joining on; tips never, and in meetings nothing.
 */
export const groupUnread: Rule = evidence =>
  evidence.groupViews.flatMap(({ user, peer, readSeq, unread, messages }) => {
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
              !it.recalled &&
              it.seq > readSeq &&
              it.seq >= from,
          ).length
    return unread === due ? [] : [`${user} in ${peer}: ${unread} unread are told, ${due} are due.`]
  })
