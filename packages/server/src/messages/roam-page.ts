import { type Kysely, type RawBuilder, sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.ts'
import type { OwnPair } from './pair.ts'

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
  time: number
  seq: number
  limit: number
}

/**
 * Messages above a cleared mark that are read and sorted directly. By the index of times the cleared ones below would be
 * walked over as well, however many they are.
 */
const FEW = 1000

type Parameter = <K extends keyof PageValues>(name: K) => PageValues[K]

const queries = perDatabase(db => {
  const byTime = sql.ref<number>('message.time')
  // No index serves the sum, so the rows come by their numbers.
  const byNumber = sql<number>`(message.time + 0)`
  return {
    older: older(db, byTime),
    newer: newer(db, byTime),
    olderOfFew: older(db, byNumber),
    newerOfFew: newer(db, byNumber),
  }
})

function older(db: Kysely<Schema>, time: RawBuilder<number>): PreparedQuery<PageValues, MessageRow> {
  return new PreparedQuery<PageValues, MessageRow>(db, (db, parameter) =>
    visible(db, parameter)
      .where(time, '>=', parameter('floor'))
      .where(time, '<=', parameter('time'))
      .where(eb => eb.or([eb(time, '<', parameter('time')), eb('message.seq', '<', parameter('seq'))]))
      .orderBy(time, 'desc')
      .orderBy('message.seq', 'desc')
      .limit(parameter('limit')),
  )
}

function newer(db: Kysely<Schema>, time: RawBuilder<number>): PreparedQuery<PageValues, MessageRow> {
  return new PreparedQuery<PageValues, MessageRow>(db, (db, parameter) =>
    visible(db, parameter)
      .where(time, '>=', parameter('floor'))
      .where(time, '>=', parameter('time'))
      .where(eb => eb.or([eb(time, '>', parameter('time')), eb('message.seq', '>', parameter('seq'))]))
      .orderBy(time)
      .orderBy('message.seq')
      .limit(parameter('limit')),
  )
}

function visible(db: Kysely<Schema>, parameter: Parameter) {
  const hiddenBit = sql<number>`case when sender_id = ${parameter('owner')} then ${sql.lit(
    MessageFlag.HIDDEN_FROM_SENDER,
  )} else ${sql.lit(MessageFlag.HIDDEN_FROM_RECEIVER)} end`
  return db
    .selectFrom('message')
    .select(MESSAGE_COLUMNS)
    .where('message.app_id', '=', parameter('app'))
    .where('message.conv_id', '=', parameter('conv'))
    .where('message.seq', '>', parameter('cleared'))
    .where(sql<boolean>`(flags & (${hiddenBit})) = 0`)
    .where(eb =>
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
    )
}

/** What the owner sees before a place, newest first. */
export function olderMessages(
  db: Kysely<Schema>,
  pair: OwnPair,
  before: Place,
  query: RoamQuery,
): Promise<MessageRow[]> {
  const { older, olderOfFew } = queries(db)
  return (isFew(pair) ? olderOfFew : older).all(values(pair, before, query))
}

/** What the owner sees after a place, oldest first. */
export function newerMessages(
  db: Kysely<Schema>,
  pair: OwnPair,
  after: Place,
  query: RoamQuery,
): Promise<MessageRow[]> {
  const { newer, newerOfFew } = queries(db)
  return (isFew(pair) ? newerOfFew : newer).all(values(pair, after, query))
}

function isFew(pair: OwnPair): boolean {
  return pair.clearedSeq > 0 && pair.headSeq - pair.clearedSeq <= FEW
}

function values(pair: OwnPair, place: Place, query: RoamQuery): PageValues {
  return {
    app: pair.app,
    conv: pair.conv,
    owner: pair.owner,
    cleared: pair.clearedSeq,
    floor: query.floor,
    time: place.time,
    seq: place.seq,
    limit: query.limit,
  }
}
