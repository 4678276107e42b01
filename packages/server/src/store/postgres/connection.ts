import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import postgres from 'postgres'
import { encodeParameter } from './parameters.ts'
import type { PgSession } from './session.ts'
import { ConnectionLost, sqlState } from './sql-state.ts'

export interface PgResult<R> {
  readonly rows: R[]
  /** `SELECT`, `UPDATE` … as the server named it; a `COMMIT` that failed is a `ROLLBACK`. */
  readonly command: string
  /** Rows that the statement returned or changed. */
  readonly count: number
}

export interface ConnectionLimits {
  /** Milliseconds within which a connection must stand. */
  readonly connectMs: number
  /** Milliseconds within which the server must answer a statement; then the connection is given up. */
  readonly answerMs: number
  /** Milliseconds after which the server gives up a statement, and one that waits for a lock. */
  readonly statementMs: number
  readonly lockMs: number
  /** Milliseconds without the commits of the other nodes after which this one serves nobody (DESIGN-SECURITY 2). */
  readonly behindMs: number
}

/** A server that does not answer within some seconds is away for those who wait for it (DESIGN 4). */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connectMs: 3000,
  answerMs: 4000,
  statementMs: 3500,
  lockMs: 2500,
  behindMs: 1000,
}

export interface ConnectionOptions {
  readonly url: string
  readonly limits: ConnectionLimits
  /** Which of the URL's hosts to try. */
  readonly attempt?: number
}

/** The process that serves a connection; with the time of its start nobody else is meant. */
export interface Backend {
  readonly pid: number
  readonly start: string
}

/** Texts that a connection keeps prepared; each costs memory in its backend. */
const PREPARED_MAX = 1000
/** The server was the primary and is not any more; another connection may find the new one. */
const READ_ONLY = '25006'
/** A timer that is this late means that this process stood still, not the server. */
const LATE_MS = 500

interface PendingStatement {
  readonly reject: (error: Error) => void
}

/**
 * One connection. Once lost it stays so: a driver that reconnects by itself would run the rest of a transaction outside of it.
 */
export class PgConnection implements PgSession {
  readonly backend: Backend
  readonly #pool: postgres.Sql
  readonly #sql: postgres.ReservedSql
  readonly #socket: Socket
  readonly #answerMs: number
  readonly #pending = new Set<PendingStatement>()
  readonly #texts = new Map<string, number>()
  #prepared = 0
  #lost: ConnectionLost | undefined
  #deadline: ReturnType<typeof setTimeout> | undefined
  #answered = 0
  #onLost: (() => void) | undefined

  private constructor(
    pool: postgres.Sql,
    sql: postgres.ReservedSql,
    socket: Socket,
    backend: Backend,
    limits: ConnectionLimits,
  ) {
    this.backend = backend
    this.#pool = pool
    this.#sql = sql
    this.#socket = socket
    this.#answerMs = limits.answerMs
  }

