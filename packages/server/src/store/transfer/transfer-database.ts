import type { NumberSource } from '../mutation.ts'

/** `bigint` for integers beyond 2^53 only, so that no engine's 64 bits are rounded. */
export type TransferValue = string | number | bigint | null
export type TransferRow = readonly TransferValue[]

export interface TableShape {
  readonly name: string
  /** In alphabetical order, alike on both engines. */
  readonly columns: readonly { readonly name: string; readonly isText: boolean }[]
  /** Columns of the primary key: the order in which rows are carried. */
  readonly key: readonly string[]
}

/** How far an import came; kept in the target's `meta` with each batch. */
export interface ImportPosition {
  /** Of the file. */
  readonly exportId: string
  /** Bytes of the file that are in the database. */
  readonly offset: number
}

/** What happens in one transaction of an import. */
export interface ImportBatch {
  readonly table: TableShape
  readonly rows: readonly TransferRow[]
  readonly position: ImportPosition
}

/** A database that no server uses, seen as tables of rows: the same on both engines. */
export interface TransferDatabase {
  /** All that is carried, in the order in which it is. */
  readonly tables: readonly TableShape[]
  /** Applied, in order. */
  readonly migrations: readonly string[]
  /** The latest number of each source. */
  numbers(): Promise<Readonly<Record<NumberSource, number>>>
  meta(name: string): Promise<string | undefined>
  /** Pages of a table in the order of its key, compared by bytes; all tables as of one moment. */
  read(table: TableShape): AsyncIterable<readonly TransferRow[]>
  insert(batch: ImportBatch): Promise<void>
  /** Raises the sources of numbers, sets rows of `meta` and takes the position away, in one transaction. */
  finish(numbers: Readonly<Record<string, number>>, meta: Readonly<Record<string, string>>): Promise<void>
  close(): Promise<void>
}

/** The transfer can't be done; the message says why and what to do. */
export class TransferError extends Error {
  override readonly name = 'TransferError'
}

/** Row of `meta` while an import is under way; a server does not start on such a database. */
export const IMPORT_POSITION = 'import_position'
/** Row of `meta` that the target has of its own and that the import replaces. */
export const STORE_EPOCH = 'store_epoch'

/**
 * Not carried: numbers travel in the header, the log and the lanes belong to the nodes that ran.
 */
const LEFT_BEHIND = new Set(['counter', 'commit_log', 'lane'])
/** What others refer to comes before them. */
const FIRST = ['meta', 'app', 'account', 'chat_group', 'conversation']

/** The tables that are carried, in their order. Whatever a later migration makes is carried, unless it is named above. */
export function carried(tables: readonly TableShape[]): TableShape[] {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return tables
    .filter(
      ({ name }) => !LEFT_BEHIND.has(name) && !name.startsWith('kysely_') && !name.startsWith('sqlite_'),
    )
    .sort((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1))
}

/** A column as it is read: nobody is connected to the database that it goes to. */
export function readExpression(table: string, column: string): string {
  if (table === 'session' && column === 'connected') return `case when ended = '' then 0 else connected end`
  return `"${column}"`
}

/** Rows of `meta` that belong to an import under way are no data. */
export function readCondition(table: string): string {
  return table === 'meta' ? ` where name <> '${IMPORT_POSITION}'` : ''
}
