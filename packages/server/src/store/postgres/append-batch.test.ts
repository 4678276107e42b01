import { afterEach, beforeEach, expect, test } from 'bun:test'
import { APP, appendItem, openLane } from '../../testing/append-engine.ts'
import { findPostgres, NO_POSTGRES } from '../../testing/postgres-server.ts'
import { PostgresTestDatabase } from '../../testing/postgres-test-database.ts'
import type { AppendItem } from '../append.ts'
import { type AppendContext, appendBatch, CommitInDoubtError, LaneLostError } from './append-batch.ts'
import { PairCache } from './append-pairs.ts'
import type { AppendOutcome } from './append-plan.ts'
import type { PgConnection } from './connection.ts'
import { ConnectionLost } from './sql-state.ts'

const onServer = test.skipIf(!findPostgres())
const why = findPostgres() ? '' : ` (${NO_POSTGRES})`

let database: PostgresTestDatabase
let sessions: PgConnection[]

beforeEach(async () => {
  sessions = []
  if (!findPostgres()) return
  database = new PostgresTestDatabase()
  await database.prepare()
  await database.edit(run =>
    run(`insert into account (app_id, account_id, user_id, created)
      select ${APP}, n, 'user' || n, 0 from generate_series(1, 40) n`),
  )
})

afterEach(async () => {
  for (const session of sessions) session.drop('The test is over.')
  if (findPostgres()) await database.remove()
})

async function open(lane: number): Promise<PgConnection> {
  const session = await openLane(database, lane)
  sessions.push(session)
  return session
}

const contextOf = (lane: number, over: Partial<AppendContext> = {}): AppendContext => ({
  lane,
  nodeId: `node${lane}`,
  pairs: new PairCache(),
  waits: false,
  ...over,
})

const seqsOf = (outcomes: readonly AppendOutcome[]) =>
  outcomes.map(outcome => ('seq' in outcome ? outcome.seq : outcome.outcome))

onServer(
  `a conversation that another transaction holds is skipped, and the others are stored${why}`,
  async () => {
    const [mine, holder] = [await open(1), await open(2)]
    const context = contextOf(1)
    const elsewhere = { sender: 3, receiver: 4 }
    await appendBatch(mine, [appendItem(1), appendItem(2, elsewhere)], context)
    await holder.run('begin')
    await holder.run('select from conversation where app_id = $1 and lo_id = 1 for update', [APP])
    const batch = [appendItem(3), appendItem(4, elsewhere), appendItem(5), appendItem(6, elsewhere)]
    const { outcomes } = await appendBatch(mine, batch, context)
    expect(seqsOf(outcomes)).toEqual(['skipped', 2, 'skipped', 3])
    const waiting = appendBatch(mine, [appendItem(3), appendItem(5)], { ...context, waits: true })
    await holder.run('commit')
    expect(seqsOf((await waiting).outcomes)).toEqual([2, 3])
  },
)

onServer(`every commit takes the lane's next number and tells the log the new heads${why}`, async () => {
  const session = await open(1)
  const context = contextOf(1)
  const first = await appendBatch(
    session,
    [appendItem(1), appendItem(2), appendItem(3, { receiver: 1 })],
    context,
  )
  const second = await appendBatch(session, [appendItem(1)], context)
  const third = await appendBatch(session, [appendItem(4)], context)
  expect([first.laneNo, second.laneNo, third.laneNo]).toEqual([1, undefined, 2])
  const rows = await session.run<{ no: number; changes: string }>(
    'select no, changes from commit_log order by no',
  )
  const conv = 'conv' in (third.outcomes[0] ?? {}) ? (third.outcomes[0] as { conv: number }).conv : 0
  expect(rows.map(row => [row.no, JSON.parse(row.changes)])).toEqual([
    [
      1,
      expect.arrayContaining([
        { kind: 'conversation', app: APP, conv, members: [1, 2], seq: 2 },
        { kind: 'conversation', app: APP, conv: expect.any(Number), members: [1], seq: 1 },
      ]),
    ],
    [2, [{ kind: 'conversation', app: APP, conv, members: [1, 2], seq: 3 }]],
  ])
})

onServer(`a node whose lane another one took stores nothing${why}`, async () => {
  const session = await open(1)
  const context = contextOf(1)
  await appendBatch(session, [appendItem(1)], context)
  await database.edit(run => run(`update lane set node_id = 'other'`))
  expect(await appendBatch(session, [appendItem(2)], context).catch(error => error)).toBeInstanceOf(
    LaneLostError,
  )
  expect(await session.run('select head_seq from conversation')).toEqual([{ head_seq: 1 }])
  expect(await session.run('select no from lane')).toEqual([{ no: 1 }])
})

onServer(`an item that the database refuses leaves no hole and does not fail its batch${why}`, async () => {
  const session = await open(1)
  const batch = Array.from({ length: 9 }, (_, n) => appendItem(n, n === 4 ? { custom: 'a\0b' } : {}))
  const { outcomes, laneNo } = await appendBatch(session, batch, contextOf(1))
  expect(seqsOf(outcomes)).toEqual([1, 2, 3, 4, 'refused', 5, 6, 7, 8])
  const [row] = await session.run<{ seqs: string; heads: number; no: number }>(
    `select string_agg(seq::text, ' ' order by seq) as seqs, (select head_seq from conversation) as heads,
     (select no from lane) as no from message`,
  )
  expect(row).toEqual({ seqs: '1 2 3 4 5 6 7 8', heads: 8, no: laneNo as number })
})

