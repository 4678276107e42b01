import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestPostgres, testPostgres } from '../../testing/postgres-server.ts'
import { migrations } from '../migrations/migrations.ts'
import { NUMBER_SOURCES } from '../mutation.ts'
import { CONNECTION_LIMITS, PgConnection } from './connection.ts'
import { migrate } from './migrate.ts'
import { NO_SERVER, openNode, WHY_SKIPPED } from './test-node.ts'

let server: TestPostgres
let database: string
let url: string

beforeAll(async () => {
  if (NO_SERVER) return
  server = await testPostgres()
  database = await server.createDatabase()
  url = server.url(database)
})

afterAll(async () => {
  if (!NO_SERVER) await server.dropDatabase(database)
})

async function query<R>(text: string): Promise<R[]> {
  const connection = await PgConnection.open({ url, limits: CONNECTION_LIMITS })
  const rows = await connection.run<R>(text)
  connection.drop('Asked.')
  return rows
}

test.skipIf(NO_SERVER)(`processes that start at once migrate once${WHY_SKIPPED}`, async () => {
  const script = `const { migrate } = await import('${import.meta.dir}/migrate.ts')
    console.log(JSON.stringify((await migrate('${url}')).pending))`
  const processes = Array.from({ length: 3 }, () =>
    Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'inherit' }),
  )
  const outputs = await Promise.all(processes.map(process => new Response(process.stdout).text()))
  const pending = outputs.map(text => JSON.parse(text) as string[])
  const known = Object.keys(migrations)
  expect(pending.map(names => names.length).sort()).toEqual([0, 0, known.length])
  expect((await migrate(url)).applied).toEqual(known)
  expect(await query(`select value from meta where name = 'store_epoch'`)).toHaveLength(1)
})

test.skipIf(NO_SERVER)(
  `texts compare by bytes and every source of numbers is there${WHY_SKIPPED}`,
  async () => {
    const other = await query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'`,
    )
    expect(other.map(({ name }) => name)).toEqual([])
    const sequences = await query<{ name: string }>(`select sequencename as name from pg_sequences`)
    expect(sequences.map(({ name }) => name).sort()).toEqual(
      NUMBER_SOURCES.map(name => `number_${name}`).sort(),
    )
  },
)

test.skipIf(NO_SERVER)(
  `migrations of a later version are told and do not keep an older node from starting${WHY_SKIPPED}`,
  async () => {
    await query(`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`)
    const node = await openNode(url)
    expect(node.notices).toEqual([expect.stringContaining('9999-later')])
    await node.store.close()
  },
)
