import { expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import type { AppendItem } from '../store/append.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { openTestStore } from '../testing/test-store.ts'
import { type HistoryPair, ownPairWith } from './pair.ts'
import { NEWEST, newerMessages, olderMessages, type Place } from './roam-page.ts'
import { findMessage } from './stored-message.ts'

const APP = 7

interface Shown {
  readonly seq: number
  readonly time: number
  readonly random: number
}

/** A small deterministic generator (mulberry32). */
function drawing(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

async function withHistory(
  items: readonly AppendItem[],
  check: (db: Kysely<Schema>, pair: HistoryPair) => Promise<void>,
): Promise<void> {
  const { store, database, close } = await openTestStore()
  try {
    await database.edit(async run => {
      for (const id of [1, 2])
        await run(
          'insert into account (app_id, account_id, user_id, created) values (?, ?, ?, 0)',
          APP,
          id,
          `u${id}`,
        )
    })
    const appended = await Promise.all(items.map(item => store.append(item)))
    expect(appended.map(result => result.outcome === 'stored' && result.seq)).toEqual(
      items.map((_, index) => index + 1),
    )
    const pair = await ownPairWith(store.read, APP, 1, 2)
    if (!pair) throw new Error('The conversation is missing.')
    await check(store.read, pair)
  } finally {
    await close()
  }
}

/** Imports with the given times, in this order; every seventh is out of the first account's sight. */
function imports(times: readonly number[]): AppendItem[] {
  return times.map((time, index) => ({
    app: APP,
    sender: 1 + (index % 2),
    receiver: 2 - (index % 2),
    msgSeq: 1,
    random: index + 1,
    clientTime: time,
    flags:
      index % 7 !== 3 ? 0 : index % 2 ? MessageFlag.HIDDEN_FROM_RECEIVER : MessageFlag.HIDDEN_FROM_SENDER,
    body: '[]',
    custom: '',
    pushInfo: '',
    key: { kind: 'import' },
    importTime: time,
  }))
}

function seen(times: readonly number[], cleared: number, floor: number): Shown[] {
  return times
    .map((time, index) => ({ seq: index + 1, time, random: index + 1 }))
    .filter(({ seq, time }) => (seq - 1) % 7 !== 3 && seq > cleared && time >= floor)
    .sort((a, b) => a.time - b.time || a.seq - b.seq)
}

const isBefore = (a: Place, b: Place) => a.time < b.time || (a.time === b.time && a.seq < b.seq)
const numbers = (rows: readonly { seq: number }[]) => rows.map(row => row.seq)

/** Steps of the time from one message to the next. */
const courses: Readonly<Record<string, (draw: (below: number) => number, index: number) => number>> = {
  'in order': draw => draw(3),
  'sometimes late': draw => (draw(8) === 0 ? -draw(60) : draw(4)),
  'in any order': draw => draw(200) - 100,
  'a long late run in the middle': (_draw, index) => (index === 60 ? -5000 : 1),
}

for (const [course, step] of Object.entries(courses))
  test(`history pages are in the order of time in both directions, with times ${course}`, async () => {
    for (const seed of [1, 2, 3]) {
      const draw = drawing(seed)
      const times: number[] = []
      for (let index = 0, time = 100_000; index < 150; index++) {
        time = Math.max(1, time + step(draw, index))
        times.push(time)
      }
      await withHistory(imports(times), async (db, own) => {
        for (let round = 0; round < 60; round++) {
          const cleared = round % 3 === 0 ? draw(150) : 0
          const pair = { ...own, clearedSeq: cleared }
          const floor = round % 4 === 0 ? (times[draw(150)] ?? 0) : 0
          const limit = 1 + draw(30)
          const shown = seen(times, cleared, floor)
          const anchor = draw(150)
          const place: Place =
            round % 10 === 0
              ? NEWEST
              : {
                  time: (times[anchor] ?? 0) + (draw(5) === 0 ? 1 : 0),
                  seq: [anchor + 1, 0, NEWEST.seq][draw(3)] ?? 0,
                }
          const older = shown.filter(message => isBefore(message, place)).reverse()
          const newer = shown.filter(message => isBefore(place, message))
          const query = { floor, limit }
          expect(numbers(await olderMessages(db, pair, place, query))).toEqual(numbers(older.slice(0, limit)))
          expect(numbers(await newerMessages(db, pair, place, query))).toEqual(numbers(newer.slice(0, limit)))
        }
      })
    }
  }, 30_000)

test('a message is found by its key, in order or late, and not under another time', async () => {
  const draw = drawing(9)
  const times = Array.from({ length: 120 }, (_, index) => 1000 + index - (draw(4) === 0 ? draw(50) : 0))
  await withHistory(imports(times), async (db, pair) => {
    for (const [index, time] of times.entries()) {
      const key = { msgSeq: 1, random: index + 1, time }
      expect((await findMessage(db, pair, { key, notBefore: 0 }))?.seq).toBe(index + 1)
      const elsewhere = { ...key, time: time + 1 }
      expect(await findMessage(db, pair, { key: elsewhere, notBefore: 0 })).toBeUndefined()
    }
  })
})

test('a message older than one before it is marked as late, after the latest in order', async () => {
  await withHistory(imports([10, 20, 5, 20, 19]), async db => {
    const rows = await db.selectFrom('message').select(['seq', 'late_after']).orderBy('seq').execute()
    expect(rows.map(row => row.late_after)).toEqual([0, 0, 2, 0, 4])
  })
})
