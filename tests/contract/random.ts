/** The one source of chance of a run: the same seed draws the same numbers (mulberry32). */
export class Random {
  #state: number

  /** @param seed any integer; its lower 32 bits count */
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** An integer in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  /** Undefined only of an empty list. */
  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.next() * list.length)]
  }

  weighted<T extends { readonly weight: number }>(list: readonly T[]): T | undefined {
    let left = this.next() * list.reduce((sum, it) => sum + it.weight, 0)
    return list.find(it => {
      left -= it.weight
      return left < 0
    })
  }

  /** For a generator of its own, so that what draws from it does not shift the others. */
  seed(): number {
    return Math.floor(this.next() * 4_294_967_296)
  }
}
