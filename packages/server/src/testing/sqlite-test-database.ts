import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NumberSource } from '../store/mutation.ts'
import { EmbeddedStore } from '../store/sqlite/embedded-store.ts'
import { openDatabase } from '../store/sqlite/open-database.ts'
import type { StoreSource } from '../store/store-source.ts'
import type { RunSql, SqlValue, TestDatabase } from './test-database.ts'

/** An embedded database in a folder. */
export class SqliteTestDatabase implements TestDatabase {
  readonly folder: string
  readonly source: StoreSource
  readonly #isOwn: boolean

  constructor(folder: string | undefined) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'rookery-test-'))
    this.source = { kind: 'embedded', folder: this.folder }
    this.#isOwn = folder === undefined
  }

  async prepare(): Promise<void> {
    const store = await this.open(text => {
      throw new Error(text)
    })
    await store.close()
  }

  open(onDefect: (text: string) => void): Promise<EmbeddedStore> {
    return EmbeddedStore.open({ folder: this.folder, onDefect })
  }

  async edit<T>(change: (run: RunSql) => Promise<T>): Promise<T> {
    const database = openDatabase(this.folder, 'write')
    const run: RunSql = async <R>(statement: string, ...values: SqlValue[]) =>
      database.query<R, SqlValue[]>(statement).all(...values)
    try {
      database.run('begin')
      const result = await change(run)
      database.run('commit')
      return result
    } finally {
      database.close()
    }
  }

  async raise(run: RunSql, source: NumberSource, above: number): Promise<void> {
    await run(
      `insert into counter (name, value) values (?, ?)
       on conflict (name) do update set value = max(counter.value, excluded.value)`,
      source,
      above,
    )
  }

  async tablesWith(column: string): Promise<string[]> {
    const rows = await this.edit(run =>
      run<{ name: string }>(
        `select made.name from sqlite_master as made join pragma_table_info(made.name) as part on part.name = ?
         where made.type = 'table' order by made.name`,
        column,
      ),
    )
    return rows.map(row => row.name)
  }

  async remove(): Promise<void> {
    if (this.#isOwn) rmSync(this.folder, { recursive: true, force: true })
  }
}
