import type { AuditRow } from '../api/answers.ts'

const HEADING = ['no', 'time', 'actor', 'action', 'target', 'detail']

/** Gives the rows to the browser as a file. */
export function saveCsv(name: string, rows: readonly AuditRow[]): void {
  const lines = rows.map(row => [
    String(row.no),
    new Date(row.time_ms).toISOString(),
    row.actor,
    row.action,
    row.target,
    row.detail,
  ])
  const text = [HEADING, ...lines].map(line => line.map(csvCell).join(',')).join('\r\n')
  const url = URL.createObjectURL(new Blob([`\uFEFF${text}\r\n`], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(url)
}

/** Spreadsheets run what begins like a formula; users choose their own UserIDs. */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}
