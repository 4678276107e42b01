import type { Counters } from '../number-message.ts'
import type { GroupAnswers } from './append-groups.ts'
import { numbersOf } from './append-literals.ts'
import type { Pair } from './append-pairs.ts'
import type { LockedRow } from './append-statements.ts'

/** The counters of a locked conversation while a batch moves them. */
export interface LockedHead extends Counters {
  readonly pair: Pair
  readonly conv: number
}

/** By number of the conversation. */
export type LockedHeads = ReadonlyMap<number, LockedHead>

export function lockedHeads(row: LockedRow, pairs: Iterable<Pair>, groups: GroupAnswers): LockedHeads {
  const pairOf = new Map<number, Pair>()
  for (const pair of pairs) if (pair.conv !== undefined) pairOf.set(pair.conv, pair)
  const column = (name: keyof LockedRow) => {
    const numbers = numbersOf(row[name])
    return (place: number) => numbers[place] ?? 0
  }
  const headSeq = column('head_seq')
  const countNo = column('count_no')
  const sentLo = column('sent_lo')
  const sentHi = column('sent_hi')
  const lastTime = column('last_time')
  const listSeq = column('list_seq')
  const listTime = column('list_time')
  const topSeq = column('top_seq')
  const topTime = column('top_time')
  const heads = new Map<number, LockedHead>()
  for (const [place, conv] of numbersOf(row.conv_id).entries()) {
    const pair = pairOf.get(conv)
    if (!pair) throw new Error(`Conversation ${conv} was locked but not asked for.`)
    const group = groups.get(conv)
    heads.set(conv, {
      pair,
      conv,
      lo: pair.lo,
      headSeq: headSeq(place),
      countNo: countNo(place),
      sentLo: sentLo(place),
      sentHi: sentHi(place),
      lastTime: lastTime(place),
      listSeq: listSeq(place),
      listTime: listTime(place),
      topSeq: topSeq(place),
      topTime: topTime(place),
      ...(group && { group }),
    })
  }
  return heads
}
