import { pairOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/** Both sides name the same head, and every number from 1 to it is a message that one of them sees. */
export const dense: Rule = evidence =>
  [...new Set(evidence.views.map(it => pairOf(it.user, it.peer)))].flatMap(pair => {
    const views = evidence.views.filter(it => pairOf(it.user, it.peer) === pair)
    const heads = [...new Set(views.map(it => it.headSeq))]
    const found = heads.length > 1 ? [`${pair}: the sides name different heads, ${heads.join(' and ')}.`] : []
    const numbers = new Set(views.flatMap(it => it.messages.map(message => message.seq)))
    const head = Math.max(...heads, ...numbers)
    for (let seq = 1; seq <= head; seq++)
      if (!numbers.has(seq)) found.push(`${pair}: number ${seq} of ${head} is a hole.`)
    for (const seq of numbers)
      if (seq < 1 || seq > Math.min(...heads)) found.push(`${pair}: number ${seq} is above the head.`)
    return found
  })
