import { randomBytes } from 'node:crypto'
import type { Progress } from './export-database.ts'
import {
  type CheckedExport,
  type ExportedTable,
  isTableEnd,
  isTableStart,
  linesOf,
  parsed,
} from './export-file.ts'
import { RowSum, rowOf, rowText } from './row-text.ts'
import {
  IMPORT_POSITION,
  type ImportPosition,
  STORE_EPOCH,
  type TableShape,
  type TransferDatabase,
  TransferError,
  type TransferRow,
} from './transfer-database.ts'

/** One transaction; a kill costs at most so much again. */
const BATCH_ROWS = 1000
const BATCH_BYTES = 4 << 20

export interface ImportOptions {
  /** The file, which {@link checkExport} found whole. */
  readonly path: string
  /**
   * The file is older than what clients have seen: they take a fresh snapshot. Otherwise the epoch is kept, and clients go on
   * from their marks.
   */
  readonly newEpoch: boolean
  readonly progress: Progress
}

/**
 * Carries a checked export into a database of the same migrations that holds nothing, or goes on where an import of the same
 * file was interrupted. Resolves when all rows were read back and are the exported ones. Throws a {@link TransferError}.
 */
export async function importDatabase(
  target: TransferDatabase,
  checked: CheckedExport,
  options: ImportOptions,
): Promise<void> {
  refuseOtherTables(target, checked)
  const { header } = checked
  const position = await startPosition(target, header.id)
  await insertRows(target, checked, position, options)
  for (const table of checked.tables) await verify(target, shapeOf(target, table.table), table)
  await target.finish(
    header.numbers,
    options.newEpoch ? { [STORE_EPOCH]: randomBytes(8).toString('hex') } : {},
  )
}

function refuseOtherTables(target: TransferDatabase, { header, tables }: CheckedExport): void {
  if (header.migrations.join() !== target.migrations.join())
    throw new TransferError(
      `The file comes from a database with the migrations ${header.migrations.join(', ')} (version ${header.version}), and the target has ` +
        `${target.migrations.join(', ')}. Export and import with the same version, then run: rookery migrate`,
    )
  const shape = (name: string, columns: readonly string[]) => `${name}(${columns.join(',')})`
  const there = target.tables.map(table =>
    shape(
      table.name,
      table.columns.map(column => column.name),
    ),
  )
  const here = tables.map(table => shape(table.table, table.columns))
  const missing = here.filter(it => !there.includes(it)).concat(there.filter(it => !here.includes(it)))
  if (missing.length > 0)
    throw new TransferError(`The tables of the file are not those of the target: ${missing.join('; ')}.`)
}

/** Byte of the file to go on from. */
async function startPosition(target: TransferDatabase, exportId: string): Promise<number> {
  const text = await target.meta(IMPORT_POSITION)
  if (text !== undefined) {
    const position = JSON.parse(text) as ImportPosition
    if (position.exportId === exportId) return position.offset
    throw new TransferError(
      'An import of another file was begun into this database. Go on with that file, or make the database anew.',
    )
  }
  for (const table of target.tables)
    for await (const page of target.read(table))
      if (table.name !== 'meta' || page.length > 1 || !page[0]?.includes(STORE_EPOCH))
        throw new TransferError(
          `The target is not empty: ${table.name} has rows. Import into a new database or an empty data folder.`,
        )
  return 0
}

async function insertRows(
  target: TransferDatabase,
  { header, tables }: CheckedExport,
  from: number,
  { path, progress }: ImportOptions,
): Promise<void> {
  // Rows that an interrupted import left behind are skipped unread; the table that it stopped in is found by reading on.
  let table: TableShape | undefined
  let exported: ExportedTable | undefined
  let done = 0
  let rows: TransferRow[] = []
  let bytes = 0
  for (const { text, end } of linesOf(path)) {
    if (table && exported && text.startsWith('[')) {
      done++
      if (end <= from) continue
      const row = rowOf(parsed(text), table.columns.length)
      if (!row) throw new TransferError(`A row of ${table.name} in ${path} is no row of that table.`)
      rows.push(row)
      bytes += text.length
      const isLast = done === exported.rows
      if (rows.length < BATCH_ROWS && bytes < BATCH_BYTES && !isLast) continue
      await target.insert({ table, rows, position: { exportId: header.id, offset: end } })
      progress(table.name, done, exported.rows)
      rows = []
      bytes = 0
      continue
    }
    const line = parsed(text)
    if (isTableEnd(line)) table = undefined
    else if (isTableStart(line)) {
      table = shapeOf(target, line.table)
      exported = tables.find(it => it.table === line.table)
      done = 0
    }
  }
}

/** What the target holds is read back and summed up as the export was. */
async function verify(target: TransferDatabase, shape: TableShape, table: ExportedTable): Promise<void> {
  const sum = new RowSum()
  for await (const page of target.read(shape)) for (const row of page) sum.add(rowText(row))
  const rows = sum.rows
  if (rows === table.rows && sum.digest() === table.sum) return
  throw new TransferError(
    `${table.table} is not what was exported: ${rows} rows of ${table.rows}${rows === table.rows ? ', with another checksum' : ''}. ` +
      'Somebody else wrote into the target. Make the database anew and import again.',
  )
}

function shapeOf(target: TransferDatabase, name: string): TableShape {
  const shape = target.tables.find(table => table.name === name)
  if (!shape) throw new TransferError(`The target has no table ${name}.`)
  return shape
}
