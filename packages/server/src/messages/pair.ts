import { type Kysely, sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'

/** The conversation of two accounts, where equal numbers are a chat with oneself, or of a group: 0 and its number. */
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
  /** Messages up to this number are not (any more) in the owner's view. */
  readonly clearedSeq: number
  /** Of a group: the head when the owner's latest membership began. */
  readonly joinSeq?: number
}

/** Of two accounts, with what tells how its history is read. */
export interface HistoryPair extends OwnPair {
  /** It has messages that came late (`message.late_after`). */
  readonly hasLate: boolean
  /** The owner deleted messages of it. */
  readonly hides: boolean
}

interface PairRow {
  app_id: number
  conv_id: number
  lo_id: number
  hi_id: number
  head_seq: number
  change_no: number
}

interface GroupViewRow extends PairRow {
  cleared_seq: number
  from_seq: number
  to_seq: number
  to_change: number
  clear_seq: number
  join_seq: number
}

interface HistoryRow extends PairRow {
  cleared_seq: number | null
  has_late: number
  hides: number
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
  history: new PreparedQuery<{ app: number; lo: number; hi: number; owner: number }, HistoryRow>(
    db,
    (db, parameter) =>
      db
        .selectFrom('conversation')
        .leftJoin('user_conversation as own', join =>
          join
            .onRef('own.app_id', '=', 'conversation.app_id')
            .on('own.account_id', '=', parameter('owner'))
            .onRef('own.conv_id', '=', 'conversation.conv_id'),
        )
        .select(COLUMNS)
        .select('own.cleared_seq')
        .select([
          sql<number>`case when exists (select 1 from message where message.app_id = conversation.app_id
            and message.conv_id = conversation.conv_id and message.late_after > 0) then 1 else 0 end`.as(
            'has_late',
          ),
          sql<number>`case when exists (select 1 from message_hidden as hidden where hidden.app_id = own.app_id
            and hidden.account_id = own.account_id and hidden.conv_id = own.conv_id) then 1 else 0 end`.as(
            'hides',
          ),
        ])
        .where('conversation.app_id', '=', parameter('app'))
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
  group: new PreparedQuery<{ app: number; owner: number; conv: number }, GroupViewRow>(db, (db, parameter) =>
    db
      .selectFrom('user_conversation as uc')
      .innerJoin('conversation', join =>
        join.onRef('conversation.app_id', '=', 'uc.app_id').onRef('conversation.conv_id', '=', 'uc.conv_id'),
      )
      .select(COLUMNS)
      .select(['uc.cleared_seq', 'uc.from_seq', 'uc.to_seq', 'uc.to_change', 'conversation.clear_seq'])
      .select('uc.join_seq')
      .where('uc.app_id', '=', parameter('app'))
      .where('uc.account_id', '=', parameter('owner'))
      .where('uc.conv_id', '=', parameter('conv')),
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
  if (row?.lo_id === 0) return ownGroup(db, app, owner, conv)
  return row && (row.lo_id === owner || row.hi_id === owner) ? asOwned(db, fromRow(row), owner) : undefined
}

/**
 * A group's conversation as a person sees it who is or was a member: the range of its membership, whose end hides the later
 * numbers too. Undefined for anybody else.
 */
export async function ownGroup(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  conv: number,
): Promise<OwnPair | undefined> {
  const row = await queries(db).group.first({ app, owner, conv })
  if (!row) return undefined
  const left = row.to_seq >= 0
  return {
    ...fromRow(row),
    headSeq: left ? row.to_seq : row.head_seq,
    changeNo: left ? row.to_change : row.change_no,
    owner,
    clearedSeq: Math.max(row.cleared_seq, row.from_seq, row.clear_seq),
    joinSeq: row.join_seq,
  }
}

export async function ownPairWith(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  peer: number,
): Promise<HistoryPair | undefined> {
  const lo = Math.min(owner, peer)
  const row = await queries(db).history.first({ app, lo, hi: Math.max(owner, peer), owner })
  if (!row) return undefined
  return {
    ...fromRow(row),
    owner,
    clearedSeq: row.cleared_seq ?? 0,
    hasLate: row.has_late !== 0,
    hides: row.hides !== 0,
  }
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
