import type { Database, SQLQueryBindings } from 'bun:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { answerDirectly } from '../prepared.ts'
import type { Schema } from '../schema.ts'
import { stablePlan } from './stable-plan.ts'

/**
 * Kysely over one bun:sqlite connection. Transactions are the writer's own (a savepoint a mutation), so the driver
 * refuses to begin one: two owners of BEGIN would interleave.
 */
export function sqliteKysely(
  database: Database,
  options: { readonly ownTransactions: boolean },
): Kysely<Schema> {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database, options) })
  answerDirectly(db, text => {
    const statement = database.query<unknown, SQLQueryBindings[]>(stablePlan(text))
    return {
      all: parameters => statement.all(...(parameters as SQLQueryBindings[])),
      get: parameters => statement.get(...(parameters as SQLQueryBindings[])),
      run: parameters => statement.run(...(parameters as SQLQueryBindings[])).changes,
    }
  })
  return db
}

function sqliteDialect(database: Database, options: { readonly ownTransactions: boolean }): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(database, options.ownTransactions),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection
  readonly #database: Database
  readonly #ownTransactions: boolean

  constructor(database: Database, ownTransactions: boolean) {
    this.#database = database
    this.#ownTransactions = ownTransactions
    this.#connection = new SqliteConnection(database)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    if (!this.#ownTransactions)
      throw new Error('This connection takes part in the transactions of the writer.')
    this.#database.run('begin immediate')
  }

  async commitTransaction(): Promise<void> {
    this.#database.run('commit')
  }

  async rollbackTransaction(): Promise<void> {
    this.#database.run('rollback')
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // `query` keeps the prepared statement in bun's own cache by its text.
    const statement = this.#database.query(query.sql)
    const parameters = query.parameters as SQLQueryBindings[]
    if (statement.columnNames.length > 0) return { rows: statement.all(...parameters) as R[] }
    const result = statement.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(result.changes), insertId: BigInt(result.lastInsertRowid) }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator, SQLite answers at once.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported; page through the rows instead.')
  }
}
