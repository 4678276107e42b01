import { performance } from 'node:perf_hooks'
import type { Change } from '../change.ts'
import type { ConnectionLimits } from './connection.ts'
import { NOW_MS } from './lane-claims.ts'
import { PgLink } from './link.ts'
import { allOf } from './lock-plan.ts'
import { LOG_KEPT_MS, sweepLog } from './log-sweep.ts'
import type { PgSession } from './session.ts'

const READ_EVERY_MS = 200
const SWEEP_EVERY_MS = 60_000
/** A reader that was away for nearly as long as rows are kept may have missed some. */
const MISSED_AFTER = 0.9
const ROWS_MAX = 500

export interface TailerHost {
  /** One commit of another node, in the order of its lane. */
  read(changes: readonly Change[]): void
  /** Nodes whose lease runs. */
  nodes(live: ReadonlySet<string>): void
  /** Commits may have been missed: nothing that is kept in memory can be trusted. */
  missed(reason: string): void
  defect(text: string): void
}

interface LaneRow {
  readonly lane: number
  readonly node_id: string
  readonly no: number
  readonly live: number
  readonly now_ms: number
}

interface LogRow {
  readonly lane: number
  readonly no: number
  readonly time_ms: number
  readonly changes: string
}

const READ_LANES = `select lane, node_id, no, lease_until_ms > ${NOW_MS} as live, ${NOW_MS} as now_ms from lane`
// A lateral query reads each lane through the key, whatever the planner thinks of the table's size.
const READ_LOG = `select log.lane, log.no, log.time_ms, log.changes
  from unnest($1::integer[], $2::bigint[]) as seen (lane, no), lateral (
    select * from commit_log where commit_log.lane = seen.lane and commit_log.no > seen.no
    order by commit_log.no limit ${ROWS_MAX}) as log
  order by log.lane, log.no`

/** Reads what other nodes committed, soon after they did. */
export class LogTailer {
  readonly #link: PgLink
  readonly #limits: ConnectionLimits
  readonly #own: ReadonlySet<number>
  readonly #nodeId: string
  readonly #host: TailerHost
  readonly #keptMs: number
  /** Number up to which each lane was read. */
  readonly #seen = new Map<number, number>()
  #readAt = Number.NEGATIVE_INFINITY
  #readDatabaseMs = 0
  #problem: string | undefined
  #sweptAt = performance.now()
  #timer: ReturnType<typeof setTimeout> | undefined
  #reading: Promise<void> | undefined
  #again = false
  #started = false
  #closed = false

  constructor(
    url: string,
    limits: ConnectionLimits,
    own: { readonly lanes: readonly number[]; readonly nodeId: string },
    host: TailerHost,
    keptMs = LOG_KEPT_MS,
  ) {
    this.#link = new PgLink({ url, limits })
    this.#limits = limits
    this.#own = new Set(own.lanes)
    this.#nodeId = own.nodeId
    this.#host = host
    this.#keptMs = keptMs
  }

  /** Begins after what is committed now: whatever is read from the tables later shows at least that. */
  async start(until: number): Promise<void> {
    const session = await this.#link.connection(until)
    const startedAt = performance.now()
    const lanes = await session.run<LaneRow>(READ_LANES)
    for (const row of lanes) this.#seen.set(row.lane, row.no)
    this.#noteRead(startedAt, lanes)
    this.#started = true
    this.#schedule()
  }

  /** Milliseconds since every commit of the others was known. */
  get ageMs(): number {
    return performance.now() - this.#readAt
  }

