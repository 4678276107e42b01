/** Something with a moment at which it must be looked at; returns the next such second, or undefined for never. */
export interface Timed {
  wake(nowSeconds: number): number | undefined
}

/**
 * One timer for all sockets (DESIGN 5): each has at most one entry, in the second at which something may be due for it.
 * Entries that became stale are found out by `wake`, which looks at the socket's own times.
 */
export class TimerWheel {
  readonly #slots = new Map<number, Set<Timed>>()
  readonly #slotOf = new Map<Timed, number>()
  readonly #timer: ReturnType<typeof setInterval>
  readonly #now: () => number
  #last: number

  constructor(now: () => number = () => Math.floor(Date.now() / 1000)) {
    this.#now = now
    this.#last = now()
    this.#timer = setInterval(() => this.turn(), 1000)
    this.#timer.unref()
  }

  schedule(timed: Timed, second: number): void {
    const slot = Math.max(second, this.#last + 1)
    const present = this.#slotOf.get(timed)
    if (present === slot) return
    if (present !== undefined) this.#slots.get(present)?.delete(timed)
    this.#slotOf.set(timed, slot)
    const set = this.#slots.get(slot)
    if (set) set.add(timed)
    else this.#slots.set(slot, new Set([timed]))
  }

  remove(timed: Timed): void {
    const slot = this.#slotOf.get(timed)
    if (slot === undefined) return
    this.#slotOf.delete(timed)
    this.#slots.get(slot)?.delete(timed)
  }

  /** Wakes what is due; also after a pause of the process, when many seconds passed. */
  turn(): void {
    const now = this.#now()
    const due =
      now - this.#last > this.#slots.size ? [...this.#slots.keys()] : secondsBetween(this.#last, now)
    this.#last = now
    for (const second of due) {
      if (second > now) continue
      const set = this.#slots.get(second)
      if (!set) continue
      this.#slots.delete(second)
      for (const timed of set) {
        this.#slotOf.delete(timed)
        const next = timed.wake(now)
        if (next !== undefined) this.schedule(timed, next)
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

function secondsBetween(after: number, upTo: number): number[] {
  return Array.from({ length: Math.max(0, upTo - after) }, (_, index) => after + 1 + index)
}
