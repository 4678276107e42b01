interface Bucket {
  tokens: number
  at: number
}

/** Budgets by name that refill steadily; the longest unused go first when there are too many names. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>()
  readonly #capacity: number

  /** @param capacity how many names are remembered. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /**
   * Takes one token. Returns 0, or the milliseconds after which there is one.
   * @param perSecond refill; 0 = no limit.
   * @param burst how many may come at once.
   */
  take(name: string, perSecond: number, burst: number, nowMs: number): number {
    if (perSecond <= 0) return 0
    const known = this.#buckets.get(name)
    const tokens = known ? Math.min(burst, known.tokens + ((nowMs - known.at) / 1000) * perSecond) : burst
    if (known) this.#buckets.delete(name)
    else if (this.#buckets.size >= this.#capacity) {
      const oldest = this.#buckets.keys().next().value
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    if (tokens < 1) {
      this.#buckets.set(name, { tokens, at: nowMs })
      return Math.max(1, Math.ceil(((1 - tokens) / perSecond) * 1000))
    }
    this.#buckets.set(name, { tokens: tokens - 1, at: nowMs })
    return 0
  }
}
