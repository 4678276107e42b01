import type { ItemEntry } from '../history/entry.ts'
import type { Evidence } from './evidence.ts'
import { viewOf } from './evidence.ts'
import { groupModel } from './group-model.ts'
import type { Rule } from './rule.ts'

const NUMBERS = ['readSeq', 'peerReadSeq', 'headSeq', 'changeNo'] as const

/**
 * In the order of a user's own log no mark and no head ever goes back; the final mark is at least what a node confirmed and at
 * most what was asked for; and the peer knows it.
 */
export const readMarks: Rule = evidence => [...backwards(evidence.items), ...finals(evidence)]

function backwards(items: readonly ItemEntry[]): string[] {
  const groups = Map.groupBy(items, it => `${it.user} with ${it.peer}`)
  return [...groups].flatMap(([name, own]) => {
    const found: string[] = []
    // The highest value of each number among the items that are lower in the log.
    const highest = { readSeq: 0, peerReadSeq: 0, headSeq: 0, changeNo: 0 }
    for (const [logNo, same] of [...Map.groupBy(own, it => it.logNo)].sort(([a], [b]) => a - b)) {
      for (const number of NUMBERS) {
        const least = Math.min(...same.map(it => it[number]))
        if (least < highest[number])
          found.push(
            `${name}: ${number} went back from ${highest[number]} to ${least} at ${logNo} of the own log.`,
          )
      }
      for (const number of NUMBERS)
        highest[number] = Math.max(highest[number], Math.min(...same.map(it => it[number])))
    }
    return found
  })
}

function finals(evidence: Evidence): string[] {
  return [...evidence.views, ...evidence.groupViews].flatMap(({ user, peer, readSeq, headSeq }) => {
    const own = evidence.reads.filter(it => it.user === user && it.peer === peer)
    const highest = (is: 'asked' | 'done') => Math.max(0, ...own.filter(it => it.is === is).map(it => it.seq))
    const found: string[] = []
    // Of a group only what is still in the user's range.
    if (readSeq < Math.min(highest('done'), headSeq))
      found.push(
        `${user} with ${peer}: reading up to ${highest('done')} was confirmed, the mark is ${readSeq}.`,
      )
    // All that was there before somebody joins counts as read.
    const joined = (groupModel(evidence, peer)?.spansOf(user).at(-1)?.from ?? 1) - 1
    if (readSeq > Math.max(highest('asked'), joined))
      found.push(`${user} with ${peer}: the mark is ${readSeq}, nobody read beyond ${highest('asked')}.`)
    const known = viewOf(evidence, peer, user)?.peerReadSeq
    if (known !== undefined && known !== readSeq)
      found.push(`${user} has read up to ${readSeq}, ${peer} knows of ${known}.`)
    return found
  })
}
