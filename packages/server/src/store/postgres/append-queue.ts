import { performance } from 'node:perf_hooks'
import type { AppendItem, AppendResult } from '../append.ts'
import { busy, defect, messageMaybeStored, notStored, stopping } from './answers.ts'
import { type AppendContext, appendBatch, CommitInDoubtError, LaneLostError } from './append-batch.ts'
import { PairCache, pairKey } from './append-pairs.ts'
import type { AppendOutcome } from './append-plan.ts'
import type { PgConnection } from './connection.ts'
import type { Lane } from './lane.ts'
import type { LaneHost } from './mutation-lane.ts'
import { ConnectionLost, isConflict, isStorageProblem, sqlState } from './sql-state.ts'

/** A batch is one transaction; more would hold up its first caller for longer than an fsync costs. */
const BATCH_MAX = 512
/** The statement's own time was over. */
const CANCELLED = '57014'

interface Waiting {
  readonly item: AppendItem
  readonly pair: string
  /** By `performance.now()`. */
  readonly until: number
  readonly resolve: (result: AppendResult) => void
  readonly reject: (error: Error) => void
}

/**
 * Messages on their way into batches. One batch is in flight; a conversation that somebody else holds leaves it for a second
 * lane, where it waits alone, with all later messages of that conversation behind it.
 */
export class AppendQueue {
  /** Transactions that stored messages, and what went into them. */
  readonly stored = { batches: 0, messages: 0 }
  readonly #main: Writer
  readonly #patient: Writer
  #queue: Waiting[] = []
  /** Messages of conversations that wait alone, in the order of the conversations. */
  readonly #held = new Map<string, Waiting[]>()
  #inFlight = 0
  #writing = false
  #waitingAlone = false
  #closed: (() => Error) | undefined
  #idle: (() => void)[] = []

  /** @param patient the lane for conversations that others hold */
  constructor(main: Lane, patient: Lane, host: LaneHost) {
    this.#main = new Writer(main, false, host, this.stored)
    this.#patient = new Writer(patient, true, host, this.stored)
  }

