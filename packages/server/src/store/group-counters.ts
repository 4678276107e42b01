import { MessageFlag } from './schema.ts'

/** What an append keeps of a group's conversation beside the {@link Counters}; columns of the same names. */
export interface GroupCounters {
  readonly authNo: number
  resetNo: number
  resetSeq: number
  resetCount: number
  rateTime: number
  rateUpper: number
  rateLower: number
  /** Members that sent; without an entry: who sends has no row. */
  readonly senders: Map<number, SenderCounters>
}

/** Of `user_conversation` of a sender. */
export interface SenderCounters {
  sentNo: number
  lastSent: number
  baseNo: number
  baseOwn: number
  dirty: boolean
}

/** Two counts in one number that all engines and JSON keep exactly. */
const SHIFT = 2 ** 20

/**
 * Takes one place of the second for a message; false when as many of its or a higher priority were stored in it as the limit
 * allows. So what is unimportant never displaces what is important (rest-2 section 9.5).
 */
export function takeRate(group: GroupCounters, flags: number, now: number, limit: number): boolean {
  if (group.rateTime !== now) Object.assign(group, { rateTime: now, rateUpper: 0, rateLower: 0 })
  const rank = rankOf(flags)
  const counts = [
    group.rateUpper % SHIFT,
    Math.floor(group.rateUpper / SHIFT),
    group.rateLower % SHIFT,
    Math.floor(group.rateLower / SHIFT),
  ]
  if (counts.slice(0, rank + 1).reduce((sum, count) => sum + count, 0) >= limit) return false
  const one = rank % 2 === 0 ? 1 : SHIFT
  if (rank < 2) group.rateUpper += one
  else group.rateLower += one
  return true
}

/** 0 High, 1 Normal, 2 Low, 3 Lowest. */
function rankOf(flags: number): number {
  if (flags & MessageFlag.PRIORITY_HIGH) return 0
  if (flags & MessageFlag.PRIORITY_LOW) return 2
  return flags & MessageFlag.PRIORITY_LOWEST ? 3 : 1
}
