/**
 * One connection to PostgreSQL, which runs one transaction at a time. Statements that are sent without waiting for the ones
 * before are pipelined, in their order. Integers of 64 bits and sums come as numbers (all of ours are below 2^53).
 */
export interface PgSession {
  /**
   * Rows of a statement, which is prepared once by its text. Arrays are parameters for `unnest($1::bigint[])`.
   * Rejects with the driver's error: `code` is the SQLSTATE, or a `CONNECTION_…` code when the connection broke.
   */
  run<R = unknown>(text: string, parameters?: readonly unknown[]): Promise<R[]>
}
