import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Schema } from '../schema.ts'
import type { PgResult } from './connection.ts'

/** Runs statements one after the other on a connection that is its own for as long as it has it. */
export interface Executor {
  execute<R>(text: string, parameters: readonly unknown[]): Promise<PgResult<R>>
}

/** Where a database takes its connections from. */
export interface ExecutorSource {
  acquire(): Promise<Executor>
  release(executor: Executor): void
}

/**
 * Kysely over our connections. Transactions are begun by their owners (a mutation's lane, the migrations), so the driver refuses
 * to begin one: two owners of BEGIN would interleave.
 */
export function postgresKysely(source: ExecutorSource): Kysely<Schema> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PostgresDriver(source),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
  return new Kysely<Schema>({ dialect })
}

class PostgresDriver implements Driver {
  readonly #source: ExecutorSource

  constructor(source: ExecutorSource) {
    this.#source = source
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new PostgresConnection(await this.#source.acquire())
  }

  async beginTransaction(): Promise<void> {
    throw new Error('This connection takes part in the transactions of its owner.')
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#source.release((connection as PostgresConnection).executor)
  }

  async destroy(): Promise<void> {}
}

class PostgresConnection implements DatabaseConnection {
  readonly executor: Executor

  constructor(executor: Executor) {
    this.executor = executor
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, command, count } = await this.executor.execute<R>(query.sql, query.parameters)
    return command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(count) }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported; page through the rows instead.')
  }
}

/** A database whose statements all go to one connection, which somebody else owns. */
export function kyselyOn(executor: Executor): Kysely<Schema> {
  return postgresKysely({ acquire: async () => executor, release: () => undefined })
}
