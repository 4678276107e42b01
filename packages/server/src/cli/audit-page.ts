import Type from 'typebox'
import { AUDIT_PAGE_MAX, readAudit } from '../audit/audit-log.ts'
import type { Store } from '../store/store.ts'
import { moment, textTable } from './text-table.ts'

const PAGE_DEFAULT = 50

/** Arguments of the commands that list audit rows, newest first. */
export const auditPageArguments = {
  before: Type.Optional(
    Type.Integer({ minimum: 1, word: 'NO', description: 'Only rows below this number.' }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: AUDIT_PAGE_MAX, description: `Page, ${PAGE_DEFAULT}.` }),
  ),
}

interface AuditPageRequest {
  readonly before?: number
  readonly limit?: number
}

/** One page of a chain's rows; `next` is the number to go on below, null at the end. */
export async function auditPage(
  store: Store,
  app: number,
  { before, limit = PAGE_DEFAULT }: AuditPageRequest,
) {
  const page = await readAudit(store.read, { app, limit, ...(before !== undefined && { before }) })
  return { rows: page.rows, next: page.next ?? null }
}

export function auditPageText({ rows, next }: Awaited<ReturnType<typeof auditPage>>): string {
  if (rows.length === 0) return 'No rows.'
  const table = textTable(
    ['NO', 'TIME', 'ACTOR', 'ACTION', 'TARGET', 'DETAIL'],
    rows.map(row => [
      String(row.no),
      moment(Math.floor(row.time_ms / 1000)),
      row.actor,
      row.action,
      row.target,
      row.detail === '{}' ? '' : row.detail,
    ]),
  )
  return `${table}${next === null ? '' : `\nOlder rows: add --before ${next}`}`
}
