import { performance } from 'node:perf_hooks'
import type { ConnectionLimits, PgConnection } from './connection.ts'
import { firstOf, PgLink } from './link.ts'

/** What became of a commit whose answer did not come. `fenced`: another node has the lane, nobody can tell. */
export type CommitFate = 'committed' | 'not-committed' | 'fenced'

interface Doubt {
  readonly no: number
  readonly backend: { readonly pid: number; readonly start: string }
  readonly fate: Promise<CommitFate>
  readonly settle: (fate: CommitFate) => void
}

/** A connection that writes, with the lane whose number each of its transactions takes. */
export class Lane {
  readonly no: number
  readonly nodeId: string
  readonly #link: PgLink
  #doubt: Doubt | undefined

  constructor(no: number, nodeId: string, url: string, limits: ConnectionLimits) {
    this.no = no
    this.nodeId = nodeId
    this.#link = new PgLink({ url, limits })
  }

  /**
   * Its connection, on which no earlier commit is in doubt. Rejects with `ConnectionLost`.
   * @param until by `performance.now()`
   */
  async connection(until: number): Promise<PgConnection> {
    const connection = await this.#link.connection(until)
    const doubt = this.#doubt
    if (!doubt) return connection
    doubt.settle(await this.#ask(connection, doubt))
    this.#doubt = undefined
    return connection
  }

  /** Answered when the next connection stands. */
  #fateOf(no: number, connection: PgConnection): Promise<CommitFate> {
    let settle: (fate: CommitFate) => void = () => undefined
    const fate = new Promise<CommitFate>(resolve => {
      settle = resolve
    })
    this.#doubt = { no, backend: connection.backend, fate, settle }
    return fate
  }

  /**
   * Finds out what became of the transaction that took number `no` on a connection that was lost during its commit.
   * @param until by `performance.now()`; undefined when it is not known by then
   * @param later told when it is known, be it late: before anything else is done in this lane
   */
  async fateBy(
    no: number,
    connection: PgConnection,
    until: number,
    later: (fate: CommitFate) => void = () => undefined,
  ): Promise<CommitFate | undefined> {
    let known: CommitFate | undefined
    const fate = this.#fateOf(no, connection).then(answer => {
      known = answer
      later(answer)
    })
    const asked = this.connection(until).then(
      () => fate,
      () => undefined,
    )
    await firstOf(asked, Math.max(0, until - performance.now()))
    return known
  }

  close(): void {
    this.#link.close()
  }

  async #ask(connection: PgConnection, doubt: Doubt): Promise<CommitFate> {
    // Its end makes sure that what it still had in its socket is not carried out after we looked.
    await connection.run(
      'select pg_terminate_backend(pid, 2000) from pg_stat_activity where pid = $1 and backend_start::text = $2',
      [doubt.backend.pid, doubt.backend.start],
    )
    const [row] = await connection.run<{ no: number; node_id: string }>(
      'select no, node_id from lane where lane = $1 for update',
      [this.no],
    )
    if (row?.node_id !== this.nodeId) return 'fenced'
    return row.no >= doubt.no ? 'committed' : 'not-committed'
  }
}

/** Milliseconds from now, as a moment of `performance.now()`. */
export function within(ms: number): number {
  return performance.now() + ms
}
