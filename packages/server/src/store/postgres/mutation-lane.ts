import { performance } from 'node:perf_hooks'
import type { Kysely } from 'kysely'
import { CommandError } from '../../commands/command-error.ts'
import type { Change } from '../change.ts'
import type { Lock } from '../locks.ts'
import type { Mutation, Transaction } from '../mutation.ts'
import type { Schema } from '../schema.ts'
import { busy, defect, maybeStored, notStored, stopping } from './answers.ts'
import { LaneLostError } from './append-batch.ts'
import type { PgConnection } from './connection.ts'
import { type Executor, postgresKysely } from './dialect.ts'
import type { Lane } from './lane.ts'
import { allOf, beginLocked } from './lock-plan.ts'
import { ConnectionLost, isConflict, isStorageProblem, sqlState } from './sql-state.ts'

const UNIQUE_VIOLATION = '23505'
/** The statement's own time was over. */
const CANCELLED = '57014'
/** A unique violation that comes back this often is the mutation's own. */
const UNIQUE_ATTEMPTS = 5
const LONGEST_PAUSE_MS = 100

/** What a lane tells the store that it belongs to. */
export interface LaneHost {
  /** Unix milliseconds that never run backwards within the process. */
  clock(databaseMs: number): number
  isLive(nodeId: string): boolean
  committed(changes: readonly Change[]): void
  /** A write reached stable storage. */
  wrote(): void
  refused(problem: string): void
  /** What the latest failed write said; undefined while writes succeed. */
  problem(): string | undefined
  defect(text: string): void
  fenced(reason: string): void
}

interface Job {
  readonly mutation: Mutation<never, unknown>
  /** JSON text: each attempt has arguments of its own. */
  readonly args: string
  readonly locks: readonly Lock[]
  /** By `performance.now()`. */
  readonly until: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Runs mutations one after the other, each as one transaction. */
export class MutationLane {
  readonly #lane: Lane
  readonly #host: LaneHost
  readonly #db: Kysely<Schema>
  #session: PgConnection | undefined
  #queue: Job[] = []
  #working = false
  #closed = false
  #idle: (() => void)[] = []

