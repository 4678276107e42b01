import type { Kysely } from 'kysely'
import type { AppendItem, AppendResult } from './append.ts'
import type { Change } from './change.ts'
import type { Mutation } from './mutation.ts'
import type { Schema } from './schema.ts'

export type CommitOrigin = 'here' | 'elsewhere'
export type CommitListener = (changes: readonly Change[], origin: CommitOrigin) => void

/** How a node that shares its store is doing. */
export interface StoreVitals {
  /** Milliseconds since it last knew every commit of the others. */
  readonly logAgeMs: number
  /** Numbers of the lanes that it writes on. */
  readonly lanes: readonly number[]
  /** Transactions that stored messages, and those messages, since it has these lanes. */
  readonly batches: number
  readonly batchedMessages: number
}

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
  /** Ids of the processes that run, this one included; a session of another id has no socket. At most some hundred ms old. */
  readonly liveNodes: ReadonlySet<string>
  /** Rejects with the mutation's `CommandError`, with `NotStoredError` when the disk refused, with 60022 when too much waits. */
  mutate<A, R>(mutation: Mutation<A, R>, args: A): Promise<R>
  append(item: AppendItem): Promise<AppendResult>
  /**
   * Called once per commit that changed something: `here` before its callers are answered, `elsewhere` when another node's
   * commit was read from the log, in the order of that node.
   */
  onCommit(listener: CommitListener): () => void
  /** After a commit of this node whose changes other nodes should read now instead of at their next turn. */
  onLogged(listener: () => void): () => void
  /**
   * This process may have missed commits of others, or its sessions count as gone: nothing that is kept in memory holds, so
   * sockets are closed and caches dropped. Never called for one process.
   */
  onFenced(listener: (reason: string) => void): () => void
  /** Reads the other nodes' commits now; several calls during one reading are one. */
  hurry(): void
  /**
   * Why this node may not know what others decided, as kicks: the log could not be read for a second. While it is set the
   * node serves nobody (DESIGN-SECURITY 2). Always undefined for one process.
   */
  readonly behind: string | undefined
  /** For the metrics; undefined for one process. */
  readonly vitals: StoreVitals | undefined
  /** Undefined while writes succeed, else what the disk said. */
  readonly storageError: string | undefined
  /** Operations that wait for the writer. */
  readonly waiting: number
  /** Waits for what is under way, then closes. */
  close(): Promise<void>
}
