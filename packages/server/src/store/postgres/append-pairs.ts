import type { AppendItem } from '../append.ts'
import type { PgSession } from './session.ts'

/** The conversation of two accounts or of a group, as an append needs to know it before it locks. */
export interface Pair {
  /** Its name among all pairs. */
  readonly key: string
  readonly app: number
  /** The lower and the higher account number; of a group: 0 and its number. */
  readonly lo: number
  readonly hi: number
  /** Undefined until the conversation is made, which it can't be while one of the accounts is missing. */
  conv: number | undefined
  /** Latest Unix day for which both sides are known to have a row of that activity; -1 when not known. */
  activeDay: number
  /** Of a group: the one whose members are told. */
  readonly audience?: number
}

/** 50,000 pairs at about 200 bytes; the oldest goes first. */
const CAPACITY = 50_000

/**
 * What never changes about conversations: which one belongs to a pair, and that its sides have rows. It belongs to one
 * connection: behind a broken one may be another database that lost what was committed without waiting for the disk.
 */
export class PairCache {
  readonly #pairs = new Map<string, Pair>()

  of(item: AppendItem): Pair {
    const { app, sender, receiver, group } = item
    const lo = group ? 0 : Math.min(sender, receiver)
    const hi = group ? group.no : Math.max(sender, receiver)
    const key = pairKey(item)
    const known = this.#pairs.get(key)
    if (known) return known
    if (this.#pairs.size >= CAPACITY) {
      const oldest = this.#pairs.keys().next().value
      if (oldest !== undefined) this.#pairs.delete(oldest)
    }
    const pair: Pair = {
      key,
      app,
      lo,
      hi,
      conv: group?.conv,
      activeDay: -1,
      ...(group && { audience: group.audience }),
    }
    this.#pairs.set(key, pair)
    return pair
  }

  forget(pair: Pair): void {
    this.#pairs.delete(pair.key)
  }
}

/** The name of an item's conversation. */
export function pairKey({ app, sender, receiver, group }: AppendItem): string {
  return group ? `${app}:0:${group.no}` : `${app}:${Math.min(sender, receiver)}:${Math.max(sender, receiver)}`
}

/**
 * Not waiting for the disk is safe here: whatever is committed with the conversation later takes its row along, as the log of
 * the database is flushed in order, and a lost row is lost with the connection and so with the {@link PairCache}.
 */
const MAKE = `
  with quick as materialized (select set_config('synchronous_commit', 'off', true)),
  missing as materialized (
    select pair.* from quick, unnest($1::bigint[], $2::bigint[], $3::bigint[]) as pair(app_id, lo_id, hi_id)
    where (select deleted from account where app_id = pair.app_id and account_id = pair.lo_id) = 0
      and (select deleted from account where app_id = pair.app_id and account_id = pair.hi_id) = 0
      and (select conv_id from conversation
        where app_id = pair.app_id and lo_id = pair.lo_id and hi_id = pair.hi_id) is null
    order by pair.app_id, pair.lo_id, pair.hi_id)
  insert into conversation (app_id, conv_id, lo_id, hi_id)
  select app_id, nextval('number_conversation'), lo_id, hi_id from missing
  on conflict do nothing`

/** A statement of its own: its snapshot sees what others made meanwhile. */
const FIND = `
  select (select conv_id from conversation where app_id = pair.app_id and lo_id = pair.lo_id and hi_id = pair.hi_id)
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) with ordinality as pair(app_id, lo_id, hi_id, n) order by n`

/** Makes the conversations of pairs of living accounts that have none, outside of any transaction, and fills in `conv`. */
export async function ensureConversations(session: PgSession, pairs: Iterable<Pair>): Promise<void> {
  const unknown = [...pairs].filter(pair => pair.conv === undefined)
  if (unknown.length === 0) return
  const parameters = [unknown.map(({ app }) => app), unknown.map(({ lo }) => lo), unknown.map(({ hi }) => hi)]
  const [made, found] = await Promise.allSettled([
    session.run(MAKE, parameters),
    session.run<{ conv_id: number | null }>(FIND, parameters),
  ])
  if (made.status === 'rejected') throw made.reason
  if (found.status === 'rejected') throw found.reason
  for (const [place, { conv_id }] of found.value.entries()) {
    const pair = unknown[place]
    if (pair && conv_id !== null) pair.conv = conv_id
  }
}
