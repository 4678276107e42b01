import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Kysely } from 'kysely'
import type { AppendItem, AppendResult } from '../append.ts'
import type { Change } from '../change.ts'
import type { Mutation } from '../mutation.ts'
import type { Schema } from '../schema.ts'
import type { CommitListener, CommitOrigin, Store, StoreVitals } from '../store.ts'
import { busy, notStored, stopping } from './answers.ts'
import { CONNECTION_LIMITS, type ConnectionLimits } from './connection.ts'
import { postgresKysely } from './dialect.ts'
import { claimLanes, RENEW_EVERY_MS, releaseLanes, renewLanes } from './lane-claims.ts'
import { PgLink } from './link.ts'
import { runsAlone } from './lock-plan.ts'
import { migrate } from './migrate.ts'
import type { LaneHost } from './mutation-lane.ts'
import { ReadPool } from './read-pool.ts'
import { ConnectionLost } from './sql-state.ts'
import { Tenure } from './tenure.ts'

/** About a second of work; over it callers are told to come back (DESIGN-DATA 5). */
const WAITING_MAX = 20_000
/** How long a node that starts, or that lost its lanes, waits for the database before it says so. */
const OPEN_WITHIN_MS = 10_000
const CHECK_EVERY_MS = 250
/** For an operator's change of an app; a person waits that long. */
const ALONE_WITHIN_MS = 15_000

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** Connections that run mutations, one at a time each; 4 by default. */
  readonly mutationConnections?: number
  /** Connections for queries; 8 by default. */
  readonly readConnections?: number
  /** Told what a mutation threw that is a defect, not an answer. */
  readonly onDefect: (text: string) => void
  /** Told what the operator may want to know. */
  readonly onNotice?: (text: string) => void
  readonly limits?: ConnectionLimits
}

/** PostgreSQL, shared with other nodes (docs/decisions/0007-several-nodes.md). */
export class PostgresStore implements Store {
  readonly read: Kysely<Schema>
  readonly epoch: string
  readonly #options: PostgresStoreOptions
  readonly #limits: ConnectionLimits
  readonly #reads: ReadPool
  readonly #control: PgLink
  readonly #host: LaneHost
  readonly #commitListeners = new Set<CommitListener>()
  readonly #loggedListeners = new Set<() => void>()
  readonly #fencedListeners = new Set<(reason: string) => void>()
  readonly #timers: ReturnType<typeof setInterval>[] = []
  #tenure: Tenure
  #fenced: string | undefined
  #liveNodes: ReadonlySet<string> = new Set()
  #storageError: string | undefined
  #clockMs = 0
  #renewing = false
  #closed = false

