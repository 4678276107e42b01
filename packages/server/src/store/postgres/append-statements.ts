/**
 * Statements are prepared once, perhaps while the tables are nearly empty, and that plan may serve for a minute while they fill.
 * So each is written, with lateral and scalar subqueries, in the one form that looks up key by key, and this keeps the planner from others.
 */
export const APPEND_SESSION = `
  select set_config('plan_cache_mode', 'force_generic_plan', false), set_config('enable_seqscan', 'off', false),
  set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false),
  set_config('enable_bitmapscan', 'off', false), set_config('jit', 'off', false)`

const LOCKED = `
  select c.* from unnest($1::bigint[], $2::bigint[]) as wanted(app_id, conv_id)
  cross join lateral (
    select conv_id, head_seq, count_no, sent_lo, sent_hi, last_time, list_seq, list_time, top_seq, top_time
    from conversation where app_id = wanted.app_id and conv_id = wanted.conv_id for update`

/** The columns of {@link LOCK}'s row, of all locked conversations: one row of arrays costs a third of many rows. */
const LOCKED_COLUMNS = [
  'conv_id',
  'head_seq',
  'count_no',
  'sent_lo',
  'sent_hi',
  'last_time',
  'list_seq',
  'list_time',
  'top_seq',
  'top_time',
] as const

const lock = (locked: string) =>
  `select ${LOCKED_COLUMNS.map(column => `array_agg(${column})::text as ${column}`).join(', ')} from (${locked}) c) locked`

/** Parameters: app and number of each conversation, ascending. Waits for them in their order, or skips what others hold. */
export const LOCK = { wait: lock(LOCKED), skip: lock(`${LOCKED} skip locked`) } as const

/** Array literals; null when nothing was locked. */
export type LockedRow = Readonly<Record<(typeof LOCKED_COLUMNS)[number], string | null>>

/** As it was stored. */
export interface KnownMessage {
  readonly seq: number
  readonly time: number
  readonly msg_seq: number
  readonly count_no: number
  readonly flags: number
}

/** The message that has the client key of place `n` (from 1). */
export interface KnownClientKey extends KnownMessage {
  readonly n: number
  readonly hash: string
}

/** A REST key of place `n` that is taken; its message may be gone. */
export type KnownRestKey = { readonly n: number; readonly key_seq: number; readonly key_time: number } & (
  | KnownMessage
  | { readonly seq: null }
)

/** One row, or none when the lane belongs to another node; lists are JSON text, null when empty. */
export interface LookUpRow {
  /** The lane's latest number. */
  readonly no: number
  readonly now_ms: number
  /** Places (from 1) of accounts that are not there any more. */
  readonly gone: string | null
  readonly client_keys: string | null
  readonly rest_keys?: string | null
}

const GONE = `(select json_agg(wanted.n)
    from unnest($3::bigint[], $4::bigint[]) with ordinality as wanted(app_id, account_id, n)
    where (select deleted from account where app_id = wanted.app_id and account_id = wanted.account_id)
      is distinct from 0)::text as gone`

/**
 * The first key at or above the wanted one, and then whether it is that: only the index of client keys has this order. Of equal
 * columns the planner takes the primary key when most conversations are short, and reads all of a long one for each message; and
 * PostgreSQL 15 ends a scan below an upper bound of several columns by the first of them only.
 */
const CLIENT_KEYS = `(select json_agg(json_build_object('n', wanted.n, 'seq', m.seq, 'time', m.time, 'msg_seq', m.msg_seq,
      'count_no', m.count_no, 'flags', m.flags, 'hash', m.client_hash))
    from unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
      with ordinality as wanted(app_id, client_time, conv_id, sender_id, random, n)
    cross join lateral (
      select client_time, conv_id, sender_id, random, seq, time, msg_seq, count_no, flags, client_hash from message
      where app_id = wanted.app_id and client_hash <> '' and (client_time, conv_id, sender_id, random)
        >= (wanted.client_time, wanted.conv_id, wanted.sender_id, wanted.random)
      order by client_time, conv_id, sender_id, random limit 1) m
    where m.client_time = wanted.client_time and m.conv_id = wanted.conv_id and m.sender_id = wanted.sender_id
      and m.random = wanted.random)::text as client_keys`

const REST_KEYS = `(select json_agg(json_build_object('n', wanted.n, 'seq', m.seq, 'time', m.time, 'msg_seq', m.msg_seq,
      'count_no', m.count_no, 'flags', m.flags, 'key_seq', k.seq, 'key_time', k.time))
    from unnest($10::bigint[], $11::bigint[], $12::int[], $13::bigint[], $14::bigint[], $15::bigint[], $16::text[])
      with ordinality as wanted(app_id, conv_id, kind, sender_id, msg_seq, random, hash, n)
    cross join lateral (select seq, time from rest_key where app_id = wanted.app_id and conv_id = wanted.conv_id
      and kind = wanted.kind and sender_id = wanted.sender_id and msg_seq = wanted.msg_seq and random = wanted.random
      and hash = wanted.hash offset 0) k
    left join lateral (select seq, time, msg_seq, count_no, flags from message where app_id = wanted.app_id
      and conv_id = wanted.conv_id and seq = k.seq offset 0) m on true)::text as rest_keys`

