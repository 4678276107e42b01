/** Things whose changes are counted at once, at about 100 bytes; the one that began first goes first. */
const CAPACITY = 10_000

interface Window {
  readonly begin: number
  changes: number
}

/** Counts changes of many things within a window of time that begins with the first change. */
export class ChangeRate {
  readonly #windowMs: number
  readonly #windows = new Map<string, Window>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** Changes of the thing within its present window. */
  count(thing: string, nowMs: number): number {
    const window = this.#windows.get(thing)
    return window && nowMs - window.begin < this.#windowMs ? window.changes : 0
  }

  add(thing: string, nowMs: number): void {
    if (this.count(thing, nowMs) === 0) {
      this.#windows.delete(thing)
      if (this.#windows.size >= CAPACITY) {
        const oldest = this.#windows.keys().next().value
        if (oldest !== undefined) this.#windows.delete(oldest)
      }
      this.#windows.set(thing, { begin: nowMs, changes: 1 })
      return
    }
    const window = this.#windows.get(thing)
    if (window) window.changes++
  }
}
