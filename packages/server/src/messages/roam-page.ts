import { type Kysely, sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { SHOWN_COLUMNS, type ShownRow } from './message-row.ts'
import type { HistoryPair } from './pair.ts'
import { firstSince, newestUpTo } from './time-order.ts'

/** A place in the order of history, which is `(time, seq)` (DESIGN-DATA 2). */
export interface Place {
  /** Unix seconds. */
  readonly time: number
  readonly seq: number
}

/** Above every time and number. */
export const NEWEST: Place = { time: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER }

export interface RoamQuery {
  /** Nothing before this second. */
  readonly floor: number
  readonly limit: number
}

interface PageValues {
  app: number
  conv: number
  owner: number
  cleared: number
  floor: number
  limit: number
  /** 0: the owner deleted none of them. */
  hides: number
}

/** A page of messages in order, from a number on. */
interface InOrderValues extends PageValues {
  from: number
}

/** A page of late ones, from a place on. */
interface LateValues extends PageValues {
  time: number
  seq: number
}

interface PageRow extends ShownRow {
  readonly late_after: number
}

type Parameter = <K extends keyof PageValues>(name: K) => PageValues[K]

// In so many words, so that the partial index of late messages applies.
const isLate = sql<boolean>`message.late_after > 0`

/**
 * Those in order are read by their numbers, which is the order of time too, and late ones by their own index (DESIGN-DATA 2
 * orders history by time).
 */
const queries = perDatabase(db => ({
  older: new PreparedQuery<InOrderValues, PageRow>(db, (db, parameter) =>
    visible(db, parameter)
      .where('message.seq', '<', parameter('from'))
      .where('message.time', '>=', parameter('floor'))
      .orderBy('message.seq', 'desc')
      .limit(parameter('limit')),
  ),
  newer: new PreparedQuery<InOrderValues, PageRow>(db, (db, parameter) =>
    visible(db, parameter)
      .where(sql<boolean>`message.late_after = 0`)
      .where('message.seq', '>=', parameter('from'))
      .where('message.time', '>=', parameter('floor'))
      .orderBy('message.seq')
      .limit(parameter('limit')),
  ),
  olderLate: new PreparedQuery<LateValues, PageRow>(db, (db, parameter) =>
    visible(db, parameter)
      .where(isLate)
      .where('message.time', '>=', parameter('floor'))
      .where('message.time', '<=', parameter('time'))
      .where(eb =>
        eb.or([eb('message.time', '<', parameter('time')), eb('message.seq', '<', parameter('seq'))]),
      )
      .orderBy('message.time', 'desc')
      .orderBy('message.seq', 'desc')
      .limit(parameter('limit')),
  ),
  newerLate: new PreparedQuery<LateValues, PageRow>(db, (db, parameter) =>
    visible(db, parameter)
      .where(isLate)
      .where('message.time', '>=', parameter('floor'))
      .where('message.time', '>=', parameter('time'))
      .where(eb =>
        eb.or([eb('message.time', '>', parameter('time')), eb('message.seq', '>', parameter('seq'))]),
      )
      .orderBy('message.time')
      .orderBy('message.seq')
      .limit(parameter('limit')),
  ),
}))

function visible(db: Kysely<Schema>, parameter: Parameter) {
  const hiddenBit = sql<number>`case when sender_id = ${parameter('owner')} then ${sql.lit(
    MessageFlag.HIDDEN_FROM_SENDER,
  )} else ${sql.lit(MessageFlag.HIDDEN_FROM_RECEIVER)} end`
  return db
    .selectFrom('message')
    .select(SHOWN_COLUMNS)
    .select('message.late_after')
    .where('message.app_id', '=', parameter('app'))
    .where('message.conv_id', '=', parameter('conv'))
    .where('message.seq', '>', parameter('cleared'))
    .where(sql<boolean>`(flags & (${hiddenBit})) = 0`)
    .where(eb =>
      eb.or([
        sql<boolean>`${parameter('hides')} = 0`,
        eb.not(
          eb.exists(
            eb
              .selectFrom('message_hidden as hidden')
              .select('hidden.seq')
              .whereRef('hidden.app_id', '=', 'message.app_id')
              .where('hidden.account_id', '=', parameter('owner'))
              .whereRef('hidden.conv_id', '=', 'message.conv_id')
              .whereRef('hidden.seq', '=', 'message.seq'),
          ),
        ),
      ]),
    )
}

/** What the owner sees before a place, newest first. */
export async function olderMessages(
  db: Kysely<Schema>,
  pair: HistoryPair,
  before: Place,
  query: RoamQuery,
): Promise<ShownRow[]> {
  const { older, olderLate } = queries(db)
  const page = pageValues(pair, query)
  // A page that goes on after another one begins at a message that is in order, mostly: it is read along, and nothing is searched.
  if (!pair.hasLate && before.seq <= pair.headSeq) {
    const found = await older.all({ ...page, limit: query.limit + 1, from: before.seq + 1 })
    const anchor = found[0]
    if (anchor?.seq === before.seq && anchor.time === before.time) return found.slice(1)
  }
  const rows = pair.hasLate ? await olderLate.all({ ...page, time: before.time, seq: before.seq }) : []
  let wanted = query.limit
  let from = await firstFrom(db, pair, before)
  while (wanted > 0) {
    const found = await older.all({ ...page, from })
    const inOrder = found.filter(row => row.late_after === 0).slice(0, wanted)
    rows.push(...inOrder)
    wanted -= inOrder.length
    const last = found.at(-1)
    if (!last || found.length < query.limit) break
    // A long run of late ones is left behind in one step.
    from = last.late_after > 0 ? last.late_after + 1 : last.seq
  }
  return rows.sort((a, b) => b.time - a.time || b.seq - a.seq).slice(0, query.limit)
}

/** What the owner sees after a place, oldest first. */
export async function newerMessages(
  db: Kysely<Schema>,
  pair: HistoryPair,
  after: Place,
  query: RoamQuery,
): Promise<ShownRow[]> {
  const { newer, newerLate } = queries(db)
  const page = pageValues(pair, query)
  const from = await firstFrom(db, pair, { time: after.time, seq: after.seq + 1 })
  const inOrder = await newer.all({ ...page, from })
  if (!pair.hasLate) return inOrder
  const late = await newerLate.all({ ...page, time: after.time, seq: after.seq })
  return [...late, ...inOrder].sort((a, b) => a.time - b.time || a.seq - b.seq).slice(0, query.limit)
}

/** The number of the first message in order that is at a place or after it. */
async function firstFrom(db: Kysely<Schema>, pair: HistoryPair, place: Place): Promise<number> {
  if (place.time >= NEWEST.time) return pair.headSeq + 1
  const near = await newestUpTo(db, pair, place.seq)
  if (near && near.late_after === 0 && near.time === place.time) return Math.min(place.seq, pair.headSeq + 1)
  const later = await firstSince(db, pair, place.time + 1)
  if (place.seq >= later) return later
  return Math.max(place.seq, await firstSince(db, pair, place.time))
}

function pageValues(pair: HistoryPair, query: RoamQuery): PageValues {
  return {
    app: pair.app,
    conv: pair.conv,
    owner: pair.owner,
    cleared: pair.clearedSeq,
    floor: query.floor,
    limit: query.limit,
    hides: pair.hides ? 1 : 0,
  }
}
