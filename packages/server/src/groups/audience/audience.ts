import type { Reception } from './reception.ts'
import type { Hearing } from './topics.ts'

interface Wish {
  readonly all: Reception
  /** Of topics that have one of their own, by conversation. */
  readonly topics: ReadonlyMap<number, Reception>
}

/** What a change did to one account's membership. */
export type Move = 'joined' | 'left'

/**
 * The accounts of one group that have a socket on this node. Changes of the group are numbered (`auth_no`) and may come out of
 * order: one of this node's is told at once, an earlier one of another node's with its log. For each account the highest number wins.
 */
export class Audience {
  /** By account: the number from which on its membership is known. */
  readonly #members = new Map<number, number>()
  /** Accounts whose leaving was told before all earlier changes were: an earlier joining comes too late. */
  readonly #leftAhead = new Map<number, number>()
  /** What members want of messages that do not want all. */
  readonly #wishes = new Map<number, Wish>()
  readonly #choosing = new Set<number>()
  /** All changes up to this number were told; -1: unknown. */
  #known = -1
  /** The highest number that was heard of, and when; earlier ones may be missing. */
  #claimed = -1
  #claimedAt = Number.NEGATIVE_INFINITY
  /** The highest number at which somebody here became a member. */
  #latestJoin = -1
  #dismissed = false

  get size(): number {
    return this.#members.size
  }

  get members(): Iterable<number> {
    return this.#members.keys()
  }

  has(account: number): boolean {
    return this.#members.has(account)
  }

  /** False once it holds nothing that a later change could need. */
  get isNeeded(): boolean {
    return this.#members.size > 0 || this.#leftAhead.size > 0
  }

  /** Members that choose among messages: each of them is told by itself. */
  get choosing(): Iterable<number> {
    return this.#choosing
  }

  hearing(account: number): Hearing {
    const wish = this.#wishes.get(account)
    if (!wish) return 'all'
    if (this.#choosing.has(account)) return 'apart'
    return wish.all === 'none' ? 'numbers' : 'all'
  }

  /** What a member wants of messages of one conversation. */
  reception(account: number, conv: number): Reception {
    const wish = this.#wishes.get(account)
    return wish ? (wish.topics.get(conv) ?? wish.all) : 'all'
  }

  /** @param topic its conversation; absent: all that have no wish of their own */
  setReception(account: number, reception: Reception, topic?: number): void {
    if (!this.#members.has(account)) return
    const before = this.#wishes.get(account) ?? { all: 'all', topics: new Map() }
    const wish =
      topic === undefined
        ? { ...before, all: reception }
        : { ...before, topics: new Map(before.topics).set(topic, reception) }
    if (wish.all === 'all' && wish.topics.size === 0) this.#wishes.delete(account)
    else this.#wishes.set(account, wish)
    if (wish.all === 'mentions' || wish.topics.size > 0) this.#choosing.add(account)
    else this.#choosing.delete(account)
  }

  /** Whether every change up to `no` was told. @param knownAt every commit before this moment was told. */
  knows(no: number, knownAt: number): boolean {
    if (this.#known < this.#claimed && knownAt >= this.#claimedAt) this.#catchUp(this.#claimed)
    return no <= this.#known
  }

  /** There is a state `no`; what led to it may not have been told yet. */
  claim(no: number, now: number): void {
    if (no <= this.#claimed) return
    this.#claimed = no
    this.#claimedAt = now
  }

  /** Every change up to `no` was told. */
  catchUp(no: number): void {
    if (no > this.#known) this.#catchUp(no)
  }

  /** A row as it was read from the database at the group's number `no`. False when a later change is known already. */
  found(account: number, no: number): boolean {
    if (this.#dismissed || this.#since(account) > no) return false
    this.#join(account, no)
    return true
  }

  /** True when it changes who is in the audience. */
  move(account: number, move: Move, no: number): boolean {
    if (no <= this.#known || no <= this.#since(account)) return false
    if (move === 'joined') {
      if (this.#dismissed) return false
      this.#leftAhead.delete(account)
      const isNew = !this.#members.has(account)
      this.#join(account, no)
      return isNew
    }
    this.#leftAhead.set(account, no)
    return this.#remove(account)
  }

  /** Who was no member yet in the state `no`, as far as is known; nobody, unless a frame was overtaken by a joining. */
  joinedAfter(no: number): number[] {
    if (no >= this.#latestJoin) return []
    return [...this.#members].filter(([, since]) => since > no).map(([account]) => account)
  }

  /** The change that made `no` was told: with the one before it nothing is missing. */
  changed(no: number, now: number): void {
    this.claim(no, now)
    if (no === this.#known + 1 && no === this.#claimed) this.#catchUp(no)
  }

  /** Nobody can join any more. */
  dismiss(): void {
    this.#dismissed = true
  }

  /** The account has no socket here any more. */
  drop(account: number): void {
    this.#remove(account)
  }

  #join(account: number, no: number): void {
    this.#members.set(account, no)
    this.#latestJoin = Math.max(this.#latestJoin, no)
  }

  #since(account: number): number {
    return this.#members.get(account) ?? this.#leftAhead.get(account) ?? -1
  }

  #remove(account: number): boolean {
    this.#wishes.delete(account)
    this.#choosing.delete(account)
    return this.#members.delete(account)
  }

  #catchUp(no: number): void {
    this.#known = no
    for (const [account, left] of this.#leftAhead) if (left <= no) this.#leftAhead.delete(account)
  }
}
