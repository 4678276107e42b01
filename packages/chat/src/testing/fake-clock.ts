import type { Cancel, Clock } from '../clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly act: () => void
}

/** Time that passes only when a test says so, and repeatable chance. */
export class FakeClock implements Clock {
  #now = 1_760_000_000_000
  /** By how much the wall clock was set. */
  #set = 0
  #order = 0
  #seed: number
  readonly #timers = new Set<Timer>()

  constructor(seed = 1) {
    this.#seed = seed
  }

  now(): number {
    return this.#now + this.#set
  }

  elapsed(): number {
    return this.#now
  }

  /** Somebody sets the machine's clock. */
  set(byMs: number): void {
    this.#set += byMs
  }

  random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return this.#seed / 4294967296
  }

  after(ms: number, act: () => void): Cancel {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, act }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Lets time pass: what falls due runs in its order, and all promises that follow from it settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settle()
      const next = [...this.#timers].sort((a, b) => a.at - b.at || a.order - b.order)[0]
      if (!next || next.at > end) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.act()
    }
    this.#now = end
    await settle()
  }

  /** The machine sleeps: time passes, nothing runs; what fell due runs late, afterwards. */
  sleep(ms: number): void {
    this.#now += ms
  }

  /** Lets time pass in steps until something holds; throws when it does not within the limit. */
  async until(holds: () => boolean, limitMs = 60_000): Promise<void> {
    for (let passed = 0; passed <= limitMs; passed += 10) {
      await settle()
      if (holds()) return
      await this.pass(10)
    }
    throw new Error(`did not come true within ${limitMs} ms of the test's time: ${holds}`)
  }
}

/** All promise callbacks that are due have run. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
