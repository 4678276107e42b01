import type { ViewEntry } from '../history/entry.ts'
import { pairOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/**
 * Both sides, and a group's members, name the same head, and every number from 1 to it is a message that one side, and the
 * group's owner, sees.
 */
export const dense: Rule = evidence => [
  ...[...new Set(evidence.views.map(it => pairOf(it.user, it.peer)))].flatMap(pair =>
    holes(
      pair,
      evidence.views.filter(it => pairOf(it.user, it.peer) === pair),
    ),
  ),
  ...[...evidence.groups.values()].flatMap(({ group, owner }) => {
    const views = evidence.groupViews.filter(it => it.peer === group && (it.member || it.user === owner))
    return views.some(it => it.user === owner)
      ? holes(group, views)
      : [`${owner}, the owner of ${group}, has no conversation of it.`]
  }),
]

function holes(pair: string, views: readonly ViewEntry[]): string[] {
  const heads = [...new Set(views.map(it => it.headSeq))]
  const found = heads.length > 1 ? [`${pair}: the sides name different heads, ${heads.join(' and ')}.`] : []
  const numbers = new Set(views.flatMap(it => it.messages.map(message => message.seq)))
  const head = Math.max(...heads, ...numbers)
  for (let seq = 1; seq <= head; seq++)
    if (!numbers.has(seq)) found.push(`${pair}: number ${seq} of ${head} is a hole.`)
  for (const seq of numbers)
    if (seq < 1 || seq > Math.min(...heads)) found.push(`${pair}: number ${seq} is above the head.`)
  return found
}
