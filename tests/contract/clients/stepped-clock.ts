import type { Cancel, Clock } from '../../../packages/chat/src/clock.ts'
import type { Random } from '../random.ts'

/** The clock of one device: real timers, a wall clock that can be set wrong, and chance from the seed. */
export class SteppedClock implements Clock {
  #offsetMs = 0
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  now(): number {
    return Date.now() + this.#offsetMs
  }

  elapsed(): number {
    return performance.now()
  }

  after(ms: number, act: () => void): Cancel {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  }

  random(): number {
    return this.#random.next()
  }

  /** Somebody sets the clock. */
  step(ms: number): void {
    this.#offsetMs += ms
  }

  correct(): void {
    this.#offsetMs = 0
  }
}
