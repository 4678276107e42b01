import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@rookery/server/store/sqlite/open-database'
import { TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { TEXT } from './pair.ts'

const BODY = JSON.stringify([{ MsgType: 'TIMTextElem', MsgContent: { Text: TEXT } }])
/** As an SDK's send has it: 22 letters. */
const CLIENT_HASH = 'q1J0yJ3mUe7n8tqvRr2m4A'
/** Unix seconds of message 0 of every conversation; message n is n seconds later. */
const FIRST_TIME = 1_760_000_000
const SECONDS_A_DAY = 86_400
/** Rows of one statement. */
const CHUNK = 500_000

export interface SeedConversations {
  /** UserIDs of both sides; the first is the older account. Conversation n of the list has the number n + 1. */
  readonly pairs: readonly (readonly [string, string])[]
  /** Messages of each, by turns from both sides. */
  readonly each: number
}

/** Unix seconds of a seeded message. */
export function timeOf(seq: number): number {
  return FIRST_TIME + seq
}

/**
 * Writes conversations with their messages as rows, in the order in which they would have come: all conversations' first
 * messages, then all second ones. Half a million rows a second or so, where sends would take hours.
 */
export function seedConversations(seed: TestServer, { pairs, each }: SeedConversations): void {
  const database = openDatabase(seed.folder, 'write')
  try {
    database.run('pragma journal_mode = off')
    database.run('pragma synchronous = off')
    database.run('pragma cache_size = -1000000')
    database.run('begin')
    const accounts = new Map(
      database
        .query<{ user_id: string; account_id: number }, [number]>(
          'select user_id, account_id from account where app_id = ?',
        )
        .all(TEST_APP)
        .map(row => [row.user_id, row.account_id]),
    )
    const numberOf = (name: string) => {
      const number = accounts.get(name)
      if (number === undefined) throw new Error(`The account ${name} was not seeded.`)
      return number
    }
    const conversation = database.prepare(
      `insert into conversation (app_id, conv_id, lo_id, hi_id, head_seq, count_no, sent_lo, sent_hi, last_time, list_seq, list_time,
       top_seq, top_time) values (?1, ?2, ?3, ?4, ?5, ?5, (?5 + 1) / 2, ?5 / 2, ?6, ?5, ?6, ?5, ?6)`,
    )
    const own = database.prepare(
      'insert into user_conversation (app_id, account_id, conv_id, peer_id, active_day) values (?, ?, ?, ?, ?)',
    )
    const day = Math.floor(timeOf(each) / SECONDS_A_DAY)
    for (const [index, [a, b]] of pairs.entries()) {
      const [lo, hi] = [numberOf(a), numberOf(b)].sort((x, y) => x - y) as [number, number]
      conversation.run(TEST_APP, index + 1, lo, hi, each, timeOf(each))
      own.run(TEST_APP, lo, index + 1, hi, day)
      own.run(TEST_APP, hi, index + 1, lo, day)
    }
    const messages = database.prepare(
      `with recursive n (seq) as (select ?1 union all select seq + 1 from n where seq < ?2)
       insert into message (app_id, conv_id, seq, sender_id, msg_seq, random, time, client_time, flags, count_no, own_no, body, custom,
       client_hash)
       select app_id, conv_id, n.seq, case n.seq % 2 when 1 then lo_id else hi_id end, 1000000000 + n.seq, 1000000000 + n.seq, ?3 + n.seq,
       ?3 + n.seq, 0, n.seq, (n.seq + 1) / 2, ?4, '', ?5 from n cross join conversation`,
    )
    const step = Math.max(1, Math.floor(CHUNK / pairs.length))
    for (let from = 1; from <= each; from += step)
      messages.run(from, Math.min(each, from + step - 1), FIRST_TIME, BODY, CLIENT_HASH)
    database.run(
      `insert into counter (name, value) values ('conversation', ?1) on conflict (name) do update set value = ?1`,
      [pairs.length],
    )
    database.run('commit')
    database.run('pragma journal_mode = wal')
  } finally {
    database.close()
  }
}

const KEPT = 'rookery-bench-'

/** The name of a kept folder: it changes with the tables; folders of earlier tables are removed. */
export function keptName(content: string): string {
  const folder = new URL('../packages/server/src/store/migrations/', import.meta.url)
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(new URL(file, folder)))
  const version = hash.digest('hex').slice(0, 8)
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(`${KEPT}${content}-`) && !name.endsWith(version))
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
  return `${content}-${version}`
}
