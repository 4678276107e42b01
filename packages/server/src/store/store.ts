import type { Kysely } from 'kysely'
import type { AppendItem, AppendResult } from './append.ts'
import type { Change } from './change.ts'
import type { Mutation } from './mutation.ts'
import type { Schema } from './schema.ts'

/**
 * The door to the data. Reads see every committed transaction; writes go through the one writer and resolve after their
 * commit reached stable storage.
 */
export interface Store {
  readonly read: Kysely<Schema>
  /** Random, made with the database; another epoch means "take a fresh snapshot" (DESIGN-DATA 1). */
  readonly epoch: string
  /** This process's lease on sessions. */
  readonly nodeId: string
  /** Rejects with the mutation's `CommandError`, with `NotStoredError` when the disk refused, with 60022 when too much waits. */
  mutate<A, R>(mutation: Mutation<A, R>, args: A): Promise<R>
  append(item: AppendItem): Promise<AppendResult>
  /** Called once per commit that changed something, before its callers are answered. */
  onCommit(listener: (changes: readonly Change[]) => void): () => void
  /** Undefined while writes succeed, else what the disk said. */
  readonly storageError: string | undefined
  /** Operations that wait for the writer. */
  readonly waiting: number
  /** Waits for what is under way, then closes. */
  close(): Promise<void>
}
