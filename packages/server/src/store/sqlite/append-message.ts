import type { Database, Statement } from 'bun:sqlite'
import { type AppendItem, type AppendResult, REST_KIND, REST_WINDOW_SECONDS } from '../append.ts'
import { MessageFlag } from '../schema.ts'
import { AccountGone, type ConversationHeads, type Head } from './conversation-heads.ts'

const SECONDS_A_DAY = 86_400

interface EarlierRow {
  time: number
  count_no: number
  msg_seq: number
  flags: number
}

/**
 * The specialised append of the embedded engine: it runs inside the writer's batch, with prepared statements and cached
 * heads, and numbers only what is new (delivery contract 2 and 3).
 */
export class MessageAppender {
  readonly #heads: ConversationHeads
  readonly #insertMessage: Statement
  readonly #insertClientKey: Statement
  readonly #readClientKey: Statement<{ hash: string; seq: number }, number[]>
  readonly #readMessage: Statement<EarlierRow, number[]>
  readonly #readRestKey: Statement<{ seq: number; time: number }, (number | string)[]>
  readonly #writeRestKey: Statement

  constructor(database: Database, heads: ConversationHeads) {
    this.#heads = heads
    this.#insertMessage = database.prepare(
      `insert into message (app_id, conv_id, seq, sender_id, msg_seq, random, time, client_time, flags, count_no,
       own_no, body, custom, push_info) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#insertClientKey = database.prepare(
      `insert into client_key (app_id, conv_id, sender_id, client_time, random, hash, seq, day)
       values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    )
    this.#readClientKey = database.prepare(
      `select hash, seq from client_key
       where app_id = ? and conv_id = ? and sender_id = ? and client_time = ? and random = ?`,
    )
    this.#readMessage = database.prepare(
      'select time, count_no, msg_seq, flags from message where app_id = ? and conv_id = ? and seq = ?',
    )
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
    const repeated = this.#claimKey(item, head, seq, time, now)
    if (repeated) return repeated

    const countable = (item.flags & MessageFlag.NO_UNREAD) === 0
    const fromLo = item.sender === head.lo
    if (countable) {
      head.countNo++
      if (fromLo) head.sentLo++
      else head.sentHi++
    }
    head.headSeq = seq
    if (!imported) head.lastTime = Math.max(head.lastTime, time)
    // An import that is older than what the list shows does not become the last message, for anybody, at any time.
    const flags = imported && time < head.listTime ? item.flags | MessageFlag.NO_LAST_MESSAGE : item.flags
    if ((flags & MessageFlag.NO_LAST_MESSAGE) === 0) {
      head.listSeq = seq
      head.listTime = Math.max(head.listTime, time)
    }
    this.#insertMessage.run(
      item.app,
      head.conv,
      seq,
      item.sender,
      item.msgSeq,
      item.random,
      time,
      item.clientTime,
      flags,
      head.countNo,
      fromLo ? head.sentLo : head.sentHi,
      item.body,
      item.custom,
      item.pushInfo,
    )
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

  /** Takes the item's key for `seq`, or tells what an earlier item with the same key became. */
  #claimKey(item: AppendItem, head: Head, seq: number, time: number, now: number): AppendResult | undefined {
    const { app, sender, random } = item
    if (item.key.kind === 'client') {
      const claimed = this.#insertClientKey.run(
        app,
        head.conv,
        sender,
        item.clientTime,
        random,
        item.key.hash,
        seq,
        Math.floor(now / SECONDS_A_DAY),
      )
      if (claimed.changes > 0) return undefined
      const known = this.#readClientKey.get(app, head.conv, sender, item.clientTime, random)
      if (!known || known.hash !== item.key.hash) return { outcome: 'conflict' }
      return this.#earlier(app, head, known.seq, item)
    }
    const kind = item.key.kind === 'rest' ? REST_KIND.send : REST_KIND.import
    // An import is the same whichever side is named as the sender and whatever it says (rest-1 section 4.1).
    const keySender = item.key.kind === 'rest' ? sender : 0
    const hash = item.key.kind === 'rest' ? item.key.hash : String(time)
    const known = this.#readRestKey.get(app, head.conv, kind, keySender, item.msgSeq, random, hash)
    if (known && (kind === REST_KIND.import || known.time > now - REST_WINDOW_SECONDS))
      return this.#earlier(app, head, known.seq, item)
    this.#writeRestKey.run(app, head.conv, kind, keySender, item.msgSeq, random, hash, seq, time)
    return undefined
  }

  /** A key may outlive its message, which the history's end took away; what is still known is told then. */
  #earlier(app: number, head: Head, seq: number, item: AppendItem): AppendResult {
    const row = this.#readMessage.get(app, head.conv, seq)
    return {
      outcome: 'duplicate',
      conv: head.conv,
      seq,
      time: row?.time ?? (item.importTime || item.clientTime),
      msgSeq: row?.msg_seq ?? item.msgSeq,
      countNo: row?.count_no ?? head.countNo,
      flags: row?.flags ?? item.flags,
    }
  }
}