  get waiting(): number {
    let held = 0
    for (const list of this.#held.values()) held += list.length
    return this.#queue.length + held + this.#inFlight
  }

  append(item: AppendItem, until: number): Promise<AppendResult> {
    if (this.#closed) return Promise.reject(stopping())
    return new Promise((resolve, reject) => {
      const waiting = { item, pair: pairKey(item), until, resolve, reject }
      const held = this.#held.get(waiting.pair)
      if (held) {
        held.push(waiting)
        return
      }
      this.#queue.push(waiting)
      // The next turn of the loop: what this turn's frames bring goes into the same batch.
      if (!this.#writing && this.#queue.length === 1) setImmediate(() => void this.#write())
    })
  }

  /** Refuses what waits for too long. */
  rejectLate(error: () => Error): void {
    const now = performance.now()
    while (this.#queue[0] && this.#queue[0].until < now) this.#queue.shift()?.reject(error())
    for (const list of this.#held.values())
      while (list[0] && list[0].until < now) list.shift()?.reject(error())
  }

  async settled(): Promise<void> {
    if (this.#writing || this.#waitingAlone || this.waiting > 0)
      await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  /** Refuses what waits and drops the connections. */
  close(error: () => Error): void {
    this.#closed = error
    for (const list of [this.#queue, ...this.#held.values()])
      for (const waiting of list) waiting.reject(error())
    this.#queue = []
    for (const list of this.#held.values()) list.length = 0
    this.#main.close()
    this.#patient.close()
  }

  async #write(): Promise<void> {
    if (this.#writing) return
    this.#writing = true
    while (this.#queue.length > 0) {
      const batch = this.#queue.length <= BATCH_MAX ? this.#queue : this.#queue.slice(0, BATCH_MAX)
      this.#queue = this.#queue.length <= BATCH_MAX ? [] : this.#queue.slice(BATCH_MAX)
      this.#inFlight += batch.length
      const left = await this.#main.write(batch)
      this.#inFlight -= batch.length
      if (this.#refuseIfClosed(left)) break
      if (left.length > 0) this.#hold(left)
    }
    this.#writing = false
    this.#noteIdle()
  }

  /** Lets conversations wait alone, with what is queued behind their messages already. */
  #hold(skipped: readonly Waiting[]): void {
    for (const waiting of skipped) {
      const held = this.#held.get(waiting.pair)
      if (held) held.push(waiting)
      else this.#held.set(waiting.pair, [waiting])
    }
    const rest: Waiting[] = []
    for (const waiting of this.#queue) (this.#held.get(waiting.pair) ?? rest).push(waiting)
    this.#queue = rest
    if (!this.#waitingAlone) void this.#writeHeld()
  }

  async #writeHeld(): Promise<void> {
    this.#waitingAlone = true
    for (let pair = this.#nextHeld(); pair !== undefined; pair = this.#nextHeld()) {
      const list = this.#held.get(pair) ?? []
      const batch = list.splice(0, BATCH_MAX)
      this.#inFlight += batch.length
      const left = batch.length > 0 ? await this.#patient.write(batch) : []
      this.#inFlight -= batch.length
      if (this.#refuseIfClosed(left)) list.length = 0
      else list.unshift(...left)
      this.#held.delete(pair)
      // To the end, so that one conversation that stays locked does not keep the others waiting.
      if (list.length > 0) this.#held.set(pair, list)
    }
    this.#waitingAlone = false
    this.#noteIdle()
  }

  #nextHeld(): string | undefined {
    return this.#held.keys().next().value
  }

  #refuseIfClosed(left: readonly Waiting[]): boolean {
    if (!this.#closed) return false
    for (const waiting of left) waiting.reject(this.#closed())
    return true
  }

  #noteIdle(): void {
    if (this.#writing || this.#waitingAlone || this.waiting > 0) return
    for (const resolve of this.#idle) resolve()
    this.#idle = []
  }
}

/** Writes batches on one lane. */
class Writer {
  readonly #lane: Lane
  readonly #waits: boolean
  readonly #host: LaneHost
  readonly #stored: AppendQueue['stored']
  #known: { readonly session: PgConnection; readonly pairs: PairCache } | undefined
  #closed = false

  constructor(lane: Lane, waits: boolean, host: LaneHost, stored: AppendQueue['stored']) {
    this.#lane = lane
    this.#waits = waits
    this.#host = host
    this.#stored = stored
  }

  close(): void {
    this.#closed = true
    this.#lane.close()
  }

  /** Answers the callers of a batch, except those that must wait for their conversation, which it returns in their order. */
  async write(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    let left = batch
    for (let alive = this.#alive(left); alive.length > 0; alive = this.#alive(left)) {
      left = alive
      const until = Math.max(...left.map(waiting => waiting.until))
      try {
        const session = await this.#lane.connection(until)
        const { outcomes, laneNo } = await appendBatch(
          session,
          left.map(({ item }) => item),
          this.#context(session),
        )
        if (laneNo !== undefined) {
          this.#host.wrote()
          this.#stored.batches++
          this.#stored.messages += outcomes.filter(it => it.outcome === 'stored').length
        }
        return this.#answer(left, outcomes)
      } catch (error) {
        if (error instanceof CommitInDoubtError) {
          const outcomes = await this.#outcomesInDoubt(error, until)
          if (!outcomes) return this.#reject(left, messageMaybeStored)
          left = this.#answer(left, outcomes)
          // Not another's lock but the lost connection left them: they are next, before any later message.
          continue
        }
        const refusal = this.#refusal(error)
        if (refusal) return this.#reject(left, refusal)
      }
    }
    return []
  }

  /** Undefined: the batch may be tried again. */
  #refusal(error: unknown): (() => Error) | undefined {
    if (error instanceof LaneLostError) {
      this.#host.fenced(error.message)
      return notStored
    }
    if (error instanceof ConnectionLost) {
      if (!this.#closed) {
        this.#host.refused(error.message)
        return undefined
      }
      return notStored
    }
    if (isConflict(error)) return undefined
    if (sqlState(error) === CANCELLED) return busy
    if (isStorageProblem(error)) {
      this.#host.refused(String(error))
      return notStored
    }
    this.#host.defect(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return defect
  }

  /** Those whose time is not over; the others are refused. */
  #alive(batch: readonly Waiting[]): readonly Waiting[] {
    const now = performance.now()
    const late = batch.filter(waiting => waiting.until <= now)
    if (late.length === 0) return batch
    this.#reject(late, this.#host.problem() === undefined ? busy : notStored)
    return batch.filter(waiting => waiting.until > now)
  }

  async #outcomesInDoubt(
    error: CommitInDoubtError,
    until: number,
  ): Promise<readonly AppendOutcome[] | undefined> {
    const session = this.#known?.session
    if (!session) return undefined
    const fate = await this.#lane.fateBy(error.laneNo, session, until)
    if (fate === 'committed') return error.ifCommitted
    if (fate === 'not-committed') return error.otherwise
    this.#host.refused(error.message)
    if (fate === 'fenced') this.#host.fenced('A commit is in doubt and another node has its lane.')
    return undefined
  }

  #answer(batch: readonly Waiting[], outcomes: readonly AppendOutcome[]): readonly Waiting[] {
    const left: Waiting[] = []
    for (const [place, waiting] of batch.entries()) {
      const outcome = outcomes[place]
      if (outcome === undefined || outcome.outcome === 'refused') {
        const cause = outcome === undefined ? 'it got no answer' : String(outcome.error)
        this.#host.defect(`A message could not be stored: ${cause}`)
        waiting.reject(defect())
      } else if (outcome.outcome === 'skipped') left.push(waiting)
      else waiting.resolve(outcome)
    }
    return left
  }

  #reject(batch: readonly Waiting[], error: () => Error): readonly Waiting[] {
    for (const waiting of batch) waiting.reject(error())
    return []
  }

  #context(session: PgConnection): AppendContext {
    if (this.#known?.session !== session) this.#known = { session, pairs: new PairCache() }
    return { lane: this.#lane.no, nodeId: this.#lane.nodeId, pairs: this.#known.pairs, waits: this.#waits }
  }
}
