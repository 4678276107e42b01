import type { NumberSource } from '../store/mutation.ts'
import type { Store } from '../store/store.ts'
import type { StoreSource } from '../store/store-source.ts'
import { PostgresTestDatabase } from './postgres-test-database.ts'
import { SqliteTestDatabase } from './sqlite-test-database.ts'

export type SqlValue = string | number | null

/** Runs one statement with `?` for its values and returns its rows; integers are numbers. */
export type RunSql = <R = unknown>(statement: string, ...values: SqlValue[]) => Promise<R[]>

/** The database of one test: made empty, looked into and changed behind the server's back. */
export interface TestDatabase {
  /** Of what a node keeps in files. SQLite's are among them. */
  readonly folder: string
  /** For the server; when it is made. */
  readonly source: StoreSource
  /** Makes the database with its tables, unless it is there. */
  prepare(): Promise<void>
  /** A store on it, which makes it when it is missing. */
  open(onDefect: (text: string) => void): Promise<Store>
  /** One transaction with statements of one's own. */
  edit<T>(change: (run: RunSql) => Promise<T>): Promise<T>
  /** The next number of the source will be above this one. */
  raise(run: RunSql, source: NumberSource, above: number): Promise<void>
  /** Names of the tables that have a column, in order. */
  tablesWith(column: string): Promise<string[]>
  remove(): Promise<void>
}

export type TestEngine = 'sqlite' | 'postgres'

/** `ROOKERY_TEST_ENGINE=postgres` runs every test that does not say otherwise on PostgreSQL. */
export const TEST_ENGINE: TestEngine = process.env.ROOKERY_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'

export interface TestDatabaseOptions {
  readonly engine?: TestEngine
  /** An empty folder for files, which is left there; a temporary one when absent. With it the engine is SQLite. */
  readonly folder?: string
}

export function newTestDatabase({ engine = TEST_ENGINE, folder }: TestDatabaseOptions = {}): TestDatabase {
  return engine === 'postgres' && folder === undefined
    ? new PostgresTestDatabase()
    : new SqliteTestDatabase(folder)
}
