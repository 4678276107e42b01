const WINDOW_MS = 60_000
/** Names and addresses that are remembered; the oldest is forgotten first. */
const REMEMBERED = 10_000

/** Counts attempts per key in windows of a minute. */
export class AttemptLimit {
  readonly #max: number
  readonly #now: () => number
  readonly #windows = new Map<string, { count: number; readonly endsAt: number }>()

  constructor(max: number, now: () => number = Date.now) {
    this.#max = max
    this.#now = now
  }

  /** Seconds to wait, 0 when the attempt may go on. It counts from now on, so that attempts at one time count too. */
  take(key: string): number {
    const now = this.#now()
    const window = this.#windows.get(key)
    if (window && window.endsAt > now) {
      if (window.count >= this.#max) return Math.ceil((window.endsAt - now) / 1000)
      window.count++
      return 0
    }
    this.#windows.delete(key)
    this.#windows.set(key, { count: 1, endsAt: now + WINDOW_MS })
    if (this.#windows.size > REMEMBERED) {
      const [oldest] = this.#windows.keys()
      if (oldest !== undefined) this.#windows.delete(oldest)
    }
    return 0
  }

  /** The attempt was a good one. */
  forget(key: string): void {
    this.#windows.delete(key)
  }
}
