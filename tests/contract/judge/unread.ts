import type { Rule } from './rule.ts'

/**
 * One-to-one: the server's count, over the socket and over REST, is what the history and the mark give: messages of the peer above the
 * mark that this side sees, that count and that are not recalled.
 */
export const unread: Rule = evidence =>
  evidence.views.flatMap(({ user, peer, readSeq, messages, unread: told }) => {
    const due = messages.filter(
      it => it.from === peer && it.seq > readSeq && it.countable && !it.recalled,
    ).length
    const rest = evidence.roams.find(it => it.user === user && it.peer === peer)?.unread
    const found: string[] = []
    if (told !== due) found.push(`${user} with ${peer}: ${told} unread are told, ${due} are due.`)
    if (rest !== undefined && rest !== due)
      found.push(`${user} with ${peer}: ${rest} unread are told over REST, ${due} are due.`)
    return found
  })
