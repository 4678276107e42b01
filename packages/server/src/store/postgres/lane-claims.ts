import type { PgConnection } from './connection.ts'
import type { PgSession } from './session.ts'
import { isConflict } from './sql-state.ts'

/** By the database's clock; renewed every {@link RENEW_EVERY_MS}. */
export const LEASE_MS = 10_000
export const RENEW_EVERY_MS = 2000
/** A lane of a node that may still come back is left to it this long: taking it would cost that node its sessions. */
const LEFT_ALONE_MS = 60_000

export const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

interface LaneRow {
  readonly lane: number
  readonly node_id: string
  readonly lease_until_ms: number
  readonly now_ms: number
}

/** Takes lanes whose node is gone, and makes as many as are missing. Nodes that claim at the same time take turns. */
export async function claimLanes(session: PgConnection, nodeId: string, count: number): Promise<number[]> {
  for (;;) {
    try {
      return await claim(session, nodeId, count)
    } catch (error) {
      if (!session.lost) await session.run('rollback')
      if (!isConflict(error)) throw error
    }
  }
}

async function claim(session: PgConnection, nodeId: string, count: number): Promise<number[]> {
  await session.run('begin')
  // All rows: whoever changes an app holds them too, and no lane begins meanwhile.
  const rows = await session.run<LaneRow>(
    `select lane, node_id, lease_until_ms, ${NOW_MS} as now_ms from lane order by lane for update`,
  )
  const free = rows.filter(row => row.node_id === '' || row.lease_until_ms + LEFT_ALONE_MS < row.now_ms)
  const taken = free.slice(0, count).map(row => row.lane)
  const first = (rows.at(-1)?.lane ?? 0) + 1
  const made = Array.from({ length: count - taken.length }, (_, n) => first + n)
  await session.run(
    `update lane set node_id = $2, lease_until_ms = ${NOW_MS} + ${LEASE_MS} where lane = any($1::integer[])`,
    [taken, nodeId],
  )
  // Lanes that another node made while this one waited for its locks are not among the rows: they refuse this, and it begins anew.
  await session.run(
    `insert into lane (lane, node_id, lease_until_ms)
     select lane, $2, ${NOW_MS} + ${LEASE_MS} from unnest($1::integer[]) as made (lane)`,
    [made, nodeId],
  )
  const { command } = await session.execute('commit')
  if (command !== 'COMMIT') throw new Error('The database did not give this node its lanes.')
  return [...taken, ...made]
}

/** Resolves to false when another node has one of the lanes. */
export async function renewLanes(
  session: PgSession,
  nodeId: string,
  lanes: readonly number[],
): Promise<boolean> {
  // One statement each: whoever held some rows while waiting for others could be waited for in a circle.
  const renewed = await Promise.all(
    lanes.map(lane =>
      session.run(
        `update lane set lease_until_ms = ${NOW_MS} + ${LEASE_MS} where lane = $1 and node_id = $2 returning lane`,
        [lane, nodeId],
      ),
    ),
  )
  return renewed.every(rows => rows.length === 1)
}

/** Gives the lanes up, so that nobody waits for the end of the lease. */
export async function releaseLanes(session: PgSession, nodeId: string): Promise<void> {
  await session.run(`update lane set node_id = '', lease_until_ms = 0 where node_id = $1`, [nodeId])
}