  constructor(lane: Lane, host: LaneHost) {
    this.#lane = lane
    this.#host = host
    const executor: Executor = {
      execute: (text, parameters) => {
        if (!this.#session) throw new Error('A query of a mutation came after its transaction.')
        return this.#session.execute(text, parameters)
      },
    }
    // One for all of the lane's transactions, so that its prepared queries are built once.
    this.#db = postgresKysely({ acquire: async () => executor, release: () => undefined })
  }

  get waiting(): number {
    return this.#queue.length + (this.#working ? 1 : 0)
  }

  /** @param until by `performance.now()`; what was not begun by then is refused */
  run(
    mutation: Mutation<never, unknown>,
    args: unknown,
    locks: readonly Lock[],
    until: number,
  ): Promise<unknown> {
    if (this.#closed) return Promise.reject(stopping())
    return new Promise((resolve, reject) => {
      this.#queue.push({ mutation, args: JSON.stringify(args ?? null), locks, until, resolve, reject })
      if (!this.#working) void this.#work()
    })
  }

  /** Refuses what waits for too long. */
  rejectLate(error: () => Error): void {
    const now = performance.now()
    while (this.#queue[0] && this.#queue[0].until < now) this.#queue.shift()?.reject(error())
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    if (this.waiting > 0) await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  /** Refuses what waits and drops the connection. */
  close(error: () => Error): void {
    this.#closed = true
    for (const job of this.#queue) job.reject(error())
    this.#queue = []
    this.#lane.close()
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let job = this.#queue.shift(); job; job = this.#queue.shift())
      try {
        job.resolve(await this.#untilDone(job))
      } catch (error) {
        job.reject(error instanceof Error ? error : new Error(String(error)))
      }
    this.#working = false
    for (const resolve of this.#idle) resolve()
    this.#idle = []
  }

  async #untilDone(job: Job): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(job)
      } catch (error) {
        const late = performance.now() > job.until
        if (error instanceof Answer) throw error.error
        if (error instanceof LaneLostError) {
          this.#host.fenced(error.message)
          throw notStored()
        }
        if (error instanceof ConnectionLost) {
          if (!late && !this.#closed) continue
          this.#host.refused(error.message)
          throw notStored()
        }
        const own = sqlState(error) === UNIQUE_VIOLATION && attempt >= UNIQUE_ATTEMPTS
        if (isConflict(error) && !own) {
          if (late) throw busy()
          await Bun.sleep(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS))
          continue
        }
        if (sqlState(error) === CANCELLED) {
          if (late) throw busy()
          continue
        }
        if (isStorageProblem(error)) {
          this.#host.refused(String(error))
          throw notStored()
        }
        this.#host.defect(error instanceof Error ? (error.stack ?? error.message) : String(error))
        throw defect()
      }
    }
  }

  /** One attempt. A thrown {@link Answer} is final. */
  async #once(job: Job): Promise<unknown> {
    const session = await this.#lane.connection(job.until)
    const changes: Change[] = []
    let no: number
    let result: unknown
    let nowMs: number
    this.#session = session
    try {
      const locked = await beginLocked(session, this.#lane, job.locks)
      no = locked.no
      nowMs = this.#host.clock(locked.nowMs)
      const run = job.mutation.run as (tx: Transaction, args: unknown) => Promise<unknown>
      result = await run(this.#transaction(session, nowMs, changes), JSON.parse(job.args))
    } catch (error) {
      if (!session.lost) await session.run('rollback')
      if (error instanceof CommandError) throw new Answer(error)
      throw error
    } finally {
      this.#session = undefined
    }
    await this.#commit(session, job, no, nowMs, changes)
    return result ?? null
  }

  async #commit(
    session: PgConnection,
    job: Job,
    no: number,
    nowMs: number,
    changes: readonly Change[],
  ): Promise<void> {
    const logging =
      changes.length === 0
        ? []
        : [
            session.run('insert into commit_log (lane, no, time_ms, changes) values ($1, $2, $3, $4)', [
              this.#lane.no,
              no,
              nowMs,
              JSON.stringify(changes),
            ]),
          ]
    try {
      const [{ command }] = await allOf([session.execute('commit')] as const, logging)
      if (command !== 'COMMIT') throw new Error('The transaction had failed before its commit.')
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error
      await this.#settleDoubt(session, job, no, changes, error)
      return
    }
    this.#committed(changes)
  }

  async #settleDoubt(
    session: PgConnection,
    job: Job,
    no: number,
    changes: readonly Change[],
    lost: ConnectionLost,
  ): Promise<void> {
    const known = await this.#lane.fateBy(no, session, job.until, fate => {
      if (fate === 'committed') this.#committed(changes)
      else if (fate === 'fenced') this.#host.fenced('A commit is in doubt and another node has its lane.')
    })
    if (known === undefined) {
      this.#host.refused(lost.message)
      throw new Answer(maybeStored())
    }
    if (known === 'fenced') throw new Answer(maybeStored())
    if (known === 'not-committed') throw lost
  }

  #committed(changes: readonly Change[]): void {
    this.#host.wrote()
    if (changes.length > 0) this.#host.committed(changes)
  }

  #transaction(session: PgConnection, nowMs: number, changes: Change[]): Transaction {
    return {
      db: this.#db,
      nowMs,
      now: Math.floor(nowMs / 1000),
      nodeId: this.#lane.nodeId,
      isLive: nodeId => this.#host.isLive(nodeId),
      changed: change => changes.push(change),
      nextNumber: async source => {
        const [row] = await session.run<{ value: number }>(`select nextval('number_${source}') as value`)
        if (!row) throw new Error(`The sequence of ${source} gave no number.`)
        return row.value
      },
      lastNumber: async source => {
        const [row] = await session.run<{ value: number }>(
          `select case when is_called then last_value else 0 end as value from number_${source}`,
        )
        return row?.value ?? 0
      },
    }
  }
}

/** What the caller is told; not to be tried again. */
class Answer extends Error {
  readonly error: Error

  constructor(error: Error) {
    super(error.message)
    this.error = error
  }
}
