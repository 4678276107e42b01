import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { NumberSource } from '../store/mutation.ts'
import { migrate } from '../store/postgres/migrate.ts'
import type { Store } from '../store/store.ts'
import { openStore, type StoreSource } from '../store/store-source.ts'
import { type TestPostgres, testPostgres } from './postgres-server.ts'
import type { RunSql, SqlValue, TestDatabase } from './test-database.ts'

/** Of one store. */
const CONNECTIONS = 16
/** One node alone misses nobody's commits; a machine that stands still for a second must not fail what is tested. */
const BEHIND_MS = 20_000

/** A database of its own in the PostgreSQL server of the run. */
export class PostgresTestDatabase implements TestDatabase {
  readonly folder = mkdtempSync(join(tmpdir(), 'rookery-test-'))
  #made: Promise<string> | undefined
  #url: string | undefined

  get url(): string {
    if (this.#url === undefined) throw new Error('The database is not made yet; call prepare().')
    return this.#url
  }

  get source(): StoreSource {
    return { kind: 'postgres', url: this.url, connections: CONNECTIONS, behindMs: BEHIND_MS }
  }

  async prepare(): Promise<void> {
    const server = await testPostgres()
    this.#made ??= migratedTemplate(server).then(template => server.createDatabase(template))
    this.#url = server.url(await this.#made)
  }

  async open(onDefect: (text: string) => void): Promise<Store> {
    await this.prepare()
    return openStore(this.source, onDefect)
  }

  edit<T>(change: (run: RunSql) => Promise<T>): Promise<T> {
    return withConnection(this.url, async sql => {
      const result = await sql.begin(transaction =>
        change(async <R>(statement: string, ...values: SqlValue[]) => {
          let place = 0
          const numbered = statement.replaceAll('?', () => `$${++place}`)
          return [...(await transaction.unsafe(numbered, values))] as R[]
        }),
      )
      return result as T
    })
  }

  async raise(run: RunSql, source: NumberSource, above: number): Promise<void> {
    const sequence = `number_${source}`
    await run(`select setval('${sequence}', greatest(?::bigint, last_value)) from ${sequence}`, above)
  }

  async tablesWith(column: string): Promise<string[]> {
    const rows = await this.edit(run =>
      run<{ name: string }>(
        `select table_name as name from information_schema.columns
         where table_schema = 'public' and column_name = ? order by table_name collate "C"`,
        column,
      ),
    )
    return rows.map(row => row.name)
  }

  async remove(): Promise<void> {
    const made = await this.#made
    if (made !== undefined) await (await testPostgres()).dropDatabase(made)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Any number that no other user of advisory locks in the test server takes. */
const TEMPLATE_LOCK = 7_311
const MIGRATIONS = join(import.meta.dir, '../store/migrations')

let template: Promise<string> | undefined

/** A database with the tables and nothing in them, made once for each PostgreSQL server: to copy it is fast. */
function migratedTemplate(server: TestPostgres): Promise<string> {
  template ??= withConnection(server.url('postgres'), async sql => {
    const hash = createHash('sha256')
    for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(join(MIGRATIONS, file)))
    const name = `template_${hash.digest('hex').slice(0, 16)}`
    await sql`select pg_advisory_lock(${TEMPLATE_LOCK})`
    const known = await sql`select from pg_database where datname = ${name}`
    if (known.length > 0) return name
    const made = await server.createDatabase()
    await migrate(server.url(made))
    await sql.unsafe(`alter database ${made} rename to ${name}`)
    return name
  })
  return template
}

/** Runs with one connection; its session's locks end with it. */
async function withConnection<T>(url: string, use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    types: { integer: { to: 20, from: [20, 1700], serialize: String, parse: Number } },
  })
  try {
    return await use(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
