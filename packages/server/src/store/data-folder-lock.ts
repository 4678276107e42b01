import { Database } from 'bun:sqlite'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LOCK_FILE = 'rookery.lock'
/** Tells others who holds the lock; only the lock itself counts. */
const HOLDER_FILE = 'rookery.pid'
const RETRY_MS = 50

/** What holds a data folder. */
export type LockHolder = 'server' | 'command'

export interface LockOptions {
  readonly as: LockHolder
  /** How long to wait for another holder; 0 by default. */
  readonly waitMs?: number
}

export interface DataFolderLock {
  release(): void
}

/** Another process works on the data folder. */
export class DataFolderInUseError extends Error {
  readonly pid: number | undefined

  constructor(folder: string, holder: { readonly pid: number; readonly as: LockHolder } | undefined) {
    const who = holder
      ? `${holder.as === 'server' ? 'a Rookery server' : 'a rookery command'} with process id ${holder.pid}`
      : 'another Rookery process'
    super(
      `The data folder ${folder} is in use by ${who}. One process at a time may work on it: stop that one, or use another data.folder.`,
    )
    this.name = 'DataFolderInUseError'
    this.pid = holder?.pid
  }
}

/**
 * Takes the data folder for this process and makes it when missing. The lock is the operating system's, on a file, so it ends
 * with the process however that ends; and it holds between containers, where process ids say nothing.
 */
export async function lockDataFolder(folder: string, options: LockOptions): Promise<DataFolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const until = Date.now() + (options.waitMs ?? 0)
  for (;;) {
    const database = tryLock(join(folder, LOCK_FILE))
    if (database) return held(database, folder, options.as)
    if (Date.now() >= until) throw new DataFolderInUseError(folder, readHolder(folder))
    await Bun.sleep(RETRY_MS)
  }
}

/** SQLite's exclusive lock on an empty database file. Reading that file by other means would drop it on Linux. */
function tryLock(path: string): Database | undefined {
  const database = new Database(path, { create: true, readwrite: true })
  try {
    database.run('pragma busy_timeout = 0')
    database.run('pragma journal_mode = memory')
    database.run('begin exclusive')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return undefined
    throw error
  }
}

/** Keeps held locks reachable: a collected connection would close, and its lock end, while the holder still works. */
const heldDatabases = new Set<Database>()

function held(database: Database, folder: string, as: LockHolder): DataFolderLock {
  heldDatabases.add(database)
  const file = join(folder, HOLDER_FILE)
  writeFileSync(file, JSON.stringify({ pid: process.pid, as }), { mode: 0o600 })
  let released = false
  return {
    release() {
      if (released) return
      released = true
      rmSync(file, { force: true })
      database.run('rollback')
      database.close()
      heldDatabases.delete(database)
    },
  }
}

function readHolder(folder: string): { pid: number; as: LockHolder } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, HOLDER_FILE), 'utf8')) as { pid: number; as: LockHolder }
  } catch {
    return undefined
  }
}
