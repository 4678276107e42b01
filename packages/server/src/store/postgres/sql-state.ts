/** The connection broke or did not answer in time. What was sent last may have been carried out, or not. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
  readonly code = 'CONNECTION_LOST'
}

/** SQLSTATE of a PostgreSQL error, `CONNECTION_LOST`, or undefined for what is neither. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/**
 * Another transaction was in the way, so the same one may succeed when it is run again: serialisation failure, deadlock, unique
 * violation, lock not available in time.
 */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01', '23505', '55P03'].includes(sqlState(error) ?? '')
}

/**
 * The database can't write now: it is away, read-only, out of room or of memory, or its own files fail (PostgreSQL's appendix A,
 * classes 53, 57P, 58, and 25006).
 */
export function isStorageProblem(error: unknown): boolean {
  const state = sqlState(error)
  return error instanceof ConnectionLost || (state !== undefined && /^(08|53|57P|58|25006|XX|F0)/.test(state))
}
