import { CATCH_UP_MESSAGES, STASHED_ARRIVALS } from '../bounds.ts'

/**
 * What is known of one conversation's numbers, without any I/O. Everything up to `seq` and `changeNo` is covered: it was
 * delivered to the app, is the app's own, or is not for this viewer. Arrivals above a gap wait until it is filled, by
 * later frames or by a pull, so that what comes out is each number once, in order.
 */
export class ConversationLog<T> {
  #seq: number
  #changeNo: number
  readonly #stash = new Map<number, T>()
  readonly #changes = new Set<number>()
  /** Highest numbers that are known to exist. */
  #headSeq: number
  #headChangeNo: number

  constructor(seq: number, changeNo: number) {
    this.#seq = seq
    this.#changeNo = changeNo
    this.#headSeq = seq
    this.#headChangeNo = changeNo
  }

  /** Highest number that anything told of. */
  get headSeq(): number {
    return this.#headSeq
  }

  get seq(): number {
    return this.#seq
  }

  get changeNo(): number {
    return this.#changeNo
  }

  /** There are numbers that neither came nor were covered. */
  get behind(): boolean {
    return this.#headSeq > this.#seq || this.#headChangeNo > this.#changeNo
  }

  /** One number with what belongs to it; returns what is deliverable now, in order. */
  arrive(seq: number, arrival: T): readonly T[] {
    this.#headSeq = Math.max(this.#headSeq, seq)
    if (seq <= this.#seq || this.#stash.has(seq)) return []
    if (this.#stash.size < STASHED_ARRIVALS || seq === this.#seq + 1) this.#stash.set(seq, arrival)
    return this.#drain()
  }

  /** A mutation's number. True when it is new: its effect is to be applied. */
  arriveChange(changeNo: number): boolean {
    this.#headChangeNo = Math.max(this.#headChangeNo, changeNo)
    if (changeNo <= this.#changeNo || this.#changes.has(changeNo)) return false
    this.#changes.add(changeNo)
    while (this.#changes.delete(this.#changeNo + 1)) this.#changeNo += 1
    // Without a bound a lost number would keep all later ones; forgotten ones are pulled, and applying twice is harmless.
    if (this.#changes.size > STASHED_ARRIVALS) this.#changes.clear()
    return true
  }

  /** An arrival that waits changed meanwhile. */
  update(seq: number, change: (waiting: T) => T): void {
    const waiting = this.#stash.get(seq)
    if (waiting !== undefined) this.#stash.set(seq, change(waiting))
  }

  /** The server's item says how far the conversation goes. */
  sawHead(seq: number, changeNo: number): void {
    this.#headSeq = Math.max(this.#headSeq, seq)
    this.#headChangeNo = Math.max(this.#headChangeNo, changeNo)
    // What is older than the last so many messages stays in the history.
    const floor = this.#headSeq - CATCH_UP_MESSAGES
    if (floor > this.#seq && this.#stash.size === 0) this.#seq = floor
  }

  /**
   * The answer of a pull that began after `seq` and `changeNo`: its messages, and the numbers up to which it covers
   * everything. Returns what is deliverable now, in order.
   */
  pulled(
    messages: readonly (readonly [seq: number, arrival: T])[],
    coverSeq: number,
    coverChangeNo: number,
  ): readonly T[] {
    const out: T[] = []
    for (const [seq, arrival] of messages) {
      if (seq > coverSeq || seq <= this.#seq) continue
      // An arrival of the same number that waits is older than the answer.
      out.push(arrival)
      this.#seq = seq
    }
    this.#seq = Math.max(this.#seq, coverSeq)
    this.#headSeq = Math.max(this.#headSeq, this.#seq)
    for (const seq of this.#stash.keys()) if (seq <= this.#seq) this.#stash.delete(seq)
    // Changes of what waits are covered now without having been applied to it: it is pulled anew.
    if (coverChangeNo > this.#changeNo) this.#stash.clear()
    this.#changeNo = Math.max(this.#changeNo, coverChangeNo)
    this.#headChangeNo = Math.max(this.#headChangeNo, this.#changeNo)
    for (const changeNo of this.#changes) if (changeNo <= this.#changeNo) this.#changes.delete(changeNo)
    while (this.#changes.delete(this.#changeNo + 1)) this.#changeNo += 1
    return [...out, ...this.#drain()]
  }

  /** The server cannot show what it announced: believe the numbers that are there, the next event or `hello` tells more. */
  giveUp(): void {
    this.#headSeq = Math.max(this.#seq, ...this.#stash.keys())
    this.#headChangeNo = Math.max(this.#changeNo, ...this.#changes)
  }

  #drain(): readonly T[] {
    const out: T[] = []
    for (;;) {
      const next = this.#stash.get(this.#seq + 1)
      if (next === undefined) return out
      this.#seq += 1
      this.#stash.delete(this.#seq)
      out.push(next)
    }
  }
}
