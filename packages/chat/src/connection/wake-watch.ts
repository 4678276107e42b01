import { WAKE_PAUSE, WAKE_TICK } from '../bounds.ts'
import type { Cancel, Clock } from '../clock.ts'

/** What a browser says when the page or the network comes back. */
const SIGNS = ['online', 'pageshow', 'visibilitychange'] as const

interface Page {
  addEventListener(name: string, listener: () => void): void
  removeEventListener(name: string, listener: () => void): void
  readonly visibilityState?: string
}

/** Notices that the machine slept or the page was away: signs of the browser, and a clock that jumped. */
export class WakeWatch {
  readonly #clock: Clock
  readonly #onWake: () => void
  #cancelTick: Cancel | undefined
  #wokeAt = Number.NEGATIVE_INFINITY
  readonly #onSign = (): void => {
    if (pages().some(page => page.visibilityState === 'hidden')) return
    this.#wake()
  }

  constructor(clock: Clock, onWake: () => void) {
    this.#clock = clock
    this.#onWake = onWake
  }

  start(): void {
    this.stop()
    for (const page of pages()) for (const sign of SIGNS) page.addEventListener(sign, this.#onSign)
    this.#tick()
  }

  stop(): void {
    this.#cancelTick?.()
    this.#cancelTick = undefined
    for (const page of pages()) for (const sign of SIGNS) page.removeEventListener(sign, this.#onSign)
  }

  #tick(): void {
    // By the clock on the wall: the other one may stand still while the machine sleeps.
    const due = this.#clock.now() + WAKE_TICK
    this.#cancelTick = this.#clock.after(WAKE_TICK, () => {
      if (this.#clock.now() - due >= WAKE_TICK) this.#wake()
      this.#tick()
    })
  }

  /** Several signs come together. */
  #wake(): void {
    const now = this.#clock.elapsed()
    if (now - this.#wokeAt < WAKE_PAUSE) return
    this.#wokeAt = now
    this.#onWake()
  }
}

/** The window hears of the network and the page, the document of its visibility; elsewhere there is neither. */
function pages(): readonly Page[] {
  const scope = globalThis as unknown as Partial<Page> & { readonly document?: Page }
  return [...(scope.addEventListener ? [scope as Page] : []), ...(scope.document ? [scope.document] : [])]
}
