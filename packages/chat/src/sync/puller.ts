import type { WireMessage } from '@rookery/protocol/wire'
import { GAP_GRACE, PULL_PAGE, PULLS_AT_ONCE } from '../bounds.ts'
import type { Clock } from '../clock.ts'
import { backOff } from '../connection/back-off.ts'
import type { ReplyBody } from '../connection/request-table.ts'
import type { Arrival, ConversationRecord } from '../conversations/conversation-record.ts'
import type { Inbox } from '../messages/inbox.ts'

/** Pulls in a row that bring nothing, or fail, before the announced numbers are no longer believed. */
const FRUITLESS = 4

export interface PullerOptions {
  readonly clock: Clock
  readonly inbox: Inbox
  readonly call: (cmd: string, body: unknown) => Promise<ReplyBody>
  readonly isOnline: () => boolean
}

/** Fills the gaps of conversations: one pull at a time for each, a few at once for all. */
export class Puller {
  readonly #options: PullerOptions
  readonly #pulling = new Map<ConversationRecord, Promise<void>>()
  readonly #awaited = new Set<ConversationRecord>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(options: PullerOptions) {
    this.#options = options
  }

  /** Pulls after a short while, unless the missing frames come by themselves. */
  soon(record: ConversationRecord): void {
    if (!isPullable(record) || this.#awaited.has(record) || this.#pulling.has(record)) return
    this.#awaited.add(record)
    this.#options.clock.after(GAP_GRACE, () => {
      this.#awaited.delete(record)
      void this.now(record)
    })
  }

  /** Resolves when the conversation is complete, or the connection is gone. Never rejects. */
  now(record: ConversationRecord): Promise<void> {
    const running = this.#pulling.get(record)
    if (running) return running
    if (!isPullable(record) || !this.#options.isOnline()) return Promise.resolve()
    const pull = this.#inTurn(() => this.#fill(record)).finally(() => {
      this.#pulling.delete(record)
      if (this.#options.isOnline()) this.soon(record)
    })
    this.#pulling.set(record, pull)
    return pull
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#running >= PULLS_AT_ONCE) await new Promise<void>(resolve => this.#waiting.push(resolve))
    this.#running += 1
    try {
      await work()
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  async #fill(record: ConversationRecord): Promise<void> {
    const { log } = record
    let fruitless = 0
    while (log.behind && record.log === log && this.#options.isOnline()) {
      const { seq, changeNo } = log
      try {
        await this.#page(record)
      } catch {
        // Counted as fruitless below; a lost connection ends the loop.
      }
      if (log.seq > seq || log.changeNo > changeNo) {
        fruitless = 0
        continue
      }
      fruitless += 1
      if (fruitless >= FRUITLESS) {
        if (this.#options.isOnline()) log.giveUp()
        return
      }
      await this.#pause(backOff(fruitless, this.#options.clock.random()))
    }
  }

  async #page(record: ConversationRecord): Promise<void> {
    const { log, convId } = record
    const reply = await this.#options.call('sync/pull', {
      [record.isGroup ? 'GroupId' : 'To_Account']: record.peer,
      ConvId: convId,
      AfterSeq: log.seq,
      AfterChangeNo: log.changeNo,
      Limit: PULL_PAGE,
    })
    if (record.log !== log) return
    const messages = (reply.Messages ?? []) as readonly WireMessage[]
    const changes = (reply.Changes ?? []) as readonly WireMessage[]
    // Who was out meanwhile: what was before the new membership is history, as the item will say that is on its way.
    const joinSeq = Number(reply.JoinSeq) || 0
    const news = joinSeq > record.joinSeq ? messages.filter(m => (m.Seq ?? 0) > joinSeq) : messages
    record.joinSeq = Math.max(record.joinSeq, joinSeq)
    const arrivals = news.map((m): [number, Arrival] => [m.Seq ?? 0, { is: 'message', m }])
    const due = log.pulled(arrivals, Number(reply.CoverSeq) || 0, Number(reply.CoverChangeNo) || 0)
    const { inbox } = this.#options
    inbox.deliver(record, due)
    for (const m of changes) inbox.applyChange(record, m)
    inbox.flush()
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#options.clock.after(ms, resolve)
    })
  }
}

function isPullable(record: ConversationRecord): boolean {
  return record.log.behind && !record.awaitsItem
}
