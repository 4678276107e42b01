import { createHash, type Hash } from 'node:crypto'
import type { TransferRow, TransferValue } from './transfer-database.ts'

/** An integer that a JSON number would round. */
interface BigNumber {
  readonly int: string
}

/** A row as one line of JSON without its end; equal rows give equal lines on both engines. */
export function rowText(row: TransferRow): string {
  return `[${row.map(valueText).join(',')}]`
}

/** The row of such a line's parsed JSON; undefined when it is none. */
export function rowOf(parsed: unknown, columns: number): TransferRow | undefined {
  if (!Array.isArray(parsed) || parsed.length !== columns) return undefined
  const row: TransferValue[] = []
  for (const value of parsed) {
    if (value === null || typeof value === 'string' || Number.isSafeInteger(value)) row.push(value)
    else if (isBigNumber(value)) row.push(BigInt(value.int))
    else return undefined
  }
  return row
}

/** 64 bits as a number where that is exact. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Counts the rows of one table and sums up their text, in their order. */
export class RowSum {
  readonly #hash: Hash = createHash('sha256')
  rows = 0

  add(text: string): void {
    this.rows++
    this.#hash.update(text).update('\n')
  }

  /** Hexadecimal; the sum takes no more rows. */
  digest(): string {
    return this.#hash.digest('hex')
  }
}

function valueText(value: TransferValue): string {
  if (typeof value === 'bigint') return `{"int":"${value}"}`
  return JSON.stringify(value)
}

function isBigNumber(value: unknown): value is BigNumber {
  return (
    typeof value === 'object' &&
    value !== null &&
    'int' in value &&
    typeof value.int === 'string' &&
    /^-?\d{16,19}$/.test(value.int)
  )
}
