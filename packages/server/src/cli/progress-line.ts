import type { Progress } from '../store/transfer/export-database.ts'

/** Between two lines of a log that nobody watches live. */
const QUIET_ROWS = 100_000

/** One line that counts on a terminal, a line now and then elsewhere; on standard error. */
export function progressLine(): { readonly show: Progress; readonly end: () => void } {
  const isTerminal = process.stderr.isTTY
  let shown = false
  return {
    show(table, rows, of) {
      const text = `${table}: ${rows}${of === undefined ? '' : ` of ${of}`} rows`
      if (isTerminal) process.stderr.write(`\r\x1b[2K${text}`)
      else if (rows % QUIET_ROWS === 0 || rows === of) process.stderr.write(`${text}\n`)
      shown = true
    },
    end() {
      if (shown && isTerminal) process.stderr.write('\r\x1b[2K')
    },
  }
}
