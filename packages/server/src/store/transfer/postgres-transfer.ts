import { migrationState } from '../migrations/migration-state.ts'
import { NUMBER_SOURCES, type NumberSource } from '../mutation.ts'
import { CONNECTION_LIMITS, PgConnection } from '../postgres/connection.ts'
import { kyselyOn } from '../postgres/dialect.ts'
import { exactInteger } from './row-text.ts'
import { replacing } from './sqlite-transfer.ts'
import {
  carried,
  IMPORT_POSITION,
  type ImportBatch,
  readCondition,
  readExpression,
  type TableShape,
  type TransferDatabase,
  TransferError,
  type TransferRow,
  type TransferValue,
} from './transfer-database.ts'

const PAGE_ROWS = 1000
/** A large table is sorted and read for as long as it takes. */
const LIMITS = {
  ...CONNECTION_LIMITS,
  connectMs: 5000,
  answerMs: 3_600_000,
  statementMs: 3_600_000,
  lockMs: 5000,
}
/** Digits that a number surely holds. */
const SAFE_DIGITS = 15

interface ColumnRow {
  readonly table_name: string
  readonly column_name: string
  readonly data_type: string
}

interface KeyRow {
  readonly table_name: string
  readonly column_name: string
}

/** A PostgreSQL database on which no node runs. */
export class PostgresTransfer implements TransferDatabase {
  readonly tables: readonly TableShape[]
  readonly migrations: readonly string[]
  readonly #connection: PgConnection
  readonly #isSnapshot: boolean

  private constructor(
    connection: PgConnection,
    isSnapshot: boolean,
    migrations: readonly string[],
    tables: readonly TableShape[],
  ) {
    this.#connection = connection
    this.#isSnapshot = isSnapshot
    this.migrations = migrations
    this.tables = tables
  }

  /** @param mode `read` sees the database as of now until it is closed. */
  static async open(url: string, mode: 'read' | 'write'): Promise<PostgresTransfer> {
    const connection = await PgConnection.open({ url, limits: LIMITS })
    try {
      if (mode === 'read') await connection.run('begin isolation level repeatable read read only')
      const { applied } = await migrationState(kyselyOn(connection))
      if (applied.length > 0) await refuseRunningNodes(connection)
      return new PostgresTransfer(connection, mode === 'read', applied, await shapes(connection))
    } catch (error) {
      connection.drop('The transfer is not possible.')
      throw error
    }
  }

  async numbers(): Promise<Record<NumberSource, number>> {
    const numbers: [NumberSource, number][] = []
    for (const source of NUMBER_SOURCES) {
      const [row] = await this.#connection.run<{ last: number }>(
        `select case when is_called then last_value else 0 end as last from number_${source}`,
      )
      numbers.push([source, row?.last ?? 0])
    }
    return Object.fromEntries(numbers) as Record<NumberSource, number>
  }

  async meta(name: string): Promise<string | undefined> {
    const [row] = await this.#connection.run<{ value: string }>('select value from meta where name = $1', [
      name,
    ])
    return row?.value
  }

  async *read(table: TableShape): AsyncIterable<readonly TransferRow[]> {
    // As text: the driver would round what is beyond 2^53.
    const columns = table.columns.map(
      ({ name }) => `(${readExpression(table.name, name)})::text as "${name}"`,
    )
    // A name of its own: statements are prepared by their text, and with it the columns of what they fetch.
    const cursor = `"transfer_${table.name}"`
    if (!this.#isSnapshot) await this.#connection.run('begin read only')
    await this.#connection.run(
      `declare ${cursor} no scroll cursor for select ${columns.join(', ')} from "${table.name}"${readCondition(table.name)} order by ${table.key.map(name => `"${table.name}"."${name}"`).join(', ')}`,
    )
    for (;;) {
      const rows = await this.#connection.run<Record<string, string | null>>(
        `fetch ${PAGE_ROWS} from ${cursor}`,
      )
      if (rows.length === 0) break
      yield rows.map(row => table.columns.map(({ name, isText }) => transferValue(row[name] ?? null, isText)))
    }
    await this.#connection.run(this.#isSnapshot ? `close ${cursor}` : 'commit')
  }

  async insert({ table, rows, position }: ImportBatch): Promise<void> {
    const names = table.columns.map(({ name }) => `"${name}"`)
    const arrays = table.columns.map(({ isText }, index) => `$${index + 1}::${isText ? 'text' : 'bigint'}[]`)
    await this.#transaction(async () => {
      await this.#connection.run(
        `insert into "${table.name}" (${names.join(', ')}) select * from unnest(${arrays.join(', ')})${replacing(table)}`,
        table.columns.map((_, index) => rows.map(row => row[index] ?? null)),
      )
      await this.#setMeta(IMPORT_POSITION, JSON.stringify(position))
    })
  }

  async finish(
    numbers: Readonly<Record<string, number>>,
    meta: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#transaction(async () => {
      for (const source of NUMBER_SOURCES)
        if ((numbers[source] ?? 0) > 0)
          await this.#connection.run(
            `select setval('number_${source}', greatest($1::bigint, last_value)) from number_${source}`,
            [numbers[source]],
          )
      for (const [name, value] of Object.entries(meta)) await this.#setMeta(name, value)
      await this.#connection.run('delete from meta where name = $1', [IMPORT_POSITION])
    })
  }

  async close(): Promise<void> {
    this.#connection.drop('The transfer is over.')
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#connection.run('begin')
    await work()
    const { command } = await this.#connection.execute('commit')
    if (command !== 'COMMIT') throw new Error('The database did not commit a part of the import.')
  }

  async #setMeta(name: string, value: string): Promise<void> {
    await this.#connection.run(
      'insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
      [name, value],
    )
  }
}

async function refuseRunningNodes(connection: PgConnection): Promise<void> {
  const rows = await connection.run<{ node_id: string }>(
    `select distinct node_id from lane where node_id <> ''
     and lease_until_ms > (extract(epoch from clock_timestamp()) * 1000)::bigint`,
  )
  if (rows.length > 0)
    throw new TransferError(
      `${rows.length === 1 ? 'A node runs' : `${rows.length} nodes run`} on the database. Stop all nodes and try again; one that was killed counts as running for 10 seconds.`,
    )
}

async function shapes(connection: PgConnection): Promise<TableShape[]> {
  const columns = await connection.run<ColumnRow>(
    `select c.table_name, c.column_name, c.data_type from information_schema.columns c
     join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
     where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'`,
  )
  const keys = await connection.run<KeyRow>(
    `select k.table_name, k.column_name from information_schema.key_column_usage k
     join information_schema.table_constraints c on c.constraint_schema = k.constraint_schema
       and c.constraint_name = k.constraint_name and c.table_name = k.table_name
     where c.constraint_type = 'PRIMARY KEY' and c.table_schema = current_schema() order by k.ordinal_position`,
  )
  const names = [...new Set(columns.map(column => column.table_name))]
  return carried(
    names.map(name => ({
      name,
      columns: columns
        .filter(column => column.table_name === name)
        .map(column => ({ name: column.column_name, isText: !/int/.test(column.data_type) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      key: keys.filter(key => key.table_name === name).map(key => key.column_name),
    })),
  )
}

function transferValue(text: string | null, isText: boolean): TransferValue {
  if (text === null || isText) return text
  return text.length <= SAFE_DIGITS ? Number(text) : exactInteger(BigInt(text))
}
