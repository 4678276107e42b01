import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { CommandError } from '../../commands/command-error.ts'
import { type TestPostgres, testPostgres } from '../../testing/postgres-server.ts'
import type { Lock } from '../locks.ts'
import { defineMutation } from '../mutation.ts'
import { PreparedQuery } from '../prepared.ts'
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
let a: TestNode
let b: TestNode

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
  const url = server.url(database)
  ;[a, b] = await Promise.all([openNode(url), openNode(url)])
  await a.store.mutate(makeApp, { accounts: 4 })
})

afterEach(async () => {
  if (NO_SERVER) return
  await Promise.all([a.store.close(), b.store.close()])
  expect([...a.defects, ...b.defects]).toEqual([])
  await server.dropDatabase(database)
})

const onServer = test.skipIf(NO_SERVER)

onServer(`numbers, sums and truths come as SQLite gives them${WHY_SKIPPED}`, async () => {
  const row = await a.store.read
    .selectFrom('account')
    .select(eb => [
      eb.fn.countAll<number>().as('count'),
      eb.fn.sum<number>('account_id').as('sum'),
      eb.case().when(eb.fn.countAll(), '>', 1).then(1).else(0).end().as('chosen'),
      sql<number>`max(account_id) > ${3}`.as('more'),
      sql<number>`cast(${2 ** 52} as bigint)`.as('large'),
      eb.fn.max('last_login').as('none'),
    ])
    .executeTakeFirstOrThrow()
  expect({ ...row }).toEqual({ count: 4, sum: 10, chosen: 1, more: 1, large: 2 ** 52, none: null })
  const named = new PreparedQuery<{ user: string }, { account_id: number }>(a.store.read, (db, parameter) =>
    db.selectFrom('account').select('account_id').where('user_id', '=', parameter('user')),
  )
  for (let turn = 0; turn < 8; turn++) expect(await named.first({ user: 'user3' })).toEqual({ account_id: 3 })
  expect(await named.all({ user: "nobody' or 1=1" })).toEqual([])
})

onServer(`a prepared statement says how many rows it changed${WHY_SKIPPED}`, async () => {
  const blockAbove = defineMutation('test/block-above', async tx =>
    new PreparedQuery<{ least: number }, never>(
      tx.db,
      (db, parameter) =>
        db.updateTable('account').set({ disabled: 1 }).where('account_id', '>', parameter('least')) as never,
    ).run({ least: 1 }),
  )
  expect(await a.store.mutate(blockAbove, null)).toBe(3)
})

