import { createHash } from 'node:crypto'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import type { AuditTable } from '../store/schema.ts'

/** What happened, without message bodies and secrets (DESIGN-SECURITY 7). */
export interface AuditEntry {
  readonly app: number
  /** `cli:<user of the machine>` or `rest:<UserID of the app admin>`. */
  readonly actor: string
  /** `area/what`, as `key/rotate`. */
  readonly action: string
  /** The UserID, key id or setting that it happened to; empty for the app itself. */
  readonly target: string
  /** Old and new values, counts. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** What stands before the first row of a chain. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64)

/**
 * Adds a row to the app's chain, in the transaction of what it tells of. Rows are only ever added; each carries the hash of
 * the one before, so a changed or removed row breaks the chain.
 */
export async function auditRow(tx: Transaction, entry: AuditEntry): Promise<void> {
  const no = await nextRow(tx, entry.app)
  const last = await tx.db
    .selectFrom('audit')
    .select('hash')
    .where('app_id', '=', entry.app)
    .where('no', '=', no - 1)
    .executeTakeFirst()
  const row = {
    app_id: entry.app,
    no,
    time_ms: tx.nowMs,
    actor: entry.actor,
    action: entry.action,
    target: entry.target,
    detail: JSON.stringify(entry.detail ?? {}),
    previous_hash: last?.hash ?? FIRST_PREVIOUS_HASH,
  }
  await tx.db
    .insertInto('audit')
    .values({ ...row, hash: auditHash(row) })
    .execute()
}

/** The next number of a chain; whoever else adds a row to it waits until this transaction is over. */
async function nextRow(tx: Transaction, app: number): Promise<number> {
  const { no } = await tx.db
    .insertInto('audit_head')
    .values({ app_id: app, no: 1 })
    .onConflict(conflict =>
      conflict.column('app_id').doUpdateSet(eb => ({ no: eb('audit_head.no', '+', 1) })),
    )
    .returning('no')
    .executeTakeFirstOrThrow()
  return no
}

/** SHA-256 over the row and the hash before it, in hex. */
export function auditHash(row: Omit<AuditTable, 'hash'>): string {
  const parts = [
    row.previous_hash,
    row.app_id,
    row.no,
    row.time_ms,
    row.actor,
    row.action,
    row.target,
    row.detail,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** A row for something that changed nothing, as a read of others' history. */
export const recordAudit = defineMutation<AuditEntry, null>(
  'audit/record',
  async (tx, entry) => {
    await auditRow(tx, entry)
    return null
  },
  { keepsHeads: true, locks: () => [] },
)
