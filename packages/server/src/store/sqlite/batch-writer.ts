import type { Database } from 'bun:sqlite'
import { randomBytes } from 'node:crypto'
import { type Kysely, Migrator } from 'kysely'
import { CommandError, type SerialisedError } from '../../commands/command-error.ts'
import type { AppendItem, AppendResult } from '../append.ts'
import type { Change } from '../change.ts'
import { migrations } from '../migrations/migrations.ts'
import { mutationNamed, type Transaction } from '../mutation.ts'
import type { Schema } from '../schema.ts'
import { MessageAppender } from './append-message.ts'
import { ConversationHeads } from './conversation-heads.ts'
import { sqliteKysely } from './dialect.ts'
import { shrinkMemory } from './open-database.ts'

/** One operation of a batch. */
export type WriteOperation =
  | { readonly kind: 'append'; readonly item: AppendItem }
  | { readonly kind: 'mutate'; readonly name: string; readonly args: unknown }

export type WriteOutcome =
  | { readonly appended: AppendResult }
  /** What a mutation returned. */
  | { readonly ok: unknown }
  | { readonly error: SerialisedError }
  /** A defect or the disk: told to the operator's log, not to the user. */
  | { readonly failure: string }

export interface BatchOutcome {
  readonly outcomes: readonly WriteOutcome[]
  readonly changes: readonly Change[]
  /** Set when nothing of the batch was stored: the commit itself failed. */
  readonly storageError?: string
}

/** The log could not be begun anew; told beside the outcomes of batches. */
export interface RestartFailure {
  readonly restartFailed: string
}

/** The counter that keeps the time of the last commit, in Unix milliseconds: a clock that was set back makes no earlier times. */
const LAST_COMMIT = 'last_commit_ms'

/**
 * The one writer of an embedded database: everything that arrived while the last batch was being flushed is one
 * transaction with one fsync (DESIGN 5). Success is reported after the commit only.
 */
export class BatchWriter {
  readonly #database: Database
  readonly #db: Kysely<Schema>
  readonly #heads: ConversationHeads
  readonly #nodeId: string
  #appender: MessageAppender | undefined
  #lastMs = 0

  constructor(database: Database, nodeId: string) {
    this.#database = database
    this.#db = sqliteKysely(database, { ownTransactions: true })
    this.#heads = new ConversationHeads(database)
    this.#nodeId = nodeId
  }

  /** Brings the schema up to date and reads the last numbers. */
  async open(): Promise<void> {
    const migrator = new Migrator({
      db: this.#db,
      provider: { getMigrations: async () => ({ ...migrations }) },
    })
    const { error } = await migrator.migrateToLatest()
    if (error) throw error
    this.#database
      .query("insert into meta (name, value) values ('store_epoch', ?) on conflict do nothing")
      .run(randomBytes(8).toString('hex'))
    this.#appender = new MessageAppender(this.#database, this.#heads)
    this.#lastMs =
      this.#database
        .query<{ value: number }, [string]>('select value from counter where name = ?')
        .get(LAST_COMMIT)?.value ?? 0
  }

