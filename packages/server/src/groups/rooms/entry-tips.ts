import { GroupTip } from '@rookery/protocol/group-notice'
import type { GroupRow } from '../group-rows.ts'

/** How often a room tells who came and went: five times a second, so that n who enter cost no n² frames. */
const PAUSE_MS = 200
/** Accounts that one tip names; a crowd is seen by its MemberNum. */
const NAMED_MAX = 100

export type EntryOp = typeof GroupTip.JOINED | typeof GroupTip.QUIT

/** What is said of those who came, or of those who went, since the last time. */
export interface EntryTip {
  readonly group: GroupRow
  readonly op: EntryOp
  readonly accounts: readonly number[]
}

interface Gathered {
  group: GroupRow
  readonly ops: Map<number, EntryOp>
  readonly timer: ReturnType<typeof setInterval>
}

/** Comings and goings of live rooms: the first is told at once, what follows within the pause is told together. */
export class EntryTips {
  readonly #tell: (tip: EntryTip) => void
  readonly #rooms = new Map<string, Gathered>()

  constructor(tell: (tip: EntryTip) => void) {
    this.#tell = tell
  }

  /** Of somebody who came and went within the pause only the last is told. */
  add(group: GroupRow, op: EntryOp, account: number): void {
    const key = `${group.app_id}:${group.group_no}`
    const gathered = this.#rooms.get(key)
    if (gathered) {
      gathered.group = group
      gathered.ops.delete(account)
      gathered.ops.set(account, op)
      return
    }
    this.#tell({ group, op, accounts: [account] })
    const timer = setInterval(() => this.#flush(key), PAUSE_MS)
    timer.unref()
    this.#rooms.set(key, { group, ops: new Map(), timer })
  }

  stop(): void {
    for (const { timer } of this.#rooms.values()) clearInterval(timer)
    this.#rooms.clear()
  }

  #flush(key: string): void {
    const gathered = this.#rooms.get(key)
    if (!gathered) return
    const { group, ops, timer } = gathered
    if (ops.size === 0) {
      clearInterval(timer)
      this.#rooms.delete(key)
      return
    }
    const all = [...ops]
    ops.clear()
    for (const op of [GroupTip.JOINED, GroupTip.QUIT] as const) {
      const accounts = all.flatMap(([account, done]) => (done === op ? [account] : []))
      if (accounts.length > 0) this.#tell({ group, op, accounts: accounts.slice(-NAMED_MAX) })
    }
  }
}