onServer(
  `a message that waits does not let a later one of its conversation pass, when the batch is halved${why}`,
  async () => {
    const [mine, holder] = [await open(1), await open(2)]
    const context = contextOf(1)
    await appendBatch(mine, [appendItem(1)], context)
    await holder.run('begin')
    await holder.run('select from conversation for update')
    let ends = 0
    const letGo = {
      run: async <R>(text: string, parameters?: readonly unknown[]): Promise<R[]> => {
        const rows = mine.run<R>(text, parameters)
        // Whole, first half, its first and its second item: then the second half finds the conversation free.
        if (text === 'rollback' && ++ends === 4) await rows.then(() => holder.run('commit'))
        return rows
      },
    }
    const bad = { sender: 3, receiver: 4, custom: '\0' }
    const { outcomes } = await appendBatch(
      letGo,
      [appendItem(2), appendItem(3, bad), appendItem(4), appendItem(5)],
      context,
    )
    expect(ends).toBe(5)
    expect(seqsOf(outcomes)).toEqual(['skipped', 'refused', 'skipped', 'skipped'])
  },
)

onServer(`a side that a mutation holds is moved to its day by a later message${why}`, async () => {
  const [mine, holder] = [await open(1), await open(2)]
  await appendBatch(mine, [appendItem(1)], contextOf(1))
  await holder.run('update user_conversation set active_day = 1')
  await holder.run('begin')
  await holder.run('select from user_conversation where account_id = 1 for update')
  const context = contextOf(1)
  await appendBatch(mine, [appendItem(2)], context)
  await holder.run('commit')
  const days = () =>
    holder.run('select account_id from user_conversation where active_day > 1 order by account_id')
  expect(await days()).toEqual([{ account_id: 2 }])
  await appendBatch(mine, [appendItem(3)], context)
  expect(await days()).toEqual([{ account_id: 1 }, { account_id: 2 }])
})

onServer(
  `two nodes that are cut off at any moment leave no hole, lose nothing and store nothing twice${why}`,
  async () => {
    const killer = await open(9)
    let random = 0
    let cuts = 0
    const told = new Map<number, number>()
    const node = async (lane: number): Promise<void> => {
      let session = await open(lane)
      let pid = await pidOf(session)
      let context = contextOf(lane)
      for (let round = 0; round < 40; round++) {
        const batch = Array.from({ length: 8 }, () => {
          const n = random++
          return appendItem(n, { sender: 1 + (n % 3), receiver: 4, clientTime: n })
        })
        let left: readonly AppendItem[] = batch
        for (let attempt = 0; left.length > 0; attempt++) {
          // At one of the statements, or after the commit was sent; what is repeated then is left alone.
          const at = attempt === 0 ? (round * 7 + lane) % 9 : 0
          let sent = 0
          const cut = {
            run: <R>(text: string, parameters?: readonly unknown[]): Promise<R[]> => {
              const answer = session.run<R>(text, parameters)
              if (++sent === at) {
                cuts++
                void killer.run('select pg_terminate_backend($1::int)', [pid])
              }
              return answer
            },
          }
          let outcomes: readonly AppendOutcome[]
          try {
            outcomes = (await appendBatch(cut, left, { ...context, waits: attempt > 0 })).outcomes
          } catch (error) {
            if (!(error instanceof ConnectionLost || error instanceof CommitInDoubtError)) throw error
            session = await open(lane)
            pid = await pidOf(session)
            context = contextOf(lane)
            if (!(error instanceof CommitInDoubtError)) continue
            const [row] = await session.run<{ no: number }>(
              'select no from lane where lane = $1 for update',
              [lane],
            )
            outcomes = row && row.no >= error.laneNo ? error.ifCommitted : error.otherwise
          }
          for (const [place, outcome] of outcomes.entries()) {
            const item = left[place]
            if (item && 'seq' in outcome) told.set(item.random, outcome.seq)
          }
          left = left.filter((_, place) => outcomes[place]?.outcome === 'skipped')
        }
      }
    }
    await Promise.all([node(1), node(2)])
    expect(cuts).toBeGreaterThan(10)
    const rows = await killer.run<{ conv_id: number; seq: number; random: number; head_seq: number }>(
      `select conv_id, seq, random, head_seq from message join conversation using (app_id, conv_id) order by conv_id, seq`,
    )
    const heads = new Map<number, number>()
    for (const { conv_id, seq } of rows) {
      expect(seq).toBe((heads.get(conv_id) ?? 0) + 1)
      heads.set(conv_id, seq)
    }
    for (const row of rows) expect(row.head_seq).toBe(heads.get(row.conv_id) as number)
    expect(new Map(rows.map(row => [row.random, row.seq]))).toEqual(told)
    expect(rows.length).toBe(told.size)
    expect(told.size).toBe(random)
  },
)

onServer(
  `a client key is looked up in its own index, however short or long conversations are${why}`,
  async () => {
    const session = await open(1)
    await session.run(`insert into message (app_id, conv_id, seq, sender_id, msg_seq, random, time, client_time, flags, count_no,
    own_no, body, custom, client_hash) select ${APP}, 1000 + n, 1, 1, 1, n, 1, n / 100, 0, 1, 1, 'body', '', 'x'
    from generate_series(1, 5000) n`)
    await session.run('analyze message')
    await session.run('select pg_stat_reset()')
    await appendBatch(session, [appendItem(1), appendItem(2)], contextOf(1))
    await session.run('select pg_stat_force_next_flush()')
    const [scans] = await session.run<{ n: number }>(
      `select sum(idx_scan) as n from pg_stat_user_indexes where indexrelname = 'message_pkey'`,
    )
    expect(scans).toEqual({ n: 0 })
  },
)

async function pidOf(session: PgConnection): Promise<number> {
  const [row] = await session.run<{ pid: number }>('select pg_backend_pid() as pid')
  if (!row) throw new Error('The session has no backend.')
  return row.pid
}
