import { RENEWAL_PAUSE, TIMER_HOP } from '../bounds.ts'
import type { Cancel, Clock } from '../clock.ts'

/** What a login or a renewal said about the session's end; Unix seconds of the server's clock. */
export interface Lifetime {
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface RenewalOptions {
  readonly clock: Clock
  /** Unix milliseconds of the server's clock. */
  readonly serverNow: () => number
  /** Asks the app for a UserSig and hands it to the server; the new lifetime, or a rejection. */
  readonly renew: () => Promise<Lifetime>
}

/** The moment of renewal: between 70 and 90 % of the lifetime, drawn so that clients do not come together. */
export function renewalMoment(lifetime: Lifetime, draw: number): number {
  const length = lifetime.expiresAt - lifetime.issuedAt
  return (lifetime.issuedAt + length * (0.7 + 0.2 * draw)) * 1000
}

/** Renews the UserSig of a running session in time: one try at once, a pause between tries (DESIGN-SECURITY 4). */
export class Renewal {
  readonly #options: RenewalOptions
  #cancel: Cancel | undefined
  #dueAt = Number.POSITIVE_INFINITY
  #running = false
  #lastTryAt = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(options: RenewalOptions) {
    this.#options = options
  }

  /** A session with this lifetime is running. */
  schedule(lifetime: Lifetime): void {
    this.#aim(renewalMoment(lifetime, this.#options.clock.random()))
  }

  /** The server says that the end is near: renew at a random moment within the given time. */
  hurry(spreadSeconds: number): void {
    const at = this.#options.serverNow() + spreadSeconds * 1000 * this.#options.clock.random()
    if (at < this.#dueAt) this.#aim(at)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #aim(at: number): void {
    this.#dueAt = at
    this.#hop()
  }

  #hop(): void {
    this.#cancel?.()
    if (this.#stopped) return
    const left = this.#dueAt - this.#options.serverNow()
    this.#cancel = this.#options.clock.after(Math.min(Math.max(left, 0), TIMER_HOP), () => {
      if (this.#dueAt > this.#options.serverNow()) this.#hop()
      else void this.#attempt()
    })
  }

  async #attempt(): Promise<void> {
    if (this.#running || this.#stopped) return
    const now = this.#options.serverNow()
    if (now - this.#lastTryAt < RENEWAL_PAUSE) {
      this.#aim(this.#lastTryAt + RENEWAL_PAUSE)
      return
    }
    this.#running = true
    this.#lastTryAt = now
    this.#dueAt = Number.POSITIVE_INFINITY
    try {
      this.schedule(await this.#options.renew())
    } catch {
      // The session still runs; the next try may do better, and its end is told by the server.
      this.#aim(this.#options.serverNow() + RENEWAL_PAUSE)
    } finally {
      this.#running = false
    }
  }
}
