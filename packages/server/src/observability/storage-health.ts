import type { Logger } from 'pino'
import type { Store } from '../store/store.ts'
import type { StoreSource } from '../store/store-source.ts'
import { probeStorage } from './probe-storage.ts'

/** How often a store that failed is tried again. */
const PROBE_EVERY_MS = 1000

const WHERE_TO_LOOK = {
  embedded: 'Writes fail, nothing is stored: look at the disk of the data folder.',
  postgres: 'Writes fail, nothing is stored: look at PostgreSQL, its disk and the way to it.',
} as const satisfies Record<StoreSource['kind'], string>

/**
 * Whether writes reach stable storage. Once one did not, the store counts as failing until a write of our own succeeded: nobody sends
 * writes to a node that is not ready, and a batch that wrote nothing proves nothing.
 */
export class StorageHealth {
  readonly #store: Store
  readonly #log: Logger
  readonly #kind: StoreSource['kind']
  #problem: string | undefined
  #probing: ReturnType<typeof setInterval> | undefined

  constructor(store: Store, log: Logger, kind: StoreSource['kind']) {
    this.#store = store
    this.#log = log
    this.#kind = kind
  }

  /** What the disk or the database said; undefined while writes succeed. */
  get problem(): string | undefined {
    this.look()
    return this.#problem
  }

  /** Looks whether a write has failed since; called whenever the store reports a defect. */
  look(): void {
    const error = this.#store.storageError
    if (error === undefined) return
    if (this.#problem === undefined) this.#log.error({ detail: error }, WHERE_TO_LOOK[this.#kind])
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