onServer(`mutations of one account on two nodes take turns${WHY_SKIPPED}`, async () => {
  const results = await Promise.all(
    Array.from({ length: 60 }, (_, n) => (n % 2 ? a : b).store.mutate(raise, { account: 1 + (n % 3) })),
  )
  for (const account of [1, 2, 3]) {
    const mine = results.filter((_, n) => 1 + (n % 3) === account)
    expect([...mine].sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  }
})

onServer(
  `mutations of one account on one node run in the order in which they came${WHY_SKIPPED}`,
  async () => {
    const results = await Promise.all(Array.from({ length: 30 }, () => a.store.mutate(raise, { account: 1 })))
    expect(results).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
  },
)

onServer(
  `a command error undoes the mutation, tells nobody and reaches the caller${WHY_SKIPPED}`,
  async () => {
    const refuse = defineMutation('test/refuse', async tx => {
      await tx.db.updateTable('account').set({ log_no: 99 }).execute()
      tx.changed({ kind: 'app', app: 7 })
      throw new CommandError(60003, 'no')
    })
    const before = a.told.length
    await expect(a.store.mutate(refuse, null)).rejects.toMatchObject({ code: 60003, message: 'no' })
    expect(await counterOf(a.store, 1)).toBe(0)
    expect(a.told).toHaveLength(before)
  },
)

onServer(`two nodes that register the same free name make one account${WHY_SKIPPED}`, async () => {
  const register = defineMutation(
    'test/register',
    async (tx, { userId }: { readonly userId: string }) => {
      const known = await tx.db
        .selectFrom('account')
        .select('account_id')
        .where('user_id', '=', userId)
        .executeTakeFirst()
      if (known) return known.account_id
      const account_id = await tx.nextNumber('account')
      const row = { app_id: 7, account_id, user_id: userId, created: tx.now }
      await tx.db
        .insertInto('account')
        .values(row as never)
        .execute()
      return account_id
    },
    {
      locks: ({ userId }) => [
        { on: 'app', app: 7, shared: true },
        { on: 'name', app: 7, userId },
      ],
    },
  )
  for (let round = 0; round < 20; round++) {
    const made = await Promise.all(
      [a, b, a, b].map(node => node.store.mutate(register, { userId: `new${round}` })),
    )
    expect(new Set(made).size).toBe(1)
  }
})

onServer(`a change of an app runs alone${WHY_SKIPPED}`, async () => {
  const alone = defineMutation(
    'test/alone',
    async tx => {
      const counters = () =>
        tx.db.selectFrom('account').select(['account_id', 'log_no']).orderBy('account_id').execute()
      const before = await counters()
      await Bun.sleep(30)
      return Bun.deepEquals(before, await counters())
    },
    { locks: () => [{ on: 'app', app: 7 }] },
  )
  const raising = Array.from({ length: 80 }, (_, n) =>
    (n % 2 ? a : b).store.mutate(raise, { account: 1 + (n % 4) }),
  )
  const watched = await Promise.all([a, b, a].map(node => node.store.mutate(alone, null)))
  expect(watched).toEqual([true, true, true])
  await Promise.all(raising)
})

onServer(`what locks the installation takes turns, and holds up nothing else${WHY_SKIPPED}`, async () => {
  let running = 0
  let most = 0
  const turn = defineMutation('test/turn', async () => {
    most = Math.max(most, ++running)
    await Bun.sleep(20)
    running--
    return null
  })
  const turns = Array.from({ length: 6 }, (_, n) => (n % 2 ? a : b).store.mutate(turn, null))
  expect((await a.store.append(message(77))).outcome).toBe('stored')
  await Promise.all(turns)
  expect(most).toBe(1)
})

onServer(`random locks on two nodes never wait in a circle${WHY_SKIPPED}`, async () => {
  const touch = defineMutation(
    'test/touch',
    async (tx, { locks }: { readonly locks: readonly Lock[] }) => {
      for (const lock of locks)
        if (lock.on === 'account')
          await tx.db
            .updateTable('account')
            .set(eb => ({ log_no: eb('log_no', '+', 1) }))
            .where('account_id', '=', lock.account)
            .execute()
      return null
    },
    { locks: ({ locks }) => locks },
  )
  await a.store.append(message(1))
  await a.store.append(message(2, { sender: 3, receiver: 4 }))
  const deadlocks = () =>
    sql<{ n: number }>`select deadlocks as n from pg_stat_database where datname = ${database}`.execute(
      a.store.read,
    )
  const account = fc.integer({ min: 1, max: 4 })
  const lock: fc.Arbitrary<Lock> = fc.oneof(
    account.map(account => ({ on: 'account' as const, app: 7, account })),
    fc.integer({ min: 1, max: 6 }).map(n => ({ on: 'name' as const, app: 7, userId: `user${n}` })),
    fc.tuple(account, account).map(([a, b]) => ({ on: 'pair' as const, app: 7, a, b })),
    fc.integer({ min: 1, max: 2 }).map(conv => ({ on: 'conversation' as const, app: 7, conv })),
    fc.boolean().map(shared => ({ on: 'app' as const, app: 7, shared })),
  )
  const plans = fc.sample(fc.array(lock, { minLength: 1, maxLength: 5 }), 200)
  await Promise.all([
    ...plans.map((locks, n) => (n % 2 ? a : b).store.mutate(touch, { locks })),
    ...Array.from({ length: 100 }, (_, n) => (n % 2 ? a : b).store.append(message(10 + n))),
  ])
  const wanted = plans.flat().filter(lock => lock.on === 'account').length
  const { rows } = await sql<{ n: number }>`select sum(log_no) as n from account`.execute(a.store.read)
  expect(rows[0]?.n).toBe(wanted)
  expect((await deadlocks()).rows[0]?.n).toBe(0)
})

onServer(`messages that two nodes store at once get dense numbers, each once${WHY_SKIPPED}`, async () => {
  const results = await Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      (n % 2 ? a : b).store.append(message(n, { receiver: 2 + (n % 3) })),
    ),
  )
  for (const receiver of [2, 3, 4]) {
    const mine = results.filter((_, n) => 2 + (n % 3) === receiver)
    const numbers = mine.map(result => ('seq' in result ? result.seq : 0)).sort((x, y) => x - y)
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
  }
})

