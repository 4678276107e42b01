import type { Database } from 'bun:sqlite'
import { randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import type { Kysely } from 'kysely'
import { CommandError } from '../../commands/command-error.ts'
import type { AppendItem, AppendResult } from '../append.ts'
import type { Mutation } from '../mutation.ts'
import { NotStoredError } from '../not-stored-error.ts'
import type { Schema } from '../schema.ts'
import type { CommitListener, Store } from '../store.ts'
import type { BatchOutcome, RestartFailure, WriteOperation, WriteOutcome } from './batch-writer.ts'
import { Checkpoints, logNotMoved } from './checkpoints.ts'
import { sqliteKysely } from './dialect.ts'
import { batchText, readOutcome } from './hand-over.ts'
import { IdleMemory } from './idle-memory.ts'
import { openDatabase, shrinkMemory } from './open-database.ts'

/** A batch is one transaction; more would hold up its first caller for longer than an fsync costs. */
const BATCH_MAX = 512
/** About a second of work at the measured rate; over it callers are told to come back (DESIGN-DATA 5). */
const WAITING_MAX = 20_000

interface Waiting {
  readonly operation: WriteOperation
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export interface EmbeddedStoreOptions {
  readonly folder: string
  /** Told what a mutation threw that is a defect, not an answer. */
  readonly onDefect: (text: string) => void
}

/** The embedded engine: a reading connection in this thread, the writer in its own. */
export class EmbeddedStore implements Store {
  readonly read: Kysely<Schema>
  readonly nodeId: string
  readonly liveNodes: ReadonlySet<string>
  readonly behind = undefined
  readonly vitals = undefined
  readonly #worker: Worker
  readonly #onDefect: (text: string) => void
  readonly #checkpoints: Checkpoints
  readonly #idleMemory: IdleMemory
  readonly #listeners = new Set<CommitListener>()
  #epoch = ''
  #queue: Waiting[] = []
  #inFlight: Waiting[] | undefined
  #storageError: string | undefined
  #idle: (() => void) | undefined
  #closed = false
  #dead = false

  private constructor(
    reader: Database,
    worker: Worker,
    nodeId: string,
    { folder, onDefect }: EmbeddedStoreOptions,
  ) {
    this.read = sqliteKysely(reader, { ownTransactions: false })
    this.nodeId = nodeId
    this.liveNodes = new Set([nodeId])
    this.#worker = worker
    this.#onDefect = onDefect
    this.#checkpoints = new Checkpoints({
      folder,
      // Between two batches: the writer takes one message after the other.
      restart: () => worker.postMessage('restart-log'),
      onDefect,
    })
    this.#idleMemory = new IdleMemory(() => {
      shrinkMemory(reader)
      worker.postMessage('shrink')
    })
    worker.onmessage = event => {
      const told = event.data as string | RestartFailure
      if (typeof told === 'string') this.#finish(readOutcome(told))
      else onDefect(logNotMoved(told.restartFailed))
    }
    worker.onerror = event => this.#die(event.message)
  }

  static async open(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
    const nodeId = randomBytes(8).toString('hex')
    const worker = new Worker(new URL('./writer-worker.ts', import.meta.url).href)
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = event => {
        if (event.data === 'opened') resolve()
        else reject(new Error(String(event.data).replace(/^failed:/, '')))
      }
      worker.onerror = event => reject(new Error(event.message))
      worker.postMessage({ open: { folder: options.folder, nodeId } })
    }).catch(error => {
      worker.terminate()
      throw error
    })
    const store = new EmbeddedStore(openDatabase(options.folder, 'read'), worker, nodeId, options)
    await store.#loadEpoch()
    return store
  }

  get epoch(): string {
    return this.#epoch
  }

  get storageError(): string | undefined {
    return this.#storageError
  }

  get waiting(): number {
    return this.#queue.length + (this.#inFlight?.length ?? 0)
  }

  mutate<A, R>(mutation: Mutation<A, R>, args: A): Promise<R> {
    return this.#enqueue({ kind: 'mutate', name: mutation.name, args }) as Promise<R>
  }

  append(item: AppendItem): Promise<AppendResult> {
    return this.#enqueue({ kind: 'append', item }) as Promise<AppendResult>
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Nobody else reads this log. */
  onLogged(): () => void {
    return () => undefined
  }

  onFenced(): () => void {
    return () => undefined
  }

  hurry(): void {}

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.waiting > 0) await new Promise<void>(resolve => (this.#idle = resolve))
    this.#idleMemory.close()
    await this.#checkpoints.close()
    await this.read.destroy()
    if (this.#dead) return
    await new Promise<void>(resolve => {
      this.#worker.onmessage = () => resolve()
      this.#worker.postMessage('close')
    })
    this.#worker.terminate()
  }

  #enqueue(operation: WriteOperation): Promise<unknown> {
    if (this.#closed)
      return Promise.reject(
        new CommandError(
          ErrorCode.SERVICE_OVERLOAD,
          'The server is stopping; send the request again to another one.',
          {
            retryAfterMs: 1000,
          },
        ),
      )
    if (this.#dead) return Promise.reject(notStored())
    if (this.#queue.length >= WAITING_MAX)
      return Promise.reject(
        new CommandError(
          ErrorCode.SERVICE_OVERLOAD,
          'Too many writes wait for the disk; try again after the delay.',
          {
            retryAfterMs: 1000,
          },
        ),
      )
    return new Promise((resolve, reject) => {
      this.#queue.push({ operation, resolve, reject })
      // The next turn of the loop: what this turn's frames bring goes into the same batch.
      if (!this.#inFlight && this.#queue.length === 1) setImmediate(() => this.#flush())
    })
  }

  #flush(): void {
    if (this.#inFlight || this.#queue.length === 0) return
    this.#inFlight = this.#queue.length <= BATCH_MAX ? this.#queue : this.#queue.slice(0, BATCH_MAX)
    this.#queue = this.#queue.length <= BATCH_MAX ? [] : this.#queue.slice(BATCH_MAX)
    this.#worker.postMessage(batchText(this.#inFlight.map(waiting => waiting.operation)))
  }

  #finish(outcome: BatchOutcome): void {
    const batch = this.#inFlight ?? []
    this.#inFlight = undefined
    this.#storageError = outcome.storageError
    if (outcome.storageError !== undefined) {
      this.#onDefect(outcome.storageError)
      for (const waiting of batch) waiting.reject(notStored())
    } else {
      if (outcome.changes.length > 0)
        for (const listener of this.#listeners) listener(outcome.changes, 'here')
      for (const [index, waiting] of batch.entries()) this.#answer(waiting, outcome.outcomes[index])
      this.#checkpoints.wrote(batch.length)
      this.#idleMemory.wrote()
    }
    if (this.#queue.length > 0) this.#flush()
    else this.#idle?.()
  }

  #answer(waiting: Waiting, outcome: WriteOutcome | undefined): void {
    if (outcome && 'appended' in outcome) waiting.resolve(outcome.appended)
    else if (outcome && 'ok' in outcome) waiting.resolve(outcome.ok)
    else if (outcome && 'error' in outcome) waiting.reject(CommandError.fromJSON(outcome.error))
    else {
      this.#onDefect(outcome?.failure ?? 'The writer did not answer an operation.')
      waiting.reject(
        new NotStoredError(
          'The server failed to carry this out; nothing was stored. Try again, and tell the operator if it stays.',
        ),
      )
    }
  }

  /** The writer's thread is gone: nothing can be stored any more until a restart. */
  #die(reason: string): void {
    this.#dead = true
    this.#storageError = reason
    this.#onDefect(`The writer stopped: ${reason}`)
    const batch = this.#inFlight ?? []
    this.#inFlight = undefined
    for (const waiting of [...batch, ...this.#queue]) waiting.reject(notStored())
    this.#queue = []
    this.#idle?.()
  }

  async #loadEpoch(): Promise<void> {
    const row = await this.read
      .selectFrom('meta')
      .select('value')
      .where('name', '=', 'store_epoch')
      .executeTakeFirst()
    if (!row) throw new Error('The database has no store_epoch; was it made by this version?')
    this.#epoch = row.value
  }
}

function notStored(): NotStoredError {
  return new NotStoredError(
    'The disk refused the write, so nothing was stored. The operator must look at the server; then send again.',
  )
}
