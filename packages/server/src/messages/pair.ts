import type { Kysely } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'

/** The conversation of two accounts; equal numbers are a chat with oneself. */
export interface Pair {
  readonly app: number
  readonly conv: number
  readonly lo: number
  readonly hi: number
  readonly headSeq: number
  readonly changeNo: number
}

/** A conversation as one of its two accounts sees it. */
export interface OwnPair extends Pair {
  readonly owner: number
  /** Messages up to this number are cleared from the owner's view. */
  readonly clearedSeq: number
}

interface PairRow {
  app_id: number
  conv_id: number
  lo_id: number
  hi_id: number
  head_seq: number
  change_no: number
}

const COLUMNS = [
  'conversation.app_id',
  'conversation.conv_id',
  'lo_id',
  'hi_id',
  'head_seq',
  'change_no',
] as const

const queries = perDatabase(db => ({
  ofAccounts: new PreparedQuery<{ app: number; lo: number; hi: number }, PairRow>(db, (db, parameter) =>
    db
      .selectFrom('conversation')
      .select(COLUMNS)
      .where('app_id', '=', parameter('app'))
      .where('lo_id', '=', parameter('lo'))
      .where('hi_id', '=', parameter('hi')),
  ),
  byNumber: new PreparedQuery<{ app: number; conv: number }, PairRow>(db, (db, parameter) =>
    db
      .selectFrom('conversation')
      .select(COLUMNS)
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv')),
  ),
  cleared: new PreparedQuery<{ app: number; owner: number; conv: number }, { cleared_seq: number }>(
    db,
    (db, parameter) =>
      db
        .selectFrom('user_conversation')
        .select('cleared_seq')
        .where('app_id', '=', parameter('app'))
        .where('account_id', '=', parameter('owner'))
        .where('conv_id', '=', parameter('conv')),
  ),
}))

/** Undefined when the two never talked. In a mutation this read comes first: on PostgreSQL it takes the lock. */
export async function pairOf(
  db: Kysely<Schema>,
  app: number,
  a: number,
  b: number,
): Promise<Pair | undefined> {
  const row = await queries(db).ofAccounts.first({ app, lo: Math.min(a, b), hi: Math.max(a, b) })
  return row && fromRow(row)
}

/** The conversation of that number; undefined when there is none or it belongs to others. */
export async function ownPair(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  conv: number,
): Promise<OwnPair | undefined> {
  const row = await queries(db).byNumber.first({ app, conv })
  return row && (row.lo_id === owner || row.hi_id === owner) ? asOwned(db, fromRow(row), owner) : undefined
}

export async function ownPairWith(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  peer: number,
): Promise<OwnPair | undefined> {
  const pair = await pairOf(db, app, owner, peer)
  return pair && asOwned(db, pair, owner)
}

export function otherSide(pair: Pick<Pair, 'lo' | 'hi'>, account: number): number {
  return account === pair.lo ? pair.hi : pair.lo
}

async function asOwned(db: Kysely<Schema>, pair: Pair, owner: number): Promise<OwnPair> {
  const own = await queries(db).cleared.first({ app: pair.app, owner, conv: pair.conv })
  return { ...pair, owner, clearedSeq: own?.cleared_seq ?? 0 }
}

function fromRow(row: PairRow): Pair {
  return {
    app: row.app_id,
    conv: row.conv_id,
    lo: row.lo_id,
    hi: row.hi_id,
    headSeq: row.head_seq,
    changeNo: row.change_no,
  }
}
