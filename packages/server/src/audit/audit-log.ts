import type { Kysely } from 'kysely'
import type { AuditTable, Schema } from '../store/schema.ts'
import { auditHash, FIRST_PREVIOUS_HASH } from './audit-row.ts'

/** Rows of a page; more are asked for with the next page. */
export const AUDIT_PAGE_MAX = 1000

export interface AuditPage {
  /** Newest first. */
  readonly rows: readonly AuditTable[]
  /** `before` of the next page; undefined at the end. */
  readonly next: number | undefined
}

/** The rows of an app below the number `before`, newest first. */
export async function readAudit(
  db: Kysely<Schema>,
  page: { readonly app: number; readonly before?: number; readonly limit: number },
): Promise<AuditPage> {
  const limit = Math.min(page.limit, AUDIT_PAGE_MAX)
  let query = db
    .selectFrom('audit')
    .selectAll()
    .where('app_id', '=', page.app)
    .orderBy('no', 'desc')
    .limit(limit)
  if (page.before !== undefined) query = query.where('no', '<', page.before)
  const rows = await query.execute()
  const last = rows.at(-1)
  return { rows, next: last && rows.length === limit && last.no > 1 ? last.no : undefined }
}

export interface ChainState {
  readonly app: number
  readonly rows: number
  /** Hash of the newest row: who notes it can later prove that nothing before it was altered or cut off. */
  readonly head: string
  /** The first row that does not fit, and why; undefined when all do. */
  readonly broken?: { readonly no: number; readonly reason: string }
}

/** Computes every hash of an app's chain again. */
export async function verifyAudit(db: Kysely<Schema>, app: number): Promise<ChainState> {
  let head = FIRST_PREVIOUS_HASH
  let no = 0
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('app_id', '=', app)
      .where('no', '>', no)
      .orderBy('no')
      .limit(AUDIT_PAGE_MAX)
      .execute()
    for (const row of rows) {
      const reason = fault(row, no, head)
      if (reason) return { app, rows: no, head, broken: { no: row.no, reason } }
      no = row.no
      head = row.hash
    }
    if (rows.length < AUDIT_PAGE_MAX) return { app, rows: no, head }
  }
}

/** The apps that have a chain, deleted ones included. */
export async function auditedApps(db: Kysely<Schema>): Promise<number[]> {
  const rows = await db.selectFrom('audit').select('app_id').distinct().orderBy('app_id').execute()
  return rows.map(row => row.app_id)
}

function fault(row: AuditTable, previousNo: number, previousHash: string): string | undefined {
  if (row.no !== previousNo + 1) return `the rows from ${previousNo + 1} to ${row.no - 1} are missing`
  if (row.previous_hash !== previousHash) return 'it does not follow the row before it'
  if (row.hash !== auditHash(row)) return 'its content was changed'
  return undefined
}
