import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type Cut, CuttingProxy } from '../../testing/cutting-proxy.ts'
import { type TestPostgres, testPostgres } from '../../testing/postgres-server.ts'
import { MaybeStoredError } from './answers.ts'
import { migrate } from './migrate.ts'
import {
  counterOf,
  makeApp,
  message,
  NO_SERVER,
  openNode,
  raise,
  type TestNode,
  until,
  WHY_SKIPPED,
} from './test-node.ts'

let server: TestPostgres
let template: string
let database: string
let proxy: CuttingProxy
/** Behind the proxy. */
let node: TestNode
/** Not behind it. */
let witness: TestNode

beforeAll(async () => {
  if (NO_SERVER) return
  server = await testPostgres()
  template = await server.createDatabase()
  await migrate(server.url(template))
})

afterAll(async () => {
  if (!NO_SERVER) await server.dropDatabase(template)
})

beforeEach(async () => {
  if (NO_SERVER) return
  database = await server.createDatabase(template)
  const direct = new URL(server.url(database))
  proxy = await CuttingProxy.to(Number(direct.port || 5432))
  const through = new URL(direct)
  through.hostname = '127.0.0.1'
  through.port = String(proxy.port)
  witness = await openNode(direct.href)
  await witness.store.mutate(makeApp, { accounts: 4 })
  node = await openNode(through.href)
})

afterEach(async () => {
  if (NO_SERVER) return
  proxy.decide = () => 'pass'
  proxy.open = true
  await Promise.all([node.store.close(), witness.store.close()])
  proxy.close()
  await server.dropDatabase(database)
})

/**
 * Cuts the first commit; only a text that is sent for the first or second time is seen on the wire. Returns whether
 * that came to pass.
 */
function cutCommit(how: Exclude<Cut, 'pass'>): () => boolean {
  let done = false
  proxy.decide = piece => {
    if (done || !piece.includes('commit\0')) return 'pass'
    done = true
    return how
  }
  return () => done
}

const onServer = test.skipIf(NO_SERVER)

for (const how of ['before', 'after'] as const) {
  const when = how === 'before' ? 'did not reach the server' : 'was carried out but not answered'

  onServer(`a mutation whose commit ${when} happens once and is told once${WHY_SKIPPED}`, async () => {
    const wasCut = cutCommit(how)
    expect(await node.store.mutate(raise, { account: 1, told: true })).toBe(1)
    expect(wasCut()).toBe(true)
    expect(await counterOf(witness.store, 1)).toBe(1)
    const change = { kind: 'account', app: 7, account: 1, userId: 'no 1' }
    expect(node.told).toEqual([{ origin: 'here', changes: [change] }] as never)
    await until('the other node knows', () => witness.told.some(({ origin }) => origin === 'elsewhere'))
  })

  onServer(`a message whose commit ${when} is stored once${WHY_SKIPPED}`, async () => {
    await witness.store.append(message(1))
    const wasCut = cutCommit(how)
    const results = await Promise.all([2, 3, 4].map(n => node.store.append(message(n))))
    expect(wasCut()).toBe(true)
    expect(results.map(result => 'seq' in result && result.seq)).toEqual([2, 3, 4])
    const rows = await witness.store.read
      .selectFrom('message')
      .select(['seq', 'random'])
      .orderBy('seq')
      .execute()
    expect(rows).toEqual([1, 2, 3, 4].map(n => ({ seq: n, random: n })))
  })
}

onServer(
  `a commit that nobody can tell about is answered as such, and told once it is known${WHY_SKIPPED}`,
  async () => {
    proxy.decide = piece => {
      if (!piece.includes('commit\0')) return 'pass'
      proxy.open = false
      return 'after'
    }
    const failed = await node.store.mutate(raise, { account: 1, told: true }).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failed).toBeInstanceOf(MaybeStoredError)
    expect(node.told).toEqual([])
    expect(node.store.storageError).toContain('connection')

    proxy.decide = () => 'pass'
    proxy.open = true
    expect(await node.store.mutate(raise, { account: 1, told: true })).toBe(2)
    const names = node.told.flatMap(({ changes }) =>
      changes.map(change => 'userId' in change && change.userId),
    )
    expect(names).toEqual(['no 1', 'no 2'])
    expect(node.store.storageError).toBeUndefined()
  },
)

onServer(
  `connections that the server ends between statements cost nobody an answer${WHY_SKIPPED}`,
  async () => {
    let raised = 0
    let ending = true
    const end = async () => {
      while (ending) {
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database} and pid <> pg_backend_pid()
        and query like '%account%' order by random() limit 1`.execute(witness.store.read)
        await Bun.sleep(20)
      }
    }
    const ended = end()
    const work = Array.from({ length: 4 }, async (_, lane) => {
      for (let turn = 0; turn < 15; turn++) {
        await node.store.mutate(raise, { account: 1 + lane })
        raised++
      }
    })
    await Promise.all(work)
    ending = false
    await ended
    const { rows } = await sql<{ n: number }>`select sum(log_no) as n from account`.execute(
      witness.store.read,
    )
    expect(raised).toBe(60)
    expect(rows[0]?.n).toBe(60)
  },
)
