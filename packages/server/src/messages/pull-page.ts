import { type Kysely, sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.ts'
import type { OwnPair } from './pair.ts'
import { isMeantFor } from './stored-message.ts'

interface ListedRow extends MessageRow {
  /** Set when the owner deleted it. */
  readonly hidden: number | null
}

interface PullValues {
  app: number
  conv: number
  owner: number
  after: number
  upTo: number
  limit: number
}

export interface PullQuery {
  readonly limit: number
  /** Unix seconds of the oldest message that history shows. */
  readonly floor: number
}

/** Rows in the order of their number, and the number up to which they cover everything. */
export interface Pulled {
  readonly shown: readonly MessageRow[]
  readonly cover: number
}

// The owner's view is cut out afterwards: so a page reads a bounded number of rows, whatever it shows.
const queries = perDatabase(db => ({
  following: new PreparedQuery<PullValues, ListedRow>(db, (db, parameter) =>
    listed(db, parameter)
      .where('message.seq', '>', parameter('after'))
      .where('message.seq', '<=', parameter('upTo'))
      .orderBy('message.seq')
      .limit(parameter('limit')),
  ),
  changed: new PreparedQuery<PullValues, ListedRow>(db, (db, parameter) =>
    listed(db, parameter)
      // In so many words, so that the partial index of changed rows applies.
      .where(sql<boolean>`message.change_no > 0`)
      .where('message.change_no', '>', parameter('after'))
      .where('message.change_no', '<=', parameter('upTo'))
      .orderBy('message.change_no')
      .limit(parameter('limit')),
  ),
}))

function listed(db: Kysely<Schema>, parameter: <K extends keyof PullValues>(name: K) => PullValues[K]) {
  return db
    .selectFrom('message')
    .leftJoin('message_hidden as hidden', join =>
      join
        .onRef('hidden.app_id', '=', 'message.app_id')
        .on('hidden.account_id', '=', parameter('owner'))
        .onRef('hidden.conv_id', '=', 'message.conv_id')
        .onRef('hidden.seq', '=', 'message.seq'),
    )
    .select(MESSAGE_COLUMNS)
    .select('hidden.seq as hidden')
    .where('message.app_id', '=', parameter('app'))
    .where('message.conv_id', '=', parameter('conv'))
}

/** The messages above a number. */
export async function followingMessages(
  db: Kysely<Schema>,
  pair: OwnPair,
  afterSeq: number,
  query: PullQuery,
): Promise<Pulled> {
  const rows = await queries(db).following.all({
    ...addressOf(pair, query),
    after: Math.max(afterSeq, pair.clearedSeq),
    upTo: pair.headSeq,
  })
  const last = rows.length === query.limit ? rows.at(-1)?.seq : undefined
  return { shown: rows.filter(row => isShown(row, pair, query)), cover: last ?? pair.headSeq }
}

/** The messages up to `AfterSeq` that changed; later ones come in their present state anyway. */
export async function changedMessages(
  db: Kysely<Schema>,
  pair: OwnPair,
  after: { readonly AfterSeq: number; readonly AfterChangeNo: number },
  query: PullQuery,
): Promise<Pulled> {
  if (after.AfterChangeNo >= pair.changeNo) return { shown: [], cover: pair.changeNo }
  const rows = await queries(db).changed.all({
    ...addressOf(pair, query),
    after: after.AfterChangeNo,
    upTo: pair.changeNo,
  })
  const last = rows.length === query.limit ? rows.at(-1)?.change_no : undefined
  return {
    shown: rows.filter(row => row.seq <= after.AfterSeq && isShown(row, pair, query)),
    cover: last ?? pair.changeNo,
  }
}

function addressOf(pair: OwnPair, query: PullQuery) {
  return { app: pair.app, conv: pair.conv, owner: pair.owner, limit: query.limit }
}

function isShown(row: ListedRow, pair: OwnPair, query: PullQuery): boolean {
  return (
    row.hidden === null &&
    row.seq > pair.clearedSeq &&
    row.seq <= pair.headSeq &&
    row.time >= query.floor &&
    isMeantFor(row, pair.owner)
  )
}
