import { isRetryable } from '@rookery/protocol/error-code'
import { REPORT_PAUSE } from '../bounds.ts'
import { asChatError } from '../chat-error.ts'
import type { Clock } from '../clock.ts'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import type { Inbox } from '../messages/inbox.ts'
import type { ConversationRecord } from './conversation-record.ts'

export interface ReadReportsOptions {
  readonly clock: Clock
  readonly inbox: Inbox
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
}

/**
 * Reading is applied here at once and reported to the server, one report at a time for each conversation. Kits call it on
 * every message and catch nothing, so it never rejects: a report that did not get through is made again later.
 */
export class ReadReports {
  readonly #options: ReadReportsOptions
  readonly #running = new Map<ConversationRecord, Promise<void>>()
  readonly #unreported = new Map<ConversationRecord, number>()

  constructor(options: ReadReportsOptions) {
    this.#options = options
  }

  /** Everything that is here is read; resolves when the server knows, or cannot be told now. */
  async read(record: ConversationRecord): Promise<void> {
    const upTo = Math.max(record.log.seq, record.itemSeq)
    const { unread, mentions } = record
    const isKnown =
      unread.value === 0 && unread.readSeq >= record.lastIncomingSeq && mentions.list.length === 0
    if (isKnown) return
    record.read(Math.max(upTo, record.lastIncomingSeq))
    this.#options.inbox.touch(record)
    this.#options.inbox.flush()
    if (record.convId === 0) return
    this.#unreported.set(record, upTo)
    await this.#report(record)
  }

  /** After a reconnect: what could not be told. */
  again(): void {
    for (const record of this.#unreported.keys()) void this.#report(record)
  }

  #report(record: ConversationRecord): Promise<void> {
    const running = this.#running.get(record)
    if (running) return running.then(() => (this.#unreported.has(record) ? this.#report(record) : undefined))
    const report = this.#tell(record).finally(() => this.#running.delete(record))
    this.#running.set(record, report)
    return report
  }

  async #tell(record: ConversationRecord): Promise<void> {
    const upTo = this.#unreported.get(record)
    if (upTo === undefined) return
    try {
      await this.#options.call(
        record.isGroup ? 'group/set_read' : 'openim/set_msg_read',
        { [record.isGroup ? 'GroupId' : 'Peer_Account']: record.peer, ReadSeq: upTo },
        { resend: true },
      )
      if (this.#unreported.get(record) === upTo) this.#unreported.delete(record)
    } catch (cause) {
      if (!isRetryable(asChatError(cause).code)) this.#unreported.delete(record)
      else this.#options.clock.after(REPORT_PAUSE, () => this.again())
    }
  }
}