const lookUp = (lists: readonly string[]) => `
  select lane.no, (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms, ${lists.join(', ')}
  from lane where lane = $1 and node_id = $2`

/** Everything that decides whether a message is new, after the lock: $1 lane, $2 node, then accounts and keys. */
export const LOOK_UP = {
  plain: lookUp([GONE, CLIENT_KEYS]),
  rest: lookUp([GONE, CLIENT_KEYS, REST_KEYS]),
} as const

const MESSAGES = `new_messages as (
    insert into message (app_id, conv_id, seq, sender_id, msg_seq, random, time, client_time, flags, count_no, own_no,
      body, custom, push_info, client_hash, late_after)
    select * from unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
      $11::bigint[], $12::bigint[], $13::int[], $14::bigint[], $15::bigint[], $16::text[], $17::text[], $18::text[],
      $19::text[], $20::bigint[]))`

/** Equality of keys in a form that can only be looked up in an index, row by row. */
const sameKey = (table: string, wanted: string, key: readonly string[]) =>
  key.map(column => `${table}.${column} = any(array[${wanted}.${column}])`).join(' and ')

const HEADS = `heads as (
    update conversation c set head_seq = head.head_seq, count_no = head.count_no, sent_lo = head.sent_lo,
      sent_hi = head.sent_hi, last_time = head.last_time, list_seq = head.list_seq, list_time = head.list_time,
      top_seq = head.top_seq, top_time = head.top_time
    from unnest($21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[],
      $27::bigint[], $28::bigint[], $29::bigint[], $30::bigint[], $31::bigint[])
      as head(app_id, conv_id, head_seq, count_no, sent_lo, sent_hi, last_time, list_seq, list_time, top_seq, top_time)
    where ${sameKey('c', 'head', ['app_id', 'conv_id'])})`

/**
 * Mutations hold rows of sides for a while, and several at once: a row that is held is skipped, so that the batch neither
 * waits nor deadlocks, and counted as stale.
 */
const SIDES = (day: string, columns: readonly string[]) => `sides as materialized (
    select * from unnest(${columns.map(column => `${column}::bigint[]`).join(', ')})
      as side(app_id, account_id, conv_id, peer_id)),
  new_sides as (
    insert into user_conversation (app_id, account_id, conv_id, peer_id, active_day)
    select app_id, account_id, conv_id, peer_id, ${day}::int from sides on conflict do nothing),
  due as materialized (
    select uc.* from sides side cross join lateral (
      select app_id, account_id, conv_id from user_conversation where app_id = side.app_id
      and account_id = side.account_id and conv_id = side.conv_id and active_day <> ${day}::int
      for update skip locked) uc),
  moved as (
    update user_conversation uc set active_day = ${day}::int from due
    where ${sameKey('uc', 'due', ['app_id', 'account_id', 'conv_id'])} returning 1)`

const STALE = (day: string) => `(select count(*) from sides side where (
    select active_day from user_conversation where app_id = side.app_id and account_id = side.account_id
    and conv_id = side.conv_id) <> ${day}::int) - (select count(*) from moved)`

const REST = (columns: readonly string[]) => `rest_keys as (
    insert into rest_key (app_id, conv_id, kind, sender_id, msg_seq, random, hash, seq, time)
    select * from unnest(${columns.map((column, n) => `${column}::${REST_TYPES[n]}[]`).join(', ')})
    on conflict (app_id, conv_id, kind, sender_id, msg_seq, random, hash)
    do update set seq = excluded.seq, time = excluded.time)`

const REST_TYPES = ['bigint', 'bigint', 'int', 'bigint', 'bigint', 'bigint', 'text', 'bigint', 'bigint']

/** The row of {@link WRITE}. */
export interface WrittenRow {
  /** The lane's number that this transaction took. */
  readonly no: number
  /** Sides whose day could not be moved because another transaction held them. */
  readonly stale: number
}

function writeStatement(withSides: boolean, withRestKeys: boolean): string {
  const place = (from: number, count: number) => Array.from({ length: count }, (_, n) => `$${from + n}`)
  const parts = [
    `taken as (update lane set no = no + 1 where lane = $1 and node_id = $2 returning no)`,
    MESSAGES,
    HEADS,
    ...(withSides ? [SIDES('$32', place(33, 4))] : []),
    ...(withRestKeys ? [REST(place(withSides ? 37 : 32, 9))] : []),
  ]
  return `
  with ${parts.join(',\n  ')}
  insert into commit_log (lane, no, time_ms, changes) values ($1, (select no from taken), $3, $4)
  returning no, ${withSides ? STALE('$32') : '0'} as stale`
}

/**
 * Writes all of a batch and takes the lane's next number: $1 lane, $2 node, $3 Unix milliseconds, $4 the log's text, then the
 * columns of messages, heads, and where asked for of sides ($32 day, $33…) and REST keys. A lane that another node has makes
 * `no` null, which the log refuses: so a commit that is sent along can't keep what was written.
 */
export const WRITE = {
  plain: writeStatement(false, false),
  rest: writeStatement(false, true),
  sides: writeStatement(true, false),
  sidesAndRest: writeStatement(true, true),
} as const