  async write(operations: readonly WriteOperation[]): Promise<BatchOutcome> {
    const changes: Change[] = []
    const outcomes: WriteOutcome[] = []
    const nowMs = Math.max(this.#lastMs, Date.now())
    try {
      this.#execute('begin immediate')
      for (let next = 0; next < operations.length; ) {
        const operation = operations[next]
        if (operation?.kind === 'mutate') outcomes[next++] = await this.#mutate(operation, nowMs, changes)
        else next = this.#appendRun(operations, next, outcomes, nowMs)
      }
      this.#heads.flush()
      this.#database
        .query(
          'insert into counter (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
        )
        .run(LAST_COMMIT, nowMs)
      this.#execute('commit')
    } catch (error) {
      this.#heads.forget()
      if (this.#database.inTransaction) this.#database.run('rollback')
      return { outcomes: [], changes: [], storageError: String(error) }
    }
    this.#lastMs = nowMs
    return { outcomes, changes }
  }

  /** Moves what is left of the log into the file; the next batch begins the log anew, unless somebody reads an old page just then. */
  restartLog(): void {
    this.#database.query('pragma wal_checkpoint(passive)').get()
  }

  /** Gives back what its page cache holds. */
  shrink(): void {
    shrinkMemory(this.#database)
  }

  close(): void {
    this.#database.run('pragma wal_checkpoint(truncate)')
    this.#database.close()
  }

  /**
   * The appends up to the next mutation, those of one conversation together, in their order: neighbours in the indexes cost
   * less one after the other. Returns the place after them.
   */
  #appendRun(
    operations: readonly WriteOperation[],
    start: number,
    outcomes: WriteOutcome[],
    nowMs: number,
  ): number {
    if (!this.#appender) throw new Error('The writer is not open.')
    const run: { readonly item: AppendItem; readonly place: number }[] = []
    let end = start
    for (let operation = operations[end]; operation?.kind === 'append'; operation = operations[++end])
      run.push({ item: operation.item, place: end })
    if (run.length > 1) run.sort((a, b) => comparePairs(a.item, b.item))
    const now = Math.floor(nowMs / 1000)
    for (const { item, place } of run) outcomes[place] = { appended: this.#appender.append(item, now) }
    return end
  }

  /** `Database.run` would compile the text each time. */
  #execute(sql: 'begin immediate' | 'commit' | `${'savepoint' | 'release' | 'rollback to'} mutation`): void {
    this.#database.query(sql).run()
  }

  async #mutate(
    operation: { readonly name: string; readonly args: unknown },
    nowMs: number,
    changes: Change[],
  ): Promise<WriteOutcome> {
    const mutation = mutationNamed(operation.name)
    if (!mutation) return { failure: `No mutation is named ${operation.name}.` }
    const mine: Change[] = []
    this.#heads.flush()
    this.#execute('savepoint mutation')
    try {
      const run = mutation.run as (tx: Transaction, args: unknown) => Promise<unknown>
      const result = await run(this.#transaction(nowMs, mine), operation.args)
      this.#execute('release mutation')
      changes.push(...mine)
      return { ok: result ?? null }
    } catch (error) {
      // The disk's errors end the whole transaction: then there is no savepoint left and the batch fails.
      if (!this.#database.inTransaction) throw error
      this.#execute('rollback to mutation')
      this.#execute('release mutation')
      if (error instanceof CommandError) return { error: error.toJSON() }
      if (isStorageError(error)) throw error
      return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    } finally {
      if (!mutation.keepsHeads) this.#heads.forget()
    }
  }

  #transaction(nowMs: number, changes: Change[]): Transaction {
    return {
      db: this.#db,
      nowMs,
      now: Math.floor(nowMs / 1000),
      nodeId: this.#nodeId,
      isLive: nodeId => nodeId === this.#nodeId,
      changed: change => changes.push(change),
      nextNumber: async source => {
        const row = this.#database
          .query<{ value: number }, [string]>(
            `insert into counter (name, value) values (?, 1)
             on conflict (name) do update set value = value + 1 returning value`,
          )
          .get(source)
        if (!row) throw new Error(`The counter ${source} gave no number.`)
        return row.value
      },
      lastNumber: async source =>
        this.#database
          .query<{ value: number }, [string]>('select value from counter where name = ?')
          .get(source)?.value ?? 0,
    }
  }
}

function comparePairs(a: AppendItem, b: AppendItem): number {
  return a.app - b.app || (a.group?.no ?? 0) - (b.group?.no ?? 0) || (a.group ? 0 : comparePeople(a, b))
}

function comparePeople(a: AppendItem, b: AppendItem): number {
  return (
    Math.min(a.sender, a.receiver) - Math.min(b.sender, b.receiver) ||
    Math.max(a.sender, a.receiver) - Math.max(b.sender, b.receiver)
  )
}

function isStorageError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|NOTADB|CANTOPEN)/.test(code)
}
