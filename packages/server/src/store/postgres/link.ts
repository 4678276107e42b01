import { performance } from 'node:perf_hooks'
import { type ConnectionOptions, PgConnection } from './connection.ts'
import { ConnectionLost } from './sql-state.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000

/** A place for one connection, which makes a new one when the last was lost. */
export class PgLink {
  readonly #options: ConnectionOptions
  #current: PgConnection | undefined
  #connecting: Promise<void> | undefined
  #problem = 'No connection was tried yet.'
  #closed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** The connection that stands at the moment. */
  get current(): PgConnection | undefined {
    return this.#current?.lost ? undefined : this.#current
  }

  /**
   * The connection, made anew when needed, with full-jitter pauses between the attempts. Rejects with {@link ConnectionLost} when
   * none stands by then.
   * @param until by `performance.now()`
   */
  async connection(until: number): Promise<PgConnection> {
    for (;;) {
      const { current } = this
      if (current) return current
      if (this.#closed) throw new ConnectionLost('The store is closed.')
      this.#connecting ??= this.#connect().finally(() => {
        this.#connecting = undefined
      })
      const left = until - performance.now()
      if (left <= 0) throw new ConnectionLost(this.#problem)
      await firstOf(this.#connecting, left)
    }
  }

  close(): void {
    this.#closed = true
    this.#current?.drop('The store is closed.')
  }

  async #connect(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    for (let attempt = 0; !this.#closed; attempt++) {
      try {
        this.#current = await PgConnection.open({ ...this.#options, attempt })
        if (this.#closed) this.close()
        return
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error)
      }
      await Bun.sleep(Math.random() * pause)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  }
}

/** Waits for a promise, at most some milliseconds. */
export async function firstOf(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
