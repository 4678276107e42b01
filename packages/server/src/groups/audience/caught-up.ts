import { performance } from 'node:perf_hooks'
import type { Store } from '../../store/store.ts'

const LOOK_EVERY_MS = 2

/** The moment before which every commit of the other nodes was told here; of one process: always now. */
export function toldUpTo(store: Pick<Store, 'vitals'>): number {
  // The clock first: a pause between the two makes the moment earlier, never later.
  const now = performance.now()
  const { vitals } = store
  return vitals ? now - vitals.logAgeMs : Number.POSITIVE_INFINITY
}

/** Looks, while somebody waits, whether what others committed before a moment was told. */
export class CaughtUp {
  readonly #store: Pick<Store, 'vitals' | 'hurry'>
  readonly #onTold: () => boolean
  #timer: ReturnType<typeof setInterval> | undefined

  /** @param onTold looks again; false when nobody waits any more. */
  constructor(store: Pick<Store, 'vitals' | 'hurry'>, onTold: () => boolean) {
    this.#store = store
    this.#onTold = onTold
  }

  /** Reads the log now and looks until it was read. */
  await(): void {
    this.#store.hurry()
    this.#timer ??= setInterval(() => {
      if (!this.#onTold()) this.stop()
    }, LOOK_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
