import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { type ExportEnd, type ExportHeader, FORMAT, type TableEnd, type TableStart } from './export-file.ts'
import { RowSum, rowText } from './row-text.ts'
import { IMPORT_POSITION, STORE_EPOCH, type TransferDatabase, TransferError } from './transfer-database.ts'

/** What a transfer tells while it runs: rows so far, and of how many where that is known. */
export type Progress = (table: string, rows: number, of?: number) => void

export interface ExportSummary {
  readonly tables: readonly TableEnd[]
  readonly rows: number
}

/**
 * Writes everything that is carried into a new file, readable by its owner. It appears under its name when it is whole and on
 * the disk.
 */
export async function exportDatabase(
  source: TransferDatabase,
  path: string,
  options: { readonly version: string; readonly progress: Progress },
): Promise<ExportSummary> {
  if (existsSync(path)) throw new TransferError(`${path} exists already; name another file.`)
  if (await source.meta(IMPORT_POSITION))
    throw new TransferError(
      'An import into this database was not finished; finish it first with: rookery import FILE',
    )
  const storeEpoch = await source.meta(STORE_EPOCH)
  if (storeEpoch === undefined)
    throw new TransferError('The database has no store_epoch; it is no data of Rookery.')
  const partial = `${path}.partial`
  const file = openSync(partial, 'w', 0o600)
  const line = (value: object) => writeWhole(file, `${JSON.stringify(value)}\n`)
  try {
    line({
      rookeryExport: FORMAT,
      id: randomBytes(16).toString('hex'),
      version: options.version,
      made: Date.now(),
      storeEpoch,
      migrations: source.migrations,
      numbers: await source.numbers(),
    } satisfies ExportHeader)
    const tables: TableEnd[] = []
    for (const table of source.tables) {
      line({ table: table.name, columns: table.columns.map(({ name }) => name) } satisfies TableStart)
      const sum = new RowSum()
      for await (const page of source.read(table)) {
        const texts = page.map(rowText)
        for (const text of texts) sum.add(text)
        writeWhole(file, `${texts.join('\n')}\n`)
        options.progress(table.name, sum.rows)
      }
      const end: TableEnd = { end: table.name, rows: sum.rows, sum: sum.digest() }
      line(end)
      tables.push(end)
    }
    const rows = tables.reduce((all, table) => all + table.rows, 0)
    line({ tables: tables.length, rows } satisfies ExportEnd)
    fsyncSync(file)
    renameSync(partial, path)
    return { tables, rows }
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

/** A disk that is nearly full takes a part. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}
