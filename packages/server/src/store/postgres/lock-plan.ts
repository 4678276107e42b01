import { LOCK_ORDER, type Lock } from '../locks.ts'
import { LaneLostError } from './append-batch.ts'
import type { PgConnection } from './connection.ts'
import { NOW_MS } from './lane-claims.ts'
import type { PgSession } from './session.ts'

type LockOf<K extends Lock['on']> = Extract<Lock, { readonly on: K }>

/** A name or a pair was given to another row between the look-up and the lock: the transaction starts anew. */
export class LocksMoved extends Error {
  override readonly name = 'LocksMoved'
  /** As a serialisation failure. */
  readonly code = '40001'
}

/** What a transaction knows once it holds its locks. */
export interface Locked {
  /** The lane's number that it took. */
  readonly no: number
  /** The database's clock in Unix milliseconds, read after the last lock. */
  readonly nowMs: number
}

/** In the order in which everybody takes them, as far as it does not depend on rows. */
export function sortedLocks(locks: readonly Lock[]): Lock[] {
  return [...locks].sort((a, b) => LOCK_ORDER.indexOf(a.on) - LOCK_ORDER.indexOf(b.on))
}

/** A number for the lock by which mutations of the same thing meet in one lane. */
export function laneHash(locks: readonly Lock[], name: string): number {
  // Not what every login of an app shares: they would all meet in one lane.
  const first = sortedLocks(locks).find(lock => !(lock.on === 'app' && lock.shared))
  const text = first ? JSON.stringify(Object.entries(first).sort(([a], [b]) => (a < b ? -1 : 1))) : name
  return Bun.hash.crc32(text)
}

/**
 * Begins a transaction, takes the lane's next number and the locks, in one or two round trips. The lane's row comes first:
 * it is held until the commit, so whoever holds all of them (a change of an app) runs alone.
 */
export async function beginLocked(
  session: PgConnection,
  lane: { readonly no: number; readonly nodeId: string },
  locks: readonly Lock[],
): Promise<Locked> {
  const sent: Promise<unknown>[] = [session.run('begin')]
  if (only(locks, 'installation').length > 0)
    sent.push(session.run(`select name from meta where name = 'store_epoch' for update`))
  if (locks.some(runsAlone)) sent.push(session.run('select lane from lane order by lane for update'))
  const taking = session.run<{ no: number }>(
    'update lane set no = no + 1 where lane = $1 and node_id = $2 returning no',
    [lane.no, lane.nodeId],
  )
  const naming = lookUpNames(session, only(locks, 'name'))
  const pairing = lookUpPairs(session, only(locks, 'pair'))
  const [names, pairs, [taken]] = await allOf([naming, pairing, taking] as const, sent)
  if (!taken) throw new LaneLostError(lane.no, lane.nodeId)

  const clock = lockRows(session, locks, names, pairs)
  const [{ now_ms } = { now_ms: 0 }] = await clock
  return { no: taken.no, nowMs: now_ms }
}

/**
 * A change of an app runs alone, and so whoever shares the app need not lock its row: PostgreSQL lets those who share a row
 * pass those who wait to have it alone, and logins never pause.
 */
export function runsAlone(lock: Lock): boolean {
  return lock.on === 'app' && !lock.shared
}

async function lockRows(
  session: PgSession,
  locks: readonly Lock[],
  names: readonly NameRow[],
  pairs: readonly PairRow[],
): Promise<readonly { now_ms: number }[]> {
  const sent: Promise<unknown>[] = []
  const missing = names.filter(name => name.account_id === null)
  const counted = [...missing.map(name => name.app_id), ...only(locks, 'count').map(lock => lock.app)]
  for (const app of [...new Set(counted)].sort((a, b) => a - b))
    sent.push(session.run('select app_id from app where app_id = $1 for update', [app]))

  const found = names.filter(name => name.account_id !== null)
  const accounts = unique([
    ...found.map(name => [name.app_id, name.account_id ?? 0] as const),
    ...only(locks, 'account').map(lock => [lock.app, lock.account] as const),
  ])
  const locking =
    accounts.length > 0 ? session.run<AccountRow>(LOCK_ACCOUNTS, columns(accounts)) : noRows<AccountRow>()
  const groups = unique(only(locks, 'group').map(lock => [lock.app, lock.group] as const))
  if (groups.length > 0) {
    sent.push(session.run(LOCK_GROUPS, columns(groups)))
    // Messages are judged and numbered under it: what changes rights or rows of members takes turns with them.
    sent.push(session.run(LOCK_GROUP_CONVERSATIONS, columns(groups)))
  }
  const conversations = unique([
    ...pairs.map(pair => [pair.app_id, pair.conv_id] as const),
    ...only(locks, 'conversation').map(lock => [lock.app, lock.conv] as const),
  ])
  if (conversations.length > 0) sent.push(session.run(LOCK_CONVERSATIONS, columns(conversations)))
  // Names that were free when looked up must still be so, now that nobody else may take one in this app.
  const again = missing.length > 0 ? lookUpNames(session, missing.map(nameOf)) : noRows<NameRow>()
  const clock = session.run<{ now_ms: number }>(`select ${NOW_MS} as now_ms`)
  const [rows, appeared, now] = await allOf([locking, again, clock] as const, sent)

  const living = new Set(rows.filter(row => row.deleted === 0).map(row => `${row.account_id}:${row.user_id}`))
  if (found.some(name => !living.has(`${name.account_id}:${name.user_id}`)))
    throw new LocksMoved('An account was deleted or renamed meanwhile.')
  if (appeared.some(name => name.account_id !== null))
    throw new LocksMoved('An account of a free name was made meanwhile.')
  return now
}

