import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestPostgres, testPostgres } from '../../testing/postgres-server.ts'
import { CONNECTION_LIMITS, PgConnection } from './connection.ts'
import { claimLanes, releaseLanes, renewLanes } from './lane-claims.ts'
import { migrate } from './migrate.ts'
import { NO_SERVER, WHY_SKIPPED } from './test-node.ts'

const NODES = 6

let server: TestPostgres
let database: string
let sessions: PgConnection[]

beforeAll(async () => {
  if (NO_SERVER) return
  server = await testPostgres()
  database = await server.createDatabase()
  const url = server.url(database)
  await migrate(url)
  sessions = await Promise.all(
    Array.from({ length: NODES }, () => PgConnection.open({ url, limits: CONNECTION_LIMITS })),
  )
})

afterAll(async () => {
  if (NO_SERVER) return
  for (const session of sessions) session.drop('The test is over.')
  await server.dropDatabase(database)
})

test.skipIf(NO_SERVER)(`nodes that start at once never share a lane${WHY_SKIPPED}`, async () => {
  for (let round = 0; round < 30; round++) {
    const claimed = await Promise.all(
      sessions.map((session, node) => claimLanes(session, `node ${round}.${node}`, 3)),
    )
    expect(new Set(claimed.flat()).size).toBe(3 * NODES)
    const kept = await Promise.all(
      sessions.map((session, node) => renewLanes(session, `node ${round}.${node}`, claimed[node] ?? [])),
    )
    expect(kept).toEqual(sessions.map(() => true))
    // Some are taken over in the next round, the others are made then.
    const leaving = sessions.filter((_, node) => (node + round) % 2 === 0)
    await Promise.all(
      leaving.map(session => releaseLanes(session, `node ${round}.${sessions.indexOf(session)}`)),
    )
  }
})

test.skipIf(NO_SERVER)(`a lane is left to its node for a minute after its lease${WHY_SKIPPED}`, async () => {
  const [session] = sessions
  if (!session) throw new Error('There is no session.')
  await session.run('delete from lane')
  const lanes = await claimLanes(session, 'first', 2)
  await session.run('update lane set lease_until_ms = lease_until_ms - 40000')
  expect((await claimLanes(session, 'second', 1)).some(lane => lanes.includes(lane))).toBe(false)
  await session.run(`update lane set lease_until_ms = lease_until_ms - 60000 where node_id = 'first'`)
  expect(await claimLanes(session, 'third', 2)).toEqual(lanes)
  expect(await renewLanes(session, 'first', lanes)).toBe(false)
})
