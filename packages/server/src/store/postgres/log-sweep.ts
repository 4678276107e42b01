import { NOW_MS } from './lane-claims.ts'
import type { PgSession } from './session.ts'

/** How long other nodes have to read a commit. */
export const LOG_KEPT_MS = 3_600_000
/** Rows of a lane that one sweep deletes at most. */
const SWEPT_MAX = 5000

/** Deletes what is older from the commit log, in a node's own lanes and in those that nobody has. */
export async function sweepLog(session: PgSession, own: ReadonlySet<number>, keptMs: number): Promise<void> {
  const lanes = await session.run<{ lane: number; live: number; now_ms: number }>(
    `select lane, lease_until_ms > ${NOW_MS} as live, ${NOW_MS} as now_ms from lane`,
  )
  for (const { lane, live, now_ms } of lanes) {
    if (live && !own.has(lane)) continue
    await session.run(
      `delete from commit_log where lane = $1 and no <= (
         select max(no) from (select no, time_ms from commit_log where lane = $1 order by no limit ${SWEPT_MAX}) as oldest
         where time_ms < $2)`,
      [lane, now_ms - keptMs],
    )
  }
}
