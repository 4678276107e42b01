import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { APP, type AppendEngine, appendItem, openAppendEngine } from '../testing/append-engine.ts'
import { findPostgres, NO_POSTGRES } from '../testing/postgres-server.ts'
import type { TestEngine } from '../testing/test-database.ts'
import type { AppendItem } from './append.ts'
import { MessageFlag } from './schema.ts'

const ENGINES: readonly TestEngine[] = ['sqlite', 'postgres']
const IMPORT = { key: { kind: 'import' } } as const
const MESSAGES = `select seq, time, flags, count_no, own_no, late_after, body from message order by conv_id, seq`
const HEADS = `select lo_id, hi_id, head_seq, count_no, sent_lo, sent_hi, list_seq, top_seq from conversation order by lo_id, hi_id`
const SIDES = `select account_id, peer_id, hidden_seq from user_conversation order by account_id, peer_id`

for (const kind of ENGINES)
  describe.skipIf(kind === 'postgres' && !findPostgres())(
    `the append on ${kind}${kind === 'postgres' && !findPostgres() ? ` (${NO_POSTGRES})` : ''}`,
    () => {
      let engine: AppendEngine

      beforeEach(async () => {
        engine = await openAppendEngine(kind, 4)
      })

      afterEach(() => engine.close())

      test('numbers the messages of a conversation densely, whoever of the two sends', async () => {
        const batch = Array.from({ length: 6 }, (_, n) =>
          appendItem(n, {
            ...(n % 2 ? { sender: 2, receiver: 1 } : {}),
            flags: n === 2 ? MessageFlag.NO_UNREAD : 0,
          }),
        )
        const outcomes = [
          ...(await engine.append(batch.slice(0, 4))),
          ...(await engine.append(batch.slice(4))),
        ]
        expect(
          outcomes.map(outcome => outcome.outcome === 'stored' && [outcome.seq, outcome.countNo]),
        ).toEqual([
          [1, 1],
          [2, 2],
          [3, 2],
          [4, 3],
          [5, 4],
          [6, 5],
        ])
        expect(await engine.sql(HEADS)).toEqual([
          { lo_id: 1, hi_id: 2, head_seq: 6, count_no: 5, sent_lo: 2, sent_hi: 3, list_seq: 6, top_seq: 6 },
        ])
        const rows = await engine.sql<{ own_no: number; body: string }>(MESSAGES)
        expect(rows.map(row => row.own_no)).toEqual([1, 1, 1, 2, 2, 3])
        expect(rows.map(row => row.body)).toEqual(batch.map(item => item.body))
      })

      test('gives a repeated client key its first result, in the same batch and later, and another content a conflict', async () => {
        const other = appendItem(5, { key: { kind: 'client', hash: 'other' } })
        const [first, again, conflict, next] = await engine.append([
          appendItem(5),
          appendItem(5),
          other,
          appendItem(6),
        ])
        expect(first).toMatchObject({ outcome: 'stored', seq: 1 })
        expect(again).toEqual({ ...first, outcome: 'duplicate' } as typeof again)
        expect(conflict).toEqual({ outcome: 'conflict' })
        expect(next).toMatchObject({ outcome: 'stored', seq: 2 })
        expect(await engine.append([appendItem(5), other, appendItem(7)])).toEqual([
          again,
          conflict,
          { ...next, seq: 3, countNo: 3, time: expect.any(Number) },
        ] as never)
      })

      test('takes an equal REST send for the same one for 120 seconds', async () => {
        const send = appendItem(5, { key: { kind: 'rest', hash: 'content' } })
        const [first, again] = await engine.append([send, send])
        expect(again).toEqual({ ...first, outcome: 'duplicate' } as typeof again)
        await engine.sql('update rest_key set time = time - 60')
        expect(await engine.append([send])).toEqual([again as never])
        expect(
          await engine.append([appendItem(5, { key: { kind: 'rest', hash: 'another' } })]),
        ).toMatchObject([{ outcome: 'stored', seq: 2 }])
        await engine.sql('update rest_key set time = time - 61')
        expect(await engine.append([send, send])).toMatchObject([
          { outcome: 'stored', seq: 3 },
          { outcome: 'duplicate', seq: 3 },
        ])
      })

      test('knows an import for good, even when its message is gone', async () => {
        const old = appendItem(5, { ...IMPORT, importTime: 1000 })
        const [first] = await engine.append([old])
        expect(first).toMatchObject({ outcome: 'stored', seq: 1, time: 1000 })
        const turned = { ...old, sender: 2, receiver: 1, body: '[]' }
        expect(await engine.append([turned])).toEqual([{ ...first, outcome: 'duplicate' } as never])
        await engine.sql('delete from message')
        expect(await engine.append([old, { ...old, importTime: 1001 }])).toMatchObject([
          { outcome: 'duplicate', seq: 1, time: 1000 },
          { outcome: 'stored', seq: 2, time: 1001 },
        ])
      })

      test('keeps imports out of order in their order of arrival, and off the list when they are old', async () => {
        await engine.append([
          appendItem(1, { ...IMPORT, importTime: 2000 }),
          appendItem(2, { ...IMPORT, importTime: 1000 }),
        ])
        await engine.append([
          appendItem(3, { ...IMPORT, importTime: 3000 }),
          appendItem(4, { importTime: 1500 }),
        ])
        expect(
          (await engine.sql<{ seq: number; time: number; flags: number; late_after: number }>(MESSAGES)).map(
            ({ seq, time, flags, late_after }) => [seq, time, flags, late_after],
          ),
        ).toEqual([
          [1, 2000, 0, 0],
          [2, 1000, MessageFlag.NO_LAST_MESSAGE, 1],
          [3, 3000, 0, 0],
          [4, 1500, 0, 3],
        ])
        expect(await engine.sql(HEADS)).toMatchObject([{ head_seq: 4, list_seq: 4, top_seq: 3 }])
      })

      test('makes a row for each side once', async () => {
        await engine.append([appendItem(1), appendItem(2, { sender: 2, receiver: 1 })])
        await engine.append([appendItem(3, { sender: 3, receiver: 3 })])
        expect(await engine.sql(SIDES)).toEqual([
          { account_id: 1, peer_id: 2, hidden_seq: -1 },
          { account_id: 2, peer_id: 1, hidden_seq: -1 },
          { account_id: 3, peer_id: 3, hidden_seq: -1 },
        ])
      })

      test('stores nothing for an account that is deleted or never was', async () => {
        await engine.append([appendItem(1), appendItem(2, { receiver: 3 })])
        await engine.sql(`update account set deleted = 1 where account_id = 2`)
        const outcomes = await engine.append([
          appendItem(3),
          appendItem(4, { sender: 2, receiver: 3 }),
          appendItem(5, { receiver: 99 }),
          appendItem(6, { receiver: 3 }),
        ])
        expect(outcomes).toMatchObject([
          { outcome: 'gone', which: 'receiver' },
          { outcome: 'gone', which: 'sender' },
          { outcome: 'gone', which: 'receiver' },
          { outcome: 'stored', seq: 2 },
        ])
        expect(await engine.sql('select lo_id, hi_id from conversation order by lo_id, hi_id')).toEqual([
          { lo_id: 1, hi_id: 2 },
          { lo_id: 1, hi_id: 3 },
        ])
      })
    },
  )

