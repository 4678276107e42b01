/** One minute, as the text of 70050 says (login-usersig 3.4). */
const WINDOW_MS = 60_000
/** Counters kept; a flood of made-up names pushes out the oldest, never the memory. */
const CAPACITY = 100_000

interface Counter {
  count: number
  readonly since: number
}

/**
 * Counts refused tickets per app, UserID and address (DESIGN-SECURITY 6). Only failing tickets are slowed: one that verifies
 * always passes, so nobody can lock another out.
 */
export class FailureLimit {
  readonly #counters = new Map<string, Counter>()

  /** True when this failure is over the limit of a minute. */
  exceeded(app: number, userId: string, address: string, perMinute: number, nowMs: number): boolean {
    if (perMinute <= 0) return false
    const key = `${app}:${address}:${userId.slice(0, 64)}`
    const known = this.#counters.get(key)
    if (!known || nowMs - known.since >= WINDOW_MS) {
      this.#counters.delete(key)
      if (this.#counters.size >= CAPACITY) {
        const oldest = this.#counters.keys().next().value
        if (oldest !== undefined) this.#counters.delete(oldest)
      }
      this.#counters.set(key, { count: 1, since: nowMs })
      return false
    }
    known.count++
    return known.count > perMinute
  }
}
