import type { Logger } from 'pino'
import type { Store } from '../store/store.ts'
import { probeStorage } from './probe-storage.ts'

/** How often a store that failed is tried again. */
const PROBE_EVERY_MS = 1000

/**
 * Whether writes reach the disk. Once one did not, the store counts as failing until a write of our own succeeded: nobody sends
 * writes to a node that is not ready, and a batch that wrote nothing proves nothing.
 */
export class StorageHealth {
  readonly #store: Store
  readonly #log: Logger
  #problem: string | undefined
  #probing: ReturnType<typeof setInterval> | undefined

  constructor(store: Store, log: Logger) {
    this.#store = store
    this.#log = log
  }

  /** What the disk said; undefined while writes succeed. */
  get problem(): string | undefined {
    this.look()
    return this.#problem
  }

  /** Looks whether a write has failed since; called whenever the store reports a defect. */
  look(): void {
    const error = this.#store.storageError
    if (error === undefined) return
    if (this.#problem === undefined)
      this.#log.error(
        { detail: error },
        'Writes fail, nothing is stored: look at the disk of the data folder.',
      )
    this.#problem = error
    this.#probing ??= setInterval(() => void this.#probe(), PROBE_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#probing)
  }

  async #probe(): Promise<void> {
    try {
      await this.#store.mutate(probeStorage, null)
    } catch {
      return
    }
    clearInterval(this.#probing)
    this.#probing = undefined
    if (this.#problem !== undefined) this.#log.info('Writes succeed again.')
    this.#problem = undefined
  }
}