  /** Rejects with {@link ConnectionLost}, or with the server's error when it refuses the login. */
  static async open(options: ConnectionOptions): Promise<PgConnection> {
    const dial = new Dial(options.attempt ?? 0)
    let connection: PgConnection | undefined
    const pool = driverPool(options.url, {
      ...driverOptions(options.limits),
      socket: (place: SocketPlace) => dial.socket(place),
      onclose: () => {
        dial.giveUp('The connection to the database was closed.')
        connection?.drop('The connection to the database was closed.')
      },
    } as postgres.Options<Record<string, postgres.PostgresType>>)
    const { connectMs } = options.limits
    const timer = setTimeout(
      () => dial.giveUp(`The database did not answer within ${connectMs} ms.`),
      connectMs,
    )
    try {
      // Acknowledged means stored: a server that commits lazily by default does not do so for us.
      const ready = pool.unsafe<Backend[]>(
        `select pid, backend_start::text as start, case when current_setting('synchronous_commit') = 'off'
         then set_config('synchronous_commit', 'on', false) end from pg_stat_activity where pid = pg_backend_pid()`,
      )
      const [backend] = await Promise.race([ready, dial.failed])
      // Not before a first statement: without that the driver's `reserve` never answers.
      const reserved = await Promise.race([pool.reserve(), dial.failed])
      if (!dial.dialled || !backend) throw new Error('The driver did not connect through its socket.')
      connection = new PgConnection(pool, reserved, dial.dialled, backend, options.limits)
      return connection
    } catch (error) {
      dial.giveUp('The connection was given up.')
      void pool.end({ timeout: 0 })
      throw asLost(error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Why it can't be used any more. */
  get lost(): ConnectionLost | undefined {
    return this.#lost
  }

  /** Called once, when the connection is lost. */
  onLost(listener: () => void): void {
    this.#onLost = listener
  }

  async run<R = unknown>(text: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return (await this.execute<R>(text, parameters)).rows
  }

  /** {@link run} with what the server said about it. */
  execute<R>(text: string, parameters: readonly unknown[] = []): Promise<PgResult<R>> {
    if (this.#lost) return Promise.reject(this.#lost)
    let encoded: postgres.ParameterOrJSON<never>[]
    try {
      encoded = parameters.map(value => {
        const { text, type } = encodeParameter(value)
        return this.#sql.typed(text as never, type)
      })
    } catch (error) {
      return Promise.reject(error)
    }
    const sent = this.#sql.unsafe(text, encoded, {
      prepare: this.#prepares(text),
      simple: false,
    } as postgres.UnsafeQueryOptions)
    return new Promise((resolve, reject) => {
      const statement: PendingStatement = { reject }
      this.#pending.add(statement)
      this.#watch()
      sent.then(
        result => {
          this.#settle(statement)
          resolve({
            rows: result.slice() as unknown as R[],
            command: result.command,
            count: result.count ?? 0,
          })
        },
        (error: unknown) => {
          this.#settle(statement)
          reject(asLost(error))
          if (isFatal(error) || sqlState(error) === READ_ONLY)
            this.drop(error instanceof Error ? error.message : String(error))
        },
      )
    })
  }

  /** Gives the connection up at once; what is under way rejects with {@link ConnectionLost}. */
  drop(reason: string): void {
    if (this.#lost) return
    this.#lost = new ConnectionLost(reason)
    clearTimeout(this.#deadline)
    // In a later turn: the driver, which writes a statement a moment after it was sent, trips over a socket that is gone already.
    setImmediate(() => this.#socket.destroy())
    void this.#pool.end({ timeout: 0 })
    for (const statement of this.#pending) statement.reject(this.#lost)
    this.#pending.clear()
    this.#onLost?.()
  }

  #settle(statement: PendingStatement): void {
    this.#answered = performance.now()
    this.#pending.delete(statement)
  }

  /** One timer for all statements: answers come in order, so the time since the latest counts. */
  #watch(): void {
    if (this.#pending.size === 1) this.#answered = performance.now()
    if (this.#deadline === undefined) this.#setDeadline(this.#answerMs)
  }

  #setDeadline(delay: number): void {
    const due = performance.now() + delay
    this.#deadline = setTimeout(() => {
      this.#deadline = undefined
      if (this.#pending.size === 0) return
      const now = performance.now()
      if (now - due > LATE_MS) this.#answered = now
      const left = this.#answered + this.#answerMs - now
      if (left > 0) this.#setDeadline(left)
      else this.drop(`The database did not answer within ${this.#answerMs} ms.`)
    }, delay)
    this.#deadline.unref()
  }

  /** A text is prepared when it comes for the second time: lists of values make many that come once. */
  #prepares(text: string): boolean {
    const uses = this.#texts.get(text) ?? 0
    if (uses >= 2) return true
    if (this.#prepared >= PREPARED_MAX) return false
    if (uses === 0 && this.#texts.size >= 4 * PREPARED_MAX) this.#forgetRareTexts()
    this.#texts.set(text, uses + 1)
    if (uses === 0) return false
    this.#prepared++
    return true
  }

  #forgetRareTexts(): void {
    for (const [text, uses] of this.#texts) if (uses < 2) this.#texts.delete(text)
  }
}

/** The error of a URL that can't be read would show its password. */
function driverPool(
  url: string,
  options: postgres.Options<Record<string, postgres.PostgresType>>,
): postgres.Sql {
  try {
    return postgres(url, options)
  } catch {
    throw new Error(
      'The URL of the database is not valid. It is postgres://user:password@host:port/database, with special characters percent-encoded.',
    )
  }
}

interface SocketPlace {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path: string | false
}

/**
 * Gives the driver one socket and no other: a driver that dials again by itself would leave connections behind that nobody
 * uses. Its own sockets can't be destroyed from outside, and a server that stands still never closes them.
 */
class Dial {
  /** Rejects once it was given up. */
  readonly failed: Promise<never>
  dialled: Socket | undefined
  readonly #attempt: number
  #fail: (error: Error) => void = () => undefined
  #givenUp = false

  constructor(attempt: number) {
    this.#attempt = attempt
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject
    })
    this.failed.catch(() => undefined)
  }

  socket(place: SocketPlace): Promise<Socket> {
    if (this.dialled || this.#givenUp)
      return Promise.reject(new ConnectionLost('The connection to the database was closed.'))
    const host = place.host[this.#attempt % place.host.length] ?? 'localhost'
    const port = Number(place.port[this.#attempt % place.port.length] ?? 5432)
    const socket = place.path ? connect(place.path) : connect(port, host)
    this.dialled = socket
    // The driver takes the name for TLS from here.
    Object.assign(socket, { host, port })
    socket.setNoDelay(true)
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(socket)
      })
    })
  }

  giveUp(reason: string): void {
    this.#givenUp = true
    this.#fail(new ConnectionLost(reason))
    this.dialled?.destroy()
  }
}

function driverOptions(limits: ConnectionLimits): object {
  const same = (value: unknown) => value
  return {
    max: 1,
    fetch_types: false,
    idle_timeout: null,
    max_lifetime: null,
    connect_timeout: null,
    keep_alive: 10,
    onnotice: () => undefined,
    // Every parameter is text already; integers of all widths come as numbers, booleans as 0 and 1 as in SQLite.
    types: {
      integer: { to: 20, from: [20, 21, 23, 26, 700, 701, 1700], serialize: same, parse: Number },
      boolean: { to: 16, from: [16], serialize: same, parse: (text: string) => (text === 't' ? 1 : 0) },
      json: { to: 114, from: [114, 3802], serialize: same, parse: same },
    },
    connection: {
      application_name: 'rookery',
      statement_timeout: limits.statementMs,
      lock_timeout: limits.lockMs,
      // A node that stands still, or whose host is gone, must not keep others waiting for its locks.
      idle_in_transaction_session_timeout: limits.answerMs,
      tcp_keepalives_idle: 5,
      tcp_keepalives_interval: 2,
      tcp_keepalives_count: 3,
      default_transaction_isolation: 'read committed',
    },
  }
}

/** The server ends the connection after it. */
function isFatal(error: unknown): boolean {
  return (
    error instanceof Error &&
    'severity' in error &&
    (error.severity === 'FATAL' || error.severity === 'PANIC')
  )
}

/** The driver reports a lost connection by codes of its own and of the operating system. */
function asLost(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ConnectionLost) return error
  const code = 'code' in error ? String(error.code) : ''
  if (isFatal(error)) return new ConnectionLost(`The database said: ${error.message}`)
  if (!/^(CONNECTION_|CONNECT_|E[A-Z]{3,})/.test(code)) return error
  return new ConnectionLost(`The database can't be reached: ${error.message}`)
}
