import type { Database } from 'bun:sqlite'
import type { GroupAddress } from '../append.ts'
import type { Counters } from '../number-message.ts'
import { loadGroupCounters, loadSender, type StoredGroupCounters, writeGroupCounters } from './group-heads.ts'

/** What an append needs to know of one side of a pair. */
interface Side {
  exists: boolean
  activeDay: number
}

/** The counters of a conversation while batches change them; written back once a batch. */
export interface Head extends Counters {
  readonly app: number
  readonly conv: number
  readonly hi: number
  readonly loSide: Side
  readonly hiSide: Side
  readonly group?: StoredGroupCounters
  dirty: boolean
}

interface HeadRow {
  conv_id: number
  head_seq: number
  count_no: number
  sent_lo: number
  sent_hi: number
  last_time: number
  list_seq: number
  list_time: number
  top_seq: number
  top_time: number
}

/** A group has none: its members' rows do not move with its messages. */
const NO_SIDE: Side = { exists: true, activeDay: -1 }

export class AccountGone extends Error {
  readonly account: number

  constructor(account: number) {
    super('account is deleted')
    this.account = account
  }
}

/** 20,000 conversations at about 300 bytes; the hot ones of one node. The oldest entry goes first. */
const CAPACITY = 20_000

/**
 * The heads of conversations, cached in the only writer of the database. Mutations that may touch the same rows make the
 * writer forget the cache, so it never differs from the committed state.
 */
export class ConversationHeads {
  readonly #database: Database
  readonly #heads = new Map<string, Head>()
  readonly #dirty = new Set<Head>()

  constructor(database: Database) {
    this.#database = database
  }

  /** The head of a pair's conversation, made when the pair never talked. Throws {@link AccountGone}. */
  of(app: number, a: number, b: number): Head {
    const lo = Math.min(a, b)
    const hi = Math.max(a, b)
    const key = `${app}:${lo}:${hi}`
    const known = this.#heads.get(key)
    if (known) return known
    for (const account of lo === hi ? [lo] : [lo, hi]) {
      const row = this.#database
        .query<{ deleted: number }, [number, number]>(
          'select deleted from account where app_id = ? and account_id = ?',
        )
        .get(app, account)
      if (!row || row.deleted) throw new AccountGone(account)
    }
    const head = this.#load(app, lo, hi) ?? this.#create(app, lo, hi)
    this.#keep(key, head)
    return head
  }

  /** The head of a group's conversation; undefined when there is none (any more). Throws {@link AccountGone}. */
  ofGroup(app: number, group: GroupAddress, sender: number): Head | undefined {
    const key = `${app}:0:${group.no}`
    let head = this.#heads.get(key)
    if (!head) {
      head = this.#load(app, 0, group.no)
      if (!head) return undefined
      this.#keep(key, head)
    }
    if (head.group && !loadSender(this.#database, app, head.conv, head.group, sender))
      throw new AccountGone(sender)
    return head
  }

  #keep(key: string, head: Head): void {
    if (this.#heads.size >= CAPACITY) {
      const oldest = this.#heads.entries().next().value
      if (oldest && !oldest[1].dirty) this.#heads.delete(oldest[0])
    }
    this.#heads.set(key, head)
  }

  markDirty(head: Head): void {
    if (head.dirty) return
    head.dirty = true
    this.#dirty.add(head)
  }

  /** Makes sure that both sides have a row, and that its coarse order is today's. */
  touchSides(head: Head, day: number): void {
    if (head.loSide.activeDay !== day) this.#touch(head, head.lo, head.hi, head.loSide, day)
    if (head.lo !== head.hi && head.hiSide.activeDay !== day)
      this.#touch(head, head.hi, head.lo, head.hiSide, day)
  }

  /** Writes the changed counters; call before a mutation reads them and before the commit. */
  flush(): void {
    for (const head of this.#dirty) {
      this.#database
        .query(
          `update conversation set head_seq = ?, count_no = ?, sent_lo = ?, sent_hi = ?, last_time = ?, list_seq = ?,
           list_time = ?, top_seq = ?, top_time = ? where app_id = ? and conv_id = ?`,
        )
        .run(
          head.headSeq,
          head.countNo,
          head.sentLo,
          head.sentHi,
          head.lastTime,
          head.listSeq,
          head.listTime,
          head.topSeq,
          head.topTime,
          head.app,
          head.conv,
        )
      if (head.group) writeGroupCounters(this.#database, head.app, head.conv, head.group)
      head.dirty = false
    }
    this.#dirty.clear()
  }

  /** After a rollback, or a mutation that may have changed the rows. */
  forget(): void {
    this.#heads.clear()
    this.#dirty.clear()
  }

  #load(app: number, lo: number, hi: number): Head | undefined {
    const row = this.#database
      .query<HeadRow, [number, number, number]>(
        `select conv_id, head_seq, count_no, sent_lo, sent_hi, last_time, list_seq, list_time, top_seq,
         top_time from conversation
         where app_id = ? and lo_id = ? and hi_id = ?`,
      )
      .get(app, lo, hi)
    if (!row) return undefined
    return {
      app,
      conv: row.conv_id,
      lo,
      hi,
      headSeq: row.head_seq,
      countNo: row.count_no,
      sentLo: row.sent_lo,
      sentHi: row.sent_hi,
      lastTime: row.last_time,
      listSeq: row.list_seq,
      listTime: row.list_time,
      topSeq: row.top_seq,
      topTime: row.top_time,
      ...(lo === 0
        ? { loSide: NO_SIDE, hiSide: NO_SIDE, group: loadGroupCounters(this.#database, app, row.conv_id) }
        : { loSide: this.#side(app, lo, row.conv_id), hiSide: this.#side(app, hi, row.conv_id) }),
      dirty: false,
    }
  }

  #side(app: number, account: number, conv: number): Side {
    const row = this.#database
      .query<{ active_day: number }, [number, number, number]>(
        'select active_day from user_conversation where app_id = ? and account_id = ? and conv_id = ?',
      )
      .get(app, account, conv)
    return { exists: row !== null, activeDay: row?.active_day ?? -1 }
  }

  #create(app: number, lo: number, hi: number): Head {
    const row = this.#database
      .query<{ value: number }, []>(
        `insert into counter (name, value) values ('conversation', 1)
         on conflict (name) do update set value = value + 1 returning value`,
      )
      .get()
    if (!row) throw new Error('The counter of conversations gave no number.')
    this.#database
      .query('insert into conversation (app_id, conv_id, lo_id, hi_id) values (?, ?, ?, ?)')
      .run(app, row.value, lo, hi)
    return {
      app,
      conv: row.value,
      lo,
      hi,
      headSeq: 0,
      countNo: 0,
      sentLo: 0,
      sentHi: 0,
      lastTime: 0,
      listSeq: 0,
      listTime: 0,
      topSeq: 0,
      topTime: 0,
      loSide: { exists: false, activeDay: -1 },
      hiSide: { exists: false, activeDay: -1 },
      dirty: false,
    }
  }

  #touch(head: Head, owner: number, peer: number, side: Side, day: number): void {
    if (side.exists)
      this.#database
        .query(
          'update user_conversation set active_day = ? where app_id = ? and account_id = ? and conv_id = ?',
        )
        .run(day, head.app, owner, head.conv)
    else
      this.#database
        .query(
          'insert into user_conversation (app_id, account_id, conv_id, peer_id, active_day) values (?, ?, ?, ?, ?)',
        )
        .run(head.app, owner, head.conv, peer, day)
    side.exists = true
    side.activeDay = day
  }
}