const LOCK_ACCOUNTS = `select account_id, user_id, deleted from account
  where (app_id, account_id) in (select * from unnest($1::bigint[], $2::bigint[]))
  order by app_id, account_id for update`
const LOCK_GROUPS = `select group_no from chat_group
  where (app_id, group_no) in (select * from unnest($1::bigint[], $2::bigint[]))
  order by app_id, group_no for update`
/** Of the groups and of their topics, which a community's rights and members rule too. A statement of its own: it sees the topics that there are under the lock. */
const LOCK_GROUP_CONVERSATIONS = `select conv_id from conversation
  where (app_id, conv_id) in (
    select c.app_id, c.conv_id from unnest($1::bigint[], $2::bigint[]) as g (app_id, group_no)
      join chat_group c on c.app_id = g.app_id and c.group_no = g.group_no
    union all
    select c.app_id, c.conv_id from unnest($1::bigint[], $2::bigint[]) as g (app_id, group_no)
      join chat_group c on c.app_id = g.app_id and c.community_no = g.group_no
      where c.community_no > 0 and c.dismissed = 0)
  order by app_id, conv_id for update`
const LOCK_CONVERSATIONS = `select conv_id from conversation
  where (app_id, conv_id) in (select * from unnest($1::bigint[], $2::bigint[]))
  order by app_id, conv_id for update`

interface NameRow {
  readonly app_id: number
  readonly user_id: string
  readonly account_id: number | null
}

interface PairRow {
  readonly app_id: number
  readonly conv_id: number
}

interface AccountRow {
  readonly account_id: number
  readonly user_id: string
  readonly deleted: number
}

function lookUpNames(
  session: PgSession,
  names: readonly { readonly app: number; readonly userId: string }[],
): Promise<NameRow[]> {
  if (names.length === 0) return noRows<NameRow>()
  return session.run<NameRow>(
    `select wanted.app_id, wanted.user_id, account.account_id
     from unnest($1::bigint[], $2::text[]) as wanted (app_id, user_id)
     left join account on account.app_id = wanted.app_id and account.user_id = wanted.user_id and account.deleted = 0`,
    [names.map(name => name.app), names.map(name => name.userId)],
  )
}

function lookUpPairs(session: PgSession, pairs: readonly LockOf<'pair'>[]): Promise<PairRow[]> {
  if (pairs.length === 0) return noRows<PairRow>()
  return session.run<PairRow>(
    `select app_id, conv_id from conversation
     where (app_id, lo_id, hi_id) in (select * from unnest($1::bigint[], $2::bigint[], $3::bigint[]))`,
    [
      pairs.map(pair => pair.app),
      pairs.map(pair => Math.min(pair.a, pair.b)),
      pairs.map(pair => Math.max(pair.a, pair.b)),
    ],
  )
}

function nameOf(row: NameRow): { readonly app: number; readonly userId: string } {
  return { app: row.app_id, userId: row.user_id }
}

function only<K extends Lock['on']>(locks: readonly Lock[], on: K): LockOf<K>[] {
  return locks.filter((lock): lock is LockOf<K> => lock.on === on)
}

function unique(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return [...new Map(pairs.map(pair => [pair.join(':'), pair])).values()]
}

function columns(pairs: readonly (readonly [number, number])[]): unknown[] {
  return [pairs.map(([app]) => app), pairs.map(([, id]) => id)]
}

function noRows<R>(): Promise<R[]> {
  return Promise.resolve([])
}

/** The answers of statements that were sent together, once all of them are there: a later one must not go unheard. */
export async function allOf<T extends readonly unknown[]>(
  wanted: { readonly [K in keyof T]: Promise<T[K]> },
  others: readonly Promise<unknown>[] = [],
): Promise<T> {
  const settled: PromiseSettledResult<unknown>[] = await Promise.allSettled([...others, ...wanted])
  const failed = settled.find(result => result.status === 'rejected')
  if (failed) throw failed.reason
  return settled
    .slice(others.length)
    .map(result => (result.status === 'fulfilled' ? result.value : undefined)) as unknown as T
}