  /** Looked at whenever it is asked: a process that stood still is behind from the moment it wakes. */
  get behind(): string | undefined {
    const age = this.ageMs
    if (age <= this.#limits.behindMs) return undefined
    return `The commits of the other nodes could not be read for ${Math.round(age)} ms${this.#problem ? `: ${this.#problem}` : '.'}`
  }

  /** Reads now; several calls during one reading are one more reading. */
  hurry(): void {
    // Before its start it does not know from where on to read.
    if (this.#closed || !this.#started) return
    if (this.#reading) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#reading = this.#turn().finally(() => {
      this.#reading = undefined
      if (this.#closed) return
      if (!this.#again) return this.#schedule()
      this.#again = false
      this.hurry()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#link.close()
    await this.#reading
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.hurry(), READ_EVERY_MS)
  }

  async #turn(): Promise<void> {
    try {
      const session = await this.#link.connection(performance.now() + this.#limits.answerMs)
      while (await this.#read(session));
      if (performance.now() - this.#sweptAt > SWEEP_EVERY_MS) {
        this.#sweptAt = performance.now()
        await sweepLog(session, this.#own, this.#keptMs)
      }
      this.#problem = undefined
    } catch (error) {
      if (this.#closed) return
      this.#problem = error instanceof Error ? error.message : String(error)
    }
  }

  /** Resolves to true when there may be more. */
  async #read(session: PgSession): Promise<boolean> {
    const startedAt = performance.now()
    const others = [...this.#seen].filter(([lane]) => !this.#own.has(lane))
    // In this order: what the second one sees reaches at least to the numbers of the first.
    const [lanes, rows] = await allOf([
      session.run<LaneRow>(READ_LANES),
      session.run<LogRow>(READ_LOG, [others.map(([lane]) => lane), others.map(([, no]) => no)]),
    ] as const)
    if (this.#closed) return false
    const databaseMs = lanes[0]?.now_ms ?? 0
    if (databaseMs - this.#readDatabaseMs > MISSED_AFTER * this.#keptMs) {
      this.#host.missed('The commits of the other nodes were not read for so long that some may be gone.')
      return false
    }
    const more = this.#advance(lanes, rows, new Set(others.map(([lane]) => lane)))
    for (const row of inOrder(rows)) this.#tell(row)
    if (!more) this.#noteRead(startedAt, lanes)
    return more
  }

  /** @param asked lanes whose rows were read */
  #advance(lanes: readonly LaneRow[], rows: readonly LogRow[], asked: ReadonlySet<number>): boolean {
    const counts = new Map<number, number>()
    for (const row of rows) {
      counts.set(row.lane, (counts.get(row.lane) ?? 0) + 1)
      this.#seen.set(row.lane, row.no)
    }
    let more = false
    for (const { lane, no } of lanes) {
      if (asked.has(lane)) {
        if (counts.get(lane) === ROWS_MAX) more = true
        else this.#seen.set(lane, Math.max(no, this.#seen.get(lane) ?? 0))
      } else if (!this.#own.has(lane)) {
        // Made since the last reading: all of it is new.
        this.#seen.set(lane, 0)
        more = true
      }
    }
    return more
  }

  #tell(row: LogRow): void {
    try {
      this.#host.read(JSON.parse(row.changes) as Change[])
    } catch (error) {
      this.#host.defect(`The commit ${row.lane}/${row.no} could not be told: ${String(error)}`)
    }
  }

  #noteRead(startedAt: number, lanes: readonly LaneRow[]): void {
    this.#readAt = startedAt
    this.#readDatabaseMs = lanes[0]?.now_ms ?? this.#readDatabaseMs
    const live = new Set(lanes.filter(row => row.live && row.node_id !== '').map(row => row.node_id))
    this.#host.nodes(live.add(this.#nodeId))
  }
}

/** As they happened, as far as clocks can tell; those of one lane always in its order. */
function inOrder(rows: readonly LogRow[]): LogRow[] {
  let lane = -1
  let latest = 0
  const timed = rows.map(row => {
    latest = row.lane === lane ? Math.max(latest, row.time_ms) : row.time_ms
    lane = row.lane
    return { row, at: latest }
  })
  return timed.sort((a, b) => a.at - b.at).map(({ row }) => row)
}
