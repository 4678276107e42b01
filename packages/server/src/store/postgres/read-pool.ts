import { performance } from 'node:perf_hooks'
import { busy, notRead } from './answers.ts'
import type { ConnectionLimits, PgConnection, PgResult } from './connection.ts'
import type { Executor, ExecutorSource } from './dialect.ts'
import { PgLink } from './link.ts'
import { ConnectionLost } from './sql-state.ts'

const WAITING_MAX = 20_000

interface Reader {
  readonly since: number
  readonly take: (executor: Executor) => void
  readonly reject: (error: Error) => void
}

/** Connections for queries outside of transactions, lent for one query each. */
export class ReadPool implements ExecutorSource {
  readonly #limits: ConnectionLimits
  readonly #links: readonly PgLink[]
  readonly #free: ReadExecutor[]
  #waiting: Reader[] = []
  readonly #sweep: ReturnType<typeof setInterval>
  #closed = false

  constructor(url: string, size: number, limits: ConnectionLimits) {
    this.#limits = limits
    this.#links = Array.from({ length: size }, () => new PgLink({ url, limits }))
    this.#free = this.#links.map(link => new ReadExecutor(link, limits.answerMs))
    this.#sweep = setInterval(() => this.#rejectLate(), 250)
  }

  acquire(): Promise<Executor> {
    if (this.#closed) return Promise.reject(notRead())
    const free = this.#free.pop()
    if (free) return Promise.resolve(free)
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(busy())
    return new Promise((take, reject) => this.#waiting.push({ since: performance.now(), take, reject }))
  }

  release(executor: Executor): void {
    const next = this.#waiting.shift()
    if (next) next.take(executor)
    else this.#free.push(executor as ReadExecutor)
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#sweep)
    for (const link of this.#links) link.close()
    for (const reader of this.#waiting) reader.reject(notRead())
    this.#waiting = []
  }

  #rejectLate(): void {
    const latest = performance.now() - this.#limits.answerMs
    while (this.#waiting[0] && this.#waiting[0].since < latest) this.#waiting.shift()?.reject(notRead())
  }
}

class ReadExecutor implements Executor {
  readonly #link: PgLink
  readonly #answerMs: number

  constructor(link: PgLink, answerMs: number) {
    this.#link = link
    this.#answerMs = answerMs
  }

  /** A query whose connection broke is asked once more: it changed nothing. */
  async execute<R>(text: string, parameters: readonly unknown[]): Promise<PgResult<R>> {
    const until = performance.now() + this.#answerMs
    for (;;) {
      let connection: PgConnection
      try {
        connection = await this.#link.connection(until)
      } catch {
        throw notRead()
      }
      try {
        return await connection.execute<R>(text, parameters)
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error
        if (performance.now() > until) throw notRead()
      }
    }
  }
}
