import { Database } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export const DATABASE_FILE = 'rookery.db'

/**
 * Opens the database of a data folder; 'checkpoint' is for moving its log only. A writer makes it when missing and keeps
 * `synchronous=FULL`: an acknowledged message must survive a power cut (delivery contract 1).
 */
export function openDatabase(folder: string, mode: 'write' | 'read' | 'checkpoint'): Database {
  const path = join(folder, DATABASE_FILE)
  if (mode === 'checkpoint') {
    const database = new Database(path, { create: false, readwrite: true })
    database.run('pragma synchronous = full')
    database.run('pragma cache_size = -1000')
    return database
  }
  if (mode === 'read') {
    if (!existsSync(path)) throw new Error(`There is no database at ${path}.`)
    const database = new Database(path, { readonly: true })
    // A reader waits out a checkpoint instead of failing.
    database.run('pragma busy_timeout = 5000')
    database.run('pragma cache_size = -32000')
    return database
  }
  const database = new Database(path, { create: true, readwrite: true })
  database.run('pragma busy_timeout = 5000')
  database.run('pragma journal_mode = wal')
  database.run('pragma synchronous = full')
  database.run('pragma foreign_keys = off')
  database.run('pragma cache_size = -64000')
  // 64 MiB of log, if ever: checkpoints are made by a thread of their own (checkpoints.ts), and this only if that fails.
  database.run('pragma wal_autocheckpoint = 16000')
  return database
}

/** Gives back what its page cache holds; it fills again with what is asked for. */
export function shrinkMemory(database: Database): void {
  database.run('pragma shrink_memory')
}
