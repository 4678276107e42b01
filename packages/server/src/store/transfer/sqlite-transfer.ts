import { Database, type SQLQueryBindings } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { migrationState } from '../migrations/migration-state.ts'
import { NUMBER_SOURCES, type NumberSource } from '../mutation.ts'
import { sqliteKysely } from '../sqlite/dialect.ts'
import { DATABASE_FILE, openDatabase } from '../sqlite/open-database.ts'
import { exactInteger } from './row-text.ts'
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

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly pk: bigint
}

/** The embedded database of a folder that the caller has locked. */
export class SqliteTransfer implements TransferDatabase {
  readonly tables: readonly TableShape[]
  readonly migrations: readonly string[]
  readonly #database: Database

  private constructor(database: Database, migrations: readonly string[]) {
    this.#database = database
    this.migrations = migrations
    const names = database
      .query<{ name: string }, []>(`select name from sqlite_master where type = 'table'`)
      .all()
    this.tables = carried(names.map(({ name }) => this.#shape(name)))
  }

  /** @param mode `read` sees the database as of now until it is closed. */
  static async open(folder: string, mode: 'read' | 'write'): Promise<SqliteTransfer> {
    const path = join(folder, DATABASE_FILE)
    if (!existsSync(path)) throw new TransferError(`There is no database in ${folder}.`)
    const ordinary = openDatabase(folder, mode)
    let migrations: readonly string[]
    try {
      migrations = (await migrationState(sqliteKysely(ordinary, { ownTransactions: false }))).applied
    } finally {
      ordinary.close()
    }
    const database = new Database(path, {
      ...(mode === 'read' ? { readonly: true } : { readwrite: true }),
      safeIntegers: true,
    })
    database.run('pragma busy_timeout = 5000')
    if (mode === 'read') database.run('begin')
    else database.run('pragma synchronous = full')
    return new SqliteTransfer(database, migrations)
  }

  async numbers(): Promise<Record<NumberSource, number>> {
    const rows = this.#database
      .query<{ name: string; value: bigint }, []>('select name, value from counter')
      .all()
    const known = new Map(rows.map(({ name, value }) => [name, Number(value)]))
    return Object.fromEntries(NUMBER_SOURCES.map(source => [source, known.get(source) ?? 0])) as Record<
      NumberSource,
      number
    >
  }

  async meta(name: string): Promise<string | undefined> {
    return this.#database
      .query<{ value: string }, [string]>('select value from meta where name = ?')
      .get(name)?.value
  }

  async *read(table: TableShape): AsyncIterable<readonly TransferRow[]> {
    const columns = table.columns.map(({ name }) => `${readExpression(table.name, name)} as "${name}"`)
    const statement = this.#database.query<Record<string, unknown>, []>(
      `select ${columns.join(', ')} from "${table.name}"${readCondition(table.name)} order by ${table.key.map(name => `"${name}"`).join(', ')}`,
    )
    let page: TransferRow[] = []
    for (const row of statement.iterate()) {
      page.push(table.columns.map(({ name }) => transferValue(row[name], table.name, name)))
      if (page.length < PAGE_ROWS) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }

  async insert({ table, rows, position }: ImportBatch): Promise<void> {
    const names = table.columns.map(({ name }) => `"${name}"`)
    const statement = this.#database.query(
      `insert into "${table.name}" (${names.join(', ')}) values (${names.map(() => '?').join(', ')})${replacing(table)}`,
    )
    this.#database.transaction(() => {
      for (const row of rows) statement.run(...(row as SQLQueryBindings[]))
      this.#setMeta(IMPORT_POSITION, JSON.stringify(position))
    })()
  }

  async finish(
    numbers: Readonly<Record<string, number>>,
    meta: Readonly<Record<string, string>>,
  ): Promise<void> {
    this.#database.transaction(() => {
      for (const source of NUMBER_SOURCES)
        this.#database
          .query(
            `insert into counter (name, value) values (?, ?)
             on conflict (name) do update set value = max(counter.value, excluded.value)`,
          )
          .run(source, numbers[source] ?? 0)
      for (const [name, value] of Object.entries(meta)) this.#setMeta(name, value)
      this.#database.query('delete from meta where name = ?').run(IMPORT_POSITION)
    })()
  }

  async close(): Promise<void> {
    if (this.#database.inTransaction) this.#database.run('rollback')
    this.#database.close()
  }

  #setMeta(name: string, value: string): void {
    this.#database
      .query(
        'insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
      )
      .run(name, value)
  }

  #shape(table: string): TableShape {
    const columns = this.#database
      .query<ColumnRow, [string]>('select name, type, pk from pragma_table_info(?)')
      .all(table)
    return {
      name: table,
      columns: columns
        .map(({ name, type }) => ({ name, isText: /text|char/i.test(type) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      key: columns
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => Number(a.pk - b.pk))
        .map(({ name }) => name),
    }
  }
}

/** The target has an epoch of its own, in whose place the imported one comes. */
export function replacing(table: TableShape): string {
  return table.name === 'meta' ? ' on conflict (name) do update set value = excluded.value' : ''
}

function transferValue(value: unknown, table: string, column: string): TransferValue {
  if (typeof value === 'bigint') return exactInteger(value)
  if (typeof value === 'string' || value === null) return value
  throw new TransferError(
    `A value of ${table}.${column} is neither text nor an integer, which the server never writes; the database is damaged.`,
  )
}