const randomItem: fc.Arbitrary<AppendItem> = fc
  .record({
    sender: fc.integer({ min: 1, max: 4 }),
    receiver: fc.integer({ min: 1, max: 4 }),
    msgSeq: fc.integer({ min: 1, max: 2 }),
    random: fc.integer({ min: 1, max: 3 }),
    clientTime: fc.integer({ min: 1, max: 2 }),
    flags: fc.constantFrom(0, MessageFlag.NO_UNREAD, MessageFlag.NO_LAST_MESSAGE),
    key: fc.oneof(
      fc.record({ kind: fc.constant('client' as const), hash: fc.constantFrom('a', 'b') }),
      fc.record({ kind: fc.constant('rest' as const), hash: fc.constantFrom('a', 'b') }),
      fc.record({ kind: fc.constant('import' as const) }),
    ),
    time: fc.integer({ min: 1, max: 4 }),
    text: fc.string({ unit: 'grapheme', maxLength: 5 }),
    shared: fc.boolean(),
  })
  .map(({ time, text, shared, ...item }) => ({
    ...item,
    app: APP,
    body: JSON.stringify([text]),
    custom: text.replaceAll('\0', ''),
    pushInfo: '',
    importTime: item.key.kind === 'import' || shared ? time * 1000 : 0,
  }))

test.skipIf(!findPostgres())(
  'both engines answer and store the same for any sequence of batches',
  async () => {
    const [sqlite, postgres] = await Promise.all([
      openAppendEngine('sqlite', 0),
      openAppendEngine('postgres', 0),
    ])
    let app = APP
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(randomItem, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 }),
        async batches => {
          app++
          for (const engine of [sqlite, postgres])
            await engine.sql(`insert into account (app_id, account_id, user_id, created) values
            (${app}, 1, 'user1', 0), (${app}, 2, 'user2', 0), (${app}, 3, 'user3', 0)`)
          for (const items of batches) {
            const batch = items.map(item => ({ ...item, app }))
            expect(withoutClock(await postgres.append(batch))).toEqual(
              withoutClock(await sqlite.append(batch)),
            )
          }
          expect(await contentsOf(postgres, app)).toEqual(await contentsOf(sqlite, app))
        },
      ),
      { numRuns: 40 },
    )
    await Promise.all([sqlite.close(), postgres.close()])
  },
)

/** Rows under names that do not depend on the numbers of conversations; times of the clock are all one. */
async function contentsOf(engine: AppendEngine, app: number): Promise<unknown> {
  const tables = [
    `select c.lo_id, c.hi_id, m.seq, m.sender_id, m.msg_seq, m.random, m.time, m.client_time, m.flags, m.count_no, m.own_no,
     m.body, m.custom, m.client_hash, m.late_after from message m join conversation c on c.conv_id = m.conv_id where c.app_id = ?`,
    `select lo_id, hi_id, head_seq, count_no, sent_lo, sent_hi, last_time, list_seq, list_time, top_seq, top_time
     from conversation where head_seq > 0 and app_id = ?`,
    `select c.lo_id, c.hi_id, k.kind, k.sender_id, k.msg_seq, k.random, k.hash, k.seq, k.time
     from rest_key k join conversation c on c.conv_id = k.conv_id where c.app_id = ?`,
    `select c.lo_id, c.hi_id, u.account_id, u.peer_id, u.hidden_seq
     from user_conversation u join conversation c on c.conv_id = u.conv_id where c.app_id = ?`,
  ]
  const contents: string[] = []
  for (const table of tables)
    contents.push(...(await engine.sql(table, app)).map(row => JSON.stringify(withoutClock(row))).sort())
  return contents
}

/** What the clock gave is a number that no test time reaches. */
function withoutClock(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part) => {
      if (name === 'conv') return 'conv'
      return name.endsWith('time') && part > 1_000_000_000 ? 'clock' : part
    }),
  )
}