onServer(
  `messages of one conversation keep their order while another node holds it${WHY_SKIPPED}`,
  async () => {
    await a.store.append(message(0))
    const hold = defineMutation(
      'test/hold',
      async tx => {
        await tx.db.selectFrom('conversation').select('conv_id').execute()
        await Bun.sleep(300)
        return null
      },
      { locks: () => [{ on: 'pair', app: 7, a: 1, b: 2 }] },
    )
    const holding = b.store.mutate(hold, null)
    await Bun.sleep(50)
    const sending = Array.from({ length: 40 }, (_, n) => a.store.append(message(1 + n)))
    // Another conversation does not wait for it.
    await a.store.append(message(99, { receiver: 3 }))
    expect(a.store.waiting).toBeGreaterThanOrEqual(40)
    const numbers = (await Promise.all(sending)).map(result => ('seq' in result ? result.seq : 0))
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, n) => 2 + n))
    await holding
  },
)

onServer(`the other node is told every commit once, in the order of its account${WHY_SKIPPED}`, async () => {
  let hints = 0
  a.store.onLogged(() => {
    hints++
    b.store.hurry()
  })
  const told = b.told.length
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => a.store.mutate(raise, { account: 1 + (n % 2), told: true })),
  )
  await until('50 commits were read', () => b.told.length - told >= 50)
  const changes = b.told.slice(told)
  expect(changes.every(({ origin }) => origin === 'elsewhere')).toBe(true)
  for (const account of [1, 2]) {
    const names = changes.flatMap(({ changes }) =>
      changes.flatMap(change =>
        change.kind === 'account' && change.account === account ? [change.userId] : [],
      ),
    )
    expect(names).toEqual(Array.from({ length: 25 }, (_, n) => `no ${n + 1}`))
  }
  expect(hints).toBe(50)
  expect(a.told.filter(({ origin }) => origin === 'elsewhere')).toEqual([])
})

onServer(
  `a node that starts later is not told what was before, and all that comes after${WHY_SKIPPED}`,
  async () => {
    await a.store.mutate(raise, { account: 1, told: true })
    const late = await openNode(server.url(database))
    await b.store.mutate(raise, { account: 1, told: true })
    await late.store.mutate(raise, { account: 1, told: true })
    await until('both others know', () => late.told.length === 2 && a.told.length >= 3)
    expect(late.told.map(({ origin }) => origin).sort()).toEqual(['elsewhere', 'here'])
    await late.store.close()
  },
)

onServer(`a closed node is no longer alive and the next one takes its lanes${WHY_SKIPPED}`, async () => {
  await until('both know each other', () => a.store.liveNodes.size === 2 && b.store.liveNodes.size === 2)
  await b.store.close()
  await until('the other one is gone', () => a.store.liveNodes.size === 1)
  const lanes = () => a.store.read.selectFrom('lane').select('lane').execute()
  const before = (await lanes()).length
  const next = await openNode(server.url(database))
  expect((await lanes()).length).toBe(before)
  await next.store.close()
})

onServer(
  `a node whose lanes were taken writes nothing more and begins anew under another id${WHY_SKIPPED}`,
  async () => {
    const { nodeId } = a.store
    await a.store.read.updateTable('lane').set({ node_id: 'thief' }).where('node_id', '=', nodeId).execute()
    const refused = await Promise.allSettled([
      a.store.mutate(raise, { account: 1 }),
      a.store.append(message(1)),
    ])
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await counterOf(b.store, 1)).toBe(0)
    await until('it has new lanes', () => a.store.nodeId !== nodeId && a.store.behind === undefined)
    expect(a.fences.length).toBe(2)
    expect(await a.store.mutate(raise, { account: 1 })).toBe(1)
    expect(await a.store.append(message(1))).toMatchObject({ outcome: 'stored', seq: 1 })
    await until('the other one sees it', () => b.store.liveNodes.has(a.store.nodeId))
  },
)
