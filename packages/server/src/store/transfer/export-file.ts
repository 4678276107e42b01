import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { RowSum } from './row-text.ts'
import { TransferError } from './transfer-database.ts'

/** Raised when a reader of the version before would not understand the file. */
export const FORMAT = 1

/** First line of an export. */
export interface ExportHeader {
  readonly rookeryExport: typeof FORMAT
  /** Random: an import that goes on knows its file by it. */
  readonly id: string
  readonly version: string
  /** Unix milliseconds. */
  readonly made: number
  readonly storeEpoch: string
  readonly migrations: readonly string[]
  /** Latest number of each source. */
  readonly numbers: Readonly<Record<string, number>>
}

/** Line before a table's rows. */
export interface TableStart {
  readonly table: string
  readonly columns: readonly string[]
}

/** Line after them: SHA-256 of their lines. */
export interface TableEnd {
  readonly end: string
  readonly rows: number
  readonly sum: string
}

/** Last line. */
export interface ExportEnd {
  readonly tables: number
  readonly rows: number
}

export interface ExportedTable extends TableStart {
  readonly rows: number
  readonly sum: string
}

export interface CheckedExport {
  readonly header: ExportHeader
  readonly tables: readonly ExportedTable[]
  readonly rows: number
}

export interface Line {
  readonly text: string
  /** Of the first byte after the line. */
  readonly end: number
}

const CHUNK_BYTES = 1 << 20
const LINE_FEED = 10

/** The complete lines of a file from a place on; what follows the last line feed is not one. */
export function* linesOf(path: string, from = 0): Generator<Line> {
  const file = openSync(path, 'r')
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    let rest = Buffer.alloc(0)
    let place = from
    for (let read = from; ; ) {
      const length = readSync(file, chunk, 0, CHUNK_BYTES, read)
      if (length === 0) return
      read += length
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)])
      let start = 0
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        place += end + 1 - start
        yield { text: bytes.toString('utf8', start, end), end: place }
        start = end + 1
      }
      rest = bytes.subarray(start)
    }
  } finally {
    closeSync(file)
  }
}

/**
 * Reads the whole file and checks every table's count and sum, so that nothing of a damaged or cut-off file reaches a database.
 * Throws a {@link TransferError} that names the line.
 */
export function checkExport(path: string): CheckedExport {
  if (!existsSync(path)) throw new TransferError(`There is no file ${path}.`)
  const tables: ExportedTable[] = []
  let header: ExportHeader | undefined
  let open: { readonly start: TableStart; readonly sum: RowSum } | undefined
  let rows = 0
  let end: ExportEnd | undefined
  let no = 0
  const damaged = (what: string) =>
    new TransferError(`${path} is damaged at line ${no}: ${what}. Make the export again, or copy it again.`)
  for (const { text } of linesOf(path)) {
    no++
    if (end) throw damaged('something follows its last line')
    if (!header) {
      header = headerOf(parsed(text), path)
      continue
    }
    if (open && text.startsWith('[')) {
      if (parsed(text) === undefined) throw damaged('a row is no JSON')
      open.sum.add(text)
      continue
    }
    const line = parsed(text)
    if (open) {
      if (!isTableEnd(line) || line.end !== open.start.table)
        throw damaged(`the table ${open.start.table} does not end`)
      const sum = open.sum.digest()
      if (line.rows !== open.sum.rows) throw damaged(`${line.end} has ${open.sum.rows} rows of ${line.rows}`)
      if (line.sum !== sum) throw damaged(`the checksum of ${line.end} is another one`)
      tables.push({ ...open.start, rows: line.rows, sum })
      rows += line.rows
      open = undefined
    } else if (isTableStart(line)) open = { start: line, sum: new RowSum() }
    else if (isExportEnd(line) && line.tables === tables.length && line.rows === rows) end = line
    else throw damaged('it is neither a row, a table nor the end')
  }
  if (!header) throw new TransferError(`${path} is no export of Rookery: it has no first line.`)
  if (!end)
    throw new TransferError(
      `${path} is cut off after line ${no}: its last line is missing. Copy it again, or make the export again.`,
    )
  return { header, tables, rows }
}

/** Undefined when the text is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isTableStart(line: unknown): line is TableStart {
  return has(line, 'table', 'string') && Array.isArray((line as { columns?: unknown }).columns)
}

export function isTableEnd(line: unknown): line is TableEnd {
  return has(line, 'end', 'string') && has(line, 'rows', 'number') && has(line, 'sum', 'string')
}

function isExportEnd(line: unknown): line is ExportEnd {
  return has(line, 'tables', 'number') && has(line, 'rows', 'number')
}

function headerOf(line: unknown, path: string): ExportHeader {
  if (!has(line, 'rookeryExport', 'number'))
    throw new TransferError(`${path} is no export of Rookery; make one with: rookery export FILE`)
  const header = line as ExportHeader
  if (header.rookeryExport !== FORMAT)
    throw new TransferError(
      `${path} has format ${header.rookeryExport}, and this program reads ${FORMAT}; use the version that made it, ${header.version}.`,
    )
  return header
}

function has(line: unknown, name: string, type: 'string' | 'number'): boolean {
  return typeof line === 'object' && line !== null && typeof (line as Record<string, unknown>)[name] === type
}
