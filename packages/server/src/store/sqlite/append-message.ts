import type { Database, Statement } from 'bun:sqlite'
import { type AppendItem, type AppendResult, REST_KIND, REST_WINDOW_SECONDS } from '../append.ts'
import { MessageFlag } from '../schema.ts'
import { AccountGone, type ConversationHeads, type Head } from './conversation-heads.ts'

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
  readonly #insertMessage: Statement
  readonly #readByClientKey: Statement<EarlierRow, number[]>
  readonly #readMessage: Statement<EarlierRow, number[]>
  readonly #readRestKey: Statement<{ seq: number; time: number }, (number | string)[]>
  readonly #writeRestKey: Statement

  constructor(database: Database, heads: ConversationHeads) {
    this.#heads = heads
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
    let head: Head
    try {
      head = this.#heads.of(item.app, item.sender, item.receiver)
    } catch (error) {
      if (error instanceof AccountGone)
        return { outcome: 'gone', which: error.account === item.sender ? 'sender' : 'receiver' }
      throw error
    }
    const imported = item.key.kind === 'import'
    const time = imported || item.importTime > 0 ? item.importTime : Math.max(head.lastTime, now)
    const seq = head.headSeq + 1
    const { key } = item
    const repeated = key.kind === 'client' ? undefined : this.#claimRestKey(item, head, seq, time, now)
    if (repeated) return repeated

    const counted = (item.flags & MessageFlag.NO_UNREAD) === 0 ? 1 : 0
    const fromLo = item.sender === head.lo
    // An import that is older than what the list shows does not become the last message, for anybody, at any time.
    const flags = imported && time < head.listTime ? item.flags | MessageFlag.NO_LAST_MESSAGE : item.flags
    const late = time < head.topTime
    const { changes } = this.#insertMessage.run(
      item.app,
      head.conv,
      seq,
      item.sender,
      item.msgSeq,
      item.random,
      time,
      item.clientTime,
      flags,
      head.countNo + counted,
      (fromLo ? head.sentLo : head.sentHi) + counted,
      item.body,
      item.custom,
      item.pushInfo,
      key.kind === 'client' ? key.hash : '',
      late ? head.topSeq : 0,
    )
    if (changes === 0) return this.#sentBefore(item, head)
    head.countNo += counted
    if (fromLo) head.sentLo += counted
    else head.sentHi += counted
    head.headSeq = seq
    if (!late) {
      head.topSeq = seq
      head.topTime = time
    }
    if (!imported) head.lastTime = Math.max(head.lastTime, time)
    if ((flags & MessageFlag.NO_LAST_MESSAGE) === 0) {
      head.listSeq = seq
      head.listTime = Math.max(head.listTime, time)
    }
    this.#heads.touchSides(head, Math.floor(now / SECONDS_A_DAY))
    this.#heads.markDirty(head)
    return {
      outcome: 'stored',
      conv: head.conv,
      seq,
      time,
      msgSeq: item.msgSeq,
      countNo: head.countNo,
      flags,
    }
  }

  /** What the message with the same client key became. */
  #sentBefore(item: AppendItem, head: Head): AppendResult {
    const row = this.#readByClientKey.get(item.app, item.clientTime, head.conv, item.sender, item.random)
    if (item.key.kind !== 'client' || row?.client_hash !== item.key.hash) return { outcome: 'conflict' }
    return earlier(head, row)
  }

  /** Takes the key of a REST send or import for `seq`, or tells what an earlier one with the same key became. */
  #claimRestKey(
    item: AppendItem,
    head: Head,
    seq: number,
    time: number,
    now: number,
  ): AppendResult | undefined {
    const { app, sender, random } = item
    const kind = item.key.kind === 'rest' ? REST_KIND.send : REST_KIND.import
    // An import is the same whichever side is named as the sender and whatever it says (rest-1 section 4.1).
    const keySender = item.key.kind === 'rest' ? sender : 0
    const hash = item.key.kind === 'rest' ? item.key.hash : String(time)
    const known = this.#readRestKey.get(app, head.conv, kind, keySender, item.msgSeq, random, hash)
    if (known && (kind === REST_KIND.import || known.time > now - REST_WINDOW_SECONDS))
      return this.#restBefore(item, head, known.seq)
    this.#writeRestKey.run(app, head.conv, kind, keySender, item.msgSeq, random, hash, seq, time)
    return undefined
  }

  /** The key may outlive its message, which the history's end took away; what is still known is told then. */
  #restBefore(item: AppendItem, head: Head, seq: number): AppendResult {
    const row = this.#readMessage.get(item.app, head.conv, seq)
    if (row) return earlier(head, row)
    return {
      outcome: 'duplicate',
      conv: head.conv,
      seq,
      time: item.importTime || item.clientTime,
      msgSeq: item.msgSeq,
      countNo: head.countNo,
      flags: item.flags,
    }
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