  private constructor(options: PostgresStoreOptions, control: PgLink, epoch: string, claimed: Claimed) {
    this.#options = options
    this.#limits = options.limits ?? CONNECTION_LIMITS
    this.#control = control
    this.epoch = epoch
    this.#reads = new ReadPool(options.url, options.readConnections ?? 8, this.#limits)
    this.read = postgresKysely(this.#reads)
    this.#host = this.#laneHost()
    this.#tenure = this.#tenureOf(claimed)
    this.#liveNodes = new Set([this.nodeId])
  }

  /** Migrates, takes lanes and begins to read the log. */
  static async open(options: PostgresStoreOptions): Promise<PostgresStore> {
    const limits = options.limits ?? CONNECTION_LIMITS
    const { unknown } = await migrate(options.url)
    if (unknown.length > 0)
      options.onNotice?.(
        `The database was migrated by a later version (${unknown.join(', ')}). This node goes on, as in a rolling upgrade; upgrade it soon.`,
      )
    const control = new PgLink({ url: options.url, limits })
    try {
      const session = await control.connection(performance.now() + OPEN_WITHIN_MS)
      const [row] = await session.run<{ value: string }>(`select value from meta where name = 'store_epoch'`)
      if (!row) throw new Error('The database has no store_epoch; was it made by this version?')
      const store = new PostgresStore(options, control, row.value, await claim(control, laneCount(options)))
      await store.#start()
      return store
    } catch (error) {
      control.close()
      throw error
    }
  }

  get nodeId(): string {
    return this.#tenure.nodeId
  }

  get liveNodes(): ReadonlySet<string> {
    return this.#liveNodes
  }

  get behind(): string | undefined {
    return this.#fenced ?? this.#tenure.tailer.behind
  }

  get vitals(): StoreVitals {
    const { tailer, laneNumbers, appends } = this.#tenure
    const { batches, messages } = appends.stored
    return { logAgeMs: tailer.ageMs, lanes: laneNumbers, batches, batchedMessages: messages }
  }

  get storageError(): string | undefined {
    return this.#storageError
  }

  get waiting(): number {
    return this.#tenure.waiting
  }

  async mutate<A, R>(mutation: Mutation<A, R>, args: A): Promise<R> {
    this.#admit()
    const run = mutation as unknown as Mutation<never, unknown>
    const locks = mutation.locks(args)
    // Whoever must run alone waits for every lane in turn, which takes its time when all are busy.
    const until = locks.some(runsAlone) ? performance.now() + ALONE_WITHIN_MS : this.#until()
    return (await this.#tenure.mutate(run, args, locks, until)) as R
  }

  async append(item: AppendItem): Promise<AppendResult> {
    this.#admit()
    return this.#tenure.appends.append(item, this.#until())
  }

  onCommit(listener: CommitListener): () => void {
    this.#commitListeners.add(listener)
    return () => this.#commitListeners.delete(listener)
  }

  onLogged(listener: () => void): () => void {
    this.#loggedListeners.add(listener)
    return () => this.#loggedListeners.delete(listener)
  }

  /**
   * This node lost its place: other nodes took its sessions for gone, or it may have missed commits. Called when that is found, and again once it
   * has new lanes under a new {@link nodeId}: nothing that is in memory holds, so sockets are closed and caches dropped each time.
   */
  onFenced(listener: (reason: string) => void): () => void {
    this.#fencedListeners.add(listener)
    return () => this.#fencedListeners.delete(listener)
  }

  hurry(): void {
    this.#tenure.tailer.hurry()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#tenure.settled()
    for (const timer of this.#timers) clearInterval(timer)
    const { nodeId } = this
    await this.#tenure.close(stopping)
    const session = this.#control.current
    // Without it the lease runs out by itself.
    if (session) await releaseLanes(session, nodeId).catch(() => undefined)
    this.#control.close()
    this.#reads.close()
    await this.read.destroy()
  }

  #admit(): void {
    if (this.#closed) throw stopping()
    if (this.#fenced !== undefined || this.waiting >= WAITING_MAX) throw busy()
  }

  #until(): number {
    return performance.now() + this.#limits.answerMs
  }

  async #start(): Promise<void> {
    try {
      await this.#tenure.tailer.start(performance.now() + OPEN_WITHIN_MS)
    } catch (error) {
      await this.close()
      throw error
    }
    this.#timers.push(
      setInterval(() => void this.#renew(), RENEW_EVERY_MS),
      setInterval(
        () => this.#tenure.rejectLate(this.#storageError === undefined ? busy : notStored),
        CHECK_EVERY_MS,
      ),
    )
  }

  async #renew(): Promise<void> {
    if (this.#renewing || this.#fenced !== undefined || this.#closed) return
    this.#renewing = true
    const tenure = this.#tenure
    try {
      const session = await this.#control.connection(this.#until())
      const kept = await renewLanes(session, tenure.nodeId, tenure.laneNumbers)
      if (!kept && tenure === this.#tenure) this.#fence('Another node took a lane of this one.')
    } catch (error) {
      // The next turn tries again; the lease outlasts several.
      if (!(error instanceof ConnectionLost))
        this.#options.onNotice?.(`A lease was not renewed: ${String(error)}`)
    } finally {
      this.#renewing = false
    }
  }

  #fence(reason: string): void {
    if (this.#fenced !== undefined || this.#closed) return
    this.#fenced = reason
    this.#options.onNotice?.(`This node lost its place and begins anew: ${reason}`)
    for (const listener of this.#fencedListeners) this.#tell(() => listener(reason))
    void this.#beginAnew(reason)
  }

  async #beginAnew(reason: string): Promise<void> {
    await this.#tenure.close(notStored)
    while (!this.#closed)
      try {
        const tenure = this.#tenureOf(await claim(this.#control, laneCount(this.#options)))
        try {
          await tenure.tailer.start(performance.now() + OPEN_WITHIN_MS)
        } catch (error) {
          await tenure.close(notStored)
          throw error
        }
        // Its lanes run out by themselves.
        if (this.#closed) return await tenure.close(stopping)
        this.#tenure = tenure
        for (const listener of this.#fencedListeners) this.#tell(() => listener(reason))
        this.#fenced = undefined
        return
      } catch (error) {
        if (!this.#closed) this.#options.onNotice?.(`New lanes could not be taken yet: ${String(error)}`)
        await Bun.sleep(RENEW_EVERY_MS * Math.random())
      }
  }

  #tenureOf(claimed: Claimed): Tenure {
    return new Tenure(claimed, { url: this.#options.url, limits: this.#limits }, this.#host, {
      read: changes => this.#announce(changes, 'elsewhere'),
      nodes: live => {
        this.#liveNodes = live
      },
      missed: reason => this.#fence(reason),
      defect: this.#options.onDefect,
    })
  }

  #laneHost(): LaneHost {
    return {
      clock: databaseMs => {
        this.#clockMs = Math.max(this.#clockMs, databaseMs)
        return this.#clockMs
      },
      isLive: nodeId => nodeId === this.nodeId || this.#liveNodes.has(nodeId),
      committed: changes => {
        this.#announce(changes, 'here')
        for (const listener of this.#loggedListeners) this.#tell(listener)
      },
      wrote: () => {
        this.#storageError = undefined
      },
      refused: problem => {
        const known = this.#storageError !== undefined
        this.#storageError = problem
        if (!known) this.#options.onDefect(problem)
      },
      problem: () => this.#storageError,
      defect: this.#options.onDefect,
      fenced: reason => this.#fence(reason),
    }
  }

  #announce(changes: readonly Change[], origin: CommitOrigin): void {
    for (const listener of this.#commitListeners) this.#tell(() => listener(changes, origin))
  }

  /** What is committed stays so, whatever a listener makes of it. */
  #tell(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#options.onDefect(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }
}

export interface Claimed {
  readonly nodeId: string
  readonly lanes: readonly number[]
}

async function claim(control: PgLink, count: number): Promise<Claimed> {
  const nodeId = randomBytes(8).toString('hex')
  const session = await control.connection(performance.now() + OPEN_WITHIN_MS)
  return { nodeId, lanes: await claimLanes(session, nodeId, count) }
}

/** Two for messages: one for batches, one for conversations that others hold. */
function laneCount(options: PostgresStoreOptions): number {
  return (options.mutationConnections ?? 4) + 2
}
