import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CuttingProxy } from '../../testing/cutting-proxy.ts'
import { type TestPostgres, testPostgres } from '../../testing/postgres-server.ts'
import type { Change } from '../change.ts'
import { CONNECTION_LIMITS, PgConnection } from './connection.ts'
import { within } from './lane.ts'
import { sweepLog } from './log-sweep.ts'
import { LogTailer } from './log-tailer.ts'
import { migrate } from './migrate.ts'
import { NO_SERVER, until, WHY_SKIPPED } from './test-node.ts'

let server: TestPostgres
let database: string
let url: string
let session: PgConnection

beforeAll(async () => {
  if (NO_SERVER) return
  server = await testPostgres()
  database = await server.createDatabase()
  url = server.url(database)
  await migrate(url)
  session = await PgConnection.open({ url, limits: CONNECTION_LIMITS })
})

afterAll(async () => {
  if (NO_SERVER) return
  session.drop('The test is over.')
  await server.dropDatabase(database)
})

const onServer = test.skipIf(NO_SERVER)

/** Commits of another node: rows for the numbers from `first` to `last` of a lane. */
async function commit(lane: number, first: number, last: number, ageMs = 0): Promise<void> {
  await session.run(
    `with rows as (insert into commit_log (lane, no, time_ms, changes)
       select $1, no, (extract(epoch from clock_timestamp()) * 1000)::bigint - $4, '[{"kind":"app","app":' || no || '}]'
       from generate_series($2::bigint, $3::bigint) as no)
     insert into lane (lane, node_id, no, lease_until_ms) values ($1, 'other', $3, 9000000000000)
     on conflict (lane) do update set no = excluded.no`,
    [lane, first, last, ageMs],
  )
}

interface Reader {
  readonly tailer: LogTailer
  readonly apps: number[]
  readonly missed: string[]
}

function reader(at: string, own: readonly number[] = [], keptMs?: number): Reader {
  const apps: number[] = []
  const missed: string[] = []
  const limits = { ...CONNECTION_LIMITS, connectMs: 300 }
  const host = {
    read: (changes: readonly Change[]) => apps.push(...changes.map(change => change.app)),
    nodes: () => undefined,
    missed: (reason: string) => missed.push(reason),
    defect: (text: string) => {
      throw new Error(text)
    },
  }
  return { tailer: new LogTailer(at, limits, { lanes: own, nodeId: 'me' }, host, keptMs), apps, missed }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

onServer(
  `more commits than one reading takes are all read, in order, and those of new lanes too${WHY_SKIPPED}`,
  async () => {
    await commit(101, 1, 3)
    const { tailer, apps } = reader(url)
    await tailer.start(within(5000))
    await commit(101, 4, 1700)
    tailer.hurry()
    await until('all are read', () => apps.length >= 1697)
    expect(apps).toEqual(numbers(4, 1700))
    await commit(102, 1, 700)
    tailer.hurry()
    await until('the new lane is read', () => apps.length >= 2397)
    expect(apps.slice(1697)).toEqual(numbers(1, 700))
    expect(tailer.behind).toBeUndefined()
    await tailer.close()
  },
)

onServer(`a node is not told of its own lanes${WHY_SKIPPED}`, async () => {
  const { tailer, apps } = reader(url, [103])
  await tailer.start(within(5000))
  await commit(103, 1, 5)
  await commit(104, 1, 1)
  await until('the other lane is read', () => apps.length > 0)
  await commit(104, 2, 2)
  await until('it is read again', () => apps.length > 1)
  expect(apps).toEqual([1, 2])
  await tailer.close()
})

onServer(
  `a node that can't read is behind, reads all of it later, and says so when some may be gone${WHY_SKIPPED}`,
  async () => {
    const direct = new URL(url)
    const proxy = await CuttingProxy.to(Number(direct.port || 5432))
    const through = new URL(url)
    through.hostname = '127.0.0.1'
    through.port = String(proxy.port)
    const patient = reader(through.href)
    const forgetful = reader(through.href, [], 1000)
    await Promise.all([patient.tailer.start(within(5000)), forgetful.tailer.start(within(5000))])
    proxy.open = false
    proxy.decide = () => 'before'
    await until('both are behind', () => Boolean(patient.tailer.behind && forgetful.tailer.behind))
    await commit(105, 1, 2)
    proxy.open = true
    proxy.decide = () => 'pass'
    await until('what was missed is read', () => patient.apps.length === 2)
    await until('the other one tells', () => forgetful.missed.length > 0)
    expect(patient.missed).toEqual([])
    expect(patient.tailer.behind).toBeUndefined()
    expect(forgetful.apps).toEqual([])
    expect(forgetful.tailer.behind).toBeDefined()
    await Promise.all([patient.tailer.close(), forgetful.tailer.close()])
    proxy.close()
  },
)

onServer(`commits are kept for the time that others have to read them${WHY_SKIPPED}`, async () => {
  await commit(106, 1, 10, 7_200_000)
  await commit(106, 11, 12)
  await commit(107, 1, 3, 7_200_000)
  const left = (lane: number) =>
    session.run<{ no: number }>('select no from commit_log where lane = $1 order by no', [lane])
  await sweepLog(session, new Set([106]), 3_600_000)
  expect((await left(106)).map(({ no }) => no)).toEqual([11, 12])
  // Another node's lane is its own to sweep, until nobody has it.
  expect(await left(107)).toHaveLength(3)
  await session.run('update lane set lease_until_ms = 0 where lane = 107')
  await sweepLog(session, new Set([106]), 3_600_000)
  expect(await left(107)).toEqual([])
})
