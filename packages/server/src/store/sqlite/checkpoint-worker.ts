/**
 * The thread that moves the log of the database into its file while the writer goes on (SQLite's passive checkpoint): done by
 * the writer itself it would hold up whoever sends for as long as the disk takes.
 */
import type { Database } from 'bun:sqlite'
import { openDatabase } from './open-database.ts'

declare const self: Worker

/** Asks for one checkpoint of the database of a folder. */
export interface CheckpointRequest {
  readonly folder: string
}

/** What a checkpoint found: pages in the log since its last beginning, or why it failed. */
export type CheckpointResult = { readonly log: number } | { readonly failed: string }

let database: Database | undefined

self.onmessage = (event: MessageEvent<CheckpointRequest | 'close'>) => {
  if (event.data === 'close') {
    database?.close()
    postMessage({ log: 0 } satisfies CheckpointResult)
    return
  }
  try {
    database ??= openDatabase(event.data.folder, 'checkpoint')
    const row = database.query<{ log: number }, []>('pragma wal_checkpoint(passive)').get()
    postMessage({ log: row?.log ?? 0 } satisfies CheckpointResult)
  } catch (error) {
    postMessage({ failed: String(error) } satisfies CheckpointResult)
  }
}
