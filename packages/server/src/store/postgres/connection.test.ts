import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createServer, type Server } from 'node:net'
import fc from 'fast-check'
import { type TestPostgres, testPostgres } from '../../testing/postgres-server.ts'
import { CONNECTION_LIMITS, PgConnection } from './connection.ts'
import { ConnectionLost } from './sql-state.ts'
import { NO_SERVER, WHY_SKIPPED } from './test-node.ts'

let server: TestPostgres
let database: string
let connection: PgConnection

beforeAll(async () => {
  if (NO_SERVER) return
  server = await testPostgres()
  database = await server.createDatabase()
  connection = await PgConnection.open({ url: server.url(database), limits: CONNECTION_LIMITS })
})

afterAll(async () => {
  if (NO_SERVER) return
  connection.drop('The test is over.')
  await server.dropDatabase(database)
})

const onServer = test.skipIf(NO_SERVER)

onServer(`texts, whole numbers and lists come back as they were given${WHY_SKIPPED}`, async () => {
  const text = fc.string({ unit: 'grapheme' }).filter(value => !value.includes('\0'))
  const whole = fc.maxSafeInteger()
  await fc.assert(
    fc.asyncProperty(text, whole, fc.array(text), fc.array(whole), async (one, number, texts, numbers) => {
      const [row] = await connection.run(
        `select $1::text as one, $2 as number, $3::text as nothing,
         (select json_agg(t order by n) from unnest($4::text[]) with ordinality as l (t, n)) as texts,
         (select json_agg(v order by n) from unnest($5::bigint[]) with ordinality as l (v, n)) as numbers`,
        [one, number, null, texts, numbers],
      )
      const got = row as Record<string, unknown>
      expect({ one: got.one, number: got.number, nothing: got.nothing }).toEqual({
        one,
        number,
        nothing: null,
      })
      expect(JSON.parse((got.texts as string | null) ?? '[]')).toEqual(texts)
      expect(JSON.parse((got.numbers as string | null) ?? '[]')).toEqual(numbers)
    }),
    { numRuns: 60 },
  )
})

onServer(`a value that is no parameter fails alone${WHY_SKIPPED}`, async () => {
  const answers = await Promise.allSettled([
    connection.run('select 1 as n'),
    connection.run('select $1 as n', [undefined]),
    connection.run('select $1 as n', [Number.NaN]),
    connection.run('select 2 as n'),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
})

onServer(`an error of one statement has its SQLSTATE, and the connection goes on${WHY_SKIPPED}`, async () => {
  await expect(connection.run('select 1 / $1', [0])).rejects.toMatchObject({ code: '22012' })
  const results = await Promise.allSettled([
    connection.execute('begin'),
    connection.execute('select 1 / $1', [0]),
    connection.execute('commit'),
  ])
  expect(results[2]).toMatchObject({ status: 'fulfilled', value: { command: 'ROLLBACK' } })
  expect(await connection.run('select 3 as n')).toEqual([{ n: 3 }])
})

onServer(`thousands of different texts are not all kept prepared${WHY_SKIPPED}`, async () => {
  for (let round = 0; round < 3; round++)
    await Promise.all(
      Array.from({ length: 1200 }, (_, n) => connection.run(`select ${n} as n, $1 as p`, [n])),
    )
  const [row] = await connection.run<{ n: number }>('select count(*) as n from pg_prepared_statements')
  expect(row?.n).toBeGreaterThan(900)
  expect(row?.n).toBeLessThanOrEqual(1010)
})

onServer(
  `after the server ended it, everything that is under way and all that follows fails${WHY_SKIPPED}`,
  async () => {
    const doomed = await PgConnection.open({ url: server.url(database), limits: CONNECTION_LIMITS })
    const answers = await Promise.allSettled([
      doomed.run('select pg_terminate_backend(pg_backend_pid())'),
      ...Array.from({ length: 150 }, () => doomed.run('select 1')),
    ])
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'CONNECTION_LOST' } })
    await expect(doomed.run('select 1')).rejects.toBeInstanceOf(ConnectionLost)
  },
)

test('a server that accepts and says nothing is given up in time, and nothing dials it again', async () => {
  let dialled = 0
  const silent: Server = createServer(socket => {
    dialled++
    socket.on('error', () => undefined)
  })
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const url = `postgres://user@127.0.0.1:${port}/database`
  const opening = PgConnection.open({ url, limits: { ...CONNECTION_LIMITS, connectMs: 200 } })
  await expect(opening).rejects.toThrow('did not answer within 200 ms')
  await Bun.sleep(300)
  expect(dialled).toBe(1)
  silent.close()
})

test('the error of a wrong URL does not show its password', async () => {
  const url = 'postgres://user:se%cret@[host/database'
  const failed = await PgConnection.open({ url, limits: CONNECTION_LIMITS }).catch((error: unknown) => error)
  expect(String(failed)).toContain('The URL of the database is not valid')
  expect(String(failed)).not.toContain('cret')
})

test('a connection that is dropped in the turn in which statements were sent ends nothing else', async () => {
  const doomed = await PgConnection.open({ url: server.url(database), limits: CONNECTION_LIMITS })
  const sent = [doomed.run('select 1'), doomed.run('select $1::text', ['x'.repeat(5000)])]
  doomed.drop('The test drops it.')
  for (const outcome of await Promise.allSettled(sent)) expect(outcome.status).toBe('rejected')
  // What the driver does in later turns would be uncaught.
  await Bun.sleep(50)
})
