import type { Database, Statement } from 'bun:sqlite'
import type { AppendItem, AppendResult } from '../append.ts'
import {
  advance,
  forgottenResult,
  goneResult,
  holds,
  type MessageNumbers,
  numberMessage,
  type RestKey,
  refusedByGroup,
  restKeyOf,
  storedResult,
} from '../number-message.ts'
import { AccountGone, type ConversationHeads, type Head } from './conversation-heads.ts'
import { GroupExtras } from './group-extras.ts'

const SECONDS_A_DAY = 86_400

interface EarlierRow {
  seq: number
  time: number
  count_no: number
  msg_seq: number
  flags: number
  client_hash: string
}

const EARLIER = 'select seq, time, count_no, msg_seq, flags, client_hash from message'

/**
 * The specialised append of the embedded engine: it runs inside the writer's batch, with prepared statements and cached
 * heads, and numbers only what is new (delivery contract 2 and 3).
 */
export class MessageAppender {
  readonly #heads: ConversationHeads
  readonly #groups: GroupExtras
  readonly #insertMessage: Statement
  readonly #readByClientKey: Statement<EarlierRow, number[]>
  readonly #readMessage: Statement<EarlierRow, number[]>
  readonly #readRestKey: Statement<{ seq: number; time: number }, (number | string)[]>
  readonly #writeRestKey: Statement

  constructor(database: Database, heads: ConversationHeads) {
    this.#heads = heads
    this.#groups = new GroupExtras(database)
    // A message whose client key is taken is not inserted; every other conflict is a defect and fails.
    this.#insertMessage = database.prepare(
      `insert into message (app_id, conv_id, seq, sender_id, msg_seq, random, time, client_time, flags, count_no,
       own_no, body, custom, push_info, client_hash, late_after)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (app_id, client_time, conv_id, sender_id, random) where client_hash <> '' do nothing`,
    )
    this.#readByClientKey = database.prepare(
      `${EARLIER} where app_id = ? and client_time = ? and conv_id = ? and sender_id = ? and random = ?
       and client_hash <> ''`,
    )
    this.#readMessage = database.prepare(`${EARLIER} where app_id = ? and conv_id = ? and seq = ?`)
    this.#readRestKey = database.prepare(
      `select seq, time from rest_key where app_id = ? and conv_id = ? and kind = ? and sender_id = ? and msg_seq = ?
       and random = ? and hash = ?`,
    )
    this.#writeRestKey = database.prepare(
      `insert into rest_key (app_id, conv_id, kind, sender_id, msg_seq, random, hash, seq, time)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (app_id, conv_id, kind, sender_id, msg_seq, random, hash)
       do update set seq = excluded.seq, time = excluded.time`,
    )
  }

  append(item: AppendItem, now: number): AppendResult {
    let head: Head | undefined
    try {
      head = item.group
        ? this.#heads.ofGroup(item.app, item.group, item.sender)
        : this.#heads.of(item.app, item.sender, item.receiver)
    } catch (error) {
      if (error instanceof AccountGone) return goneResult(item, error.account)
      throw error
    }
    if (!head) return { outcome: 'stale' }
    const { key } = item
    if (item.group) {
      const answer = this.#known(item, head, now) ?? refusedByGroup(head, item, now)
      if (answer) return answer
    }
    const numbers = numberMessage(head, item, now)
    const repeated = key.kind === 'client' ? undefined : this.#claimRestKey(item, head, numbers, now)
    if (repeated) return repeated

    const { changes } = this.#insertMessage.run(
      item.app,
      head.conv,
      numbers.seq,
      item.sender,
      numbers.msgSeq,
      item.random,
      numbers.time,
      item.clientTime,
      numbers.flags,
      numbers.countNo,
      numbers.ownNo,
      item.body,
      item.custom,
      item.pushInfo,
      key.kind === 'client' ? key.hash : '',
      numbers.lateAfter,
    )
    if (changes === 0) return this.#sentBefore(item, head)
    advance(head, item, numbers)
    if (item.group) this.#groups.store(item, item.group, numbers)
    else this.#heads.touchSides(head, Math.floor(now / SECONDS_A_DAY))
    this.#heads.markDirty(head)
    return storedResult(head.conv, numbers)
  }

  /** What an earlier message with the same key became; undefined when there is none. */
  #known(item: AppendItem, head: Head, now: number): AppendResult | undefined {
    const key = restKeyOf(item)
    if (!key) {
      const { app, clientTime, sender, random } = item
      const row = this.#readByClientKey.get(app, clientTime, head.conv, sender, random)
      return row ? this.#sentBefore(item, head) : undefined
    }
    return this.#repeated(item, head, key, now)
  }

  /** What the message with the same client key became. */
  #sentBefore(item: AppendItem, head: Head): AppendResult {
    const row = this.#readByClientKey.get(item.app, item.clientTime, head.conv, item.sender, item.random)
    if (item.key.kind !== 'client' || row?.client_hash !== item.key.hash) return { outcome: 'conflict' }
    return earlier(head, row)
  }

  /** Takes the key of a REST send or import for these numbers, or tells what an earlier one with the same key became. */
  #claimRestKey(
    item: AppendItem,
    head: Head,
    numbers: MessageNumbers,
    now: number,
  ): AppendResult | undefined {
    const key = restKeyOf(item)
    if (!key) return undefined
    const repeated = this.#repeated(item, head, key, now)
    if (repeated) return repeated
    const { kind, sender, hash } = key
    this.#writeRestKey.run(
      item.app,
      head.conv,
      kind,
      sender,
      item.msgSeq,
      item.random,
      hash,
      numbers.seq,
      numbers.time,
    )
    return undefined
  }

  #repeated(item: AppendItem, head: Head, key: RestKey, now: number): AppendResult | undefined {
    const { kind, sender, hash } = key
    const known = this.#readRestKey.get(item.app, head.conv, kind, sender, item.msgSeq, item.random, hash)
    if (!known || !holds(key, known.time, now)) return undefined
    const row = this.#readMessage.get(item.app, head.conv, known.seq)
    return row ? earlier(head, row) : forgottenResult(head.conv, item, known.seq, head.countNo)
  }
}

function earlier(head: Head, row: EarlierRow): AppendResult {
  return {
    outcome: 'duplicate',
    conv: head.conv,
    seq: row.seq,
    time: row.time,
    msgSeq: row.msg_seq,
    countNo: row.count_no,
    flags: row.flags,
  }
}
