import type { Account } from '../accounts/account.ts'
import { flatText } from '../messages/flat-text.ts'
import { wireMessageText } from '../messages/message-frame.ts'
import type { LastMessage } from './joined-message.ts'

/** Conversations of one node that lists are asked for; with all they hold at most 16 MB. The one that was added first goes first. */
const CAPACITY = 10_000
/** Characters of all bodies and custom data together. */
const CHARACTERS_MAX = 4_194_304

interface Entry {
  readonly listSeq: number
  readonly changeNo: number
  readonly message: LastMessage
  /** As it was shown last, and the accounts that it was shown with. */
  shown?: { readonly from: Account; readonly to: Account; readonly text: string }
}

/** Where a conversation of two stands: the number of its list message and of its latest change. */
export interface ConversationState {
  readonly conv_id: number
  readonly list_seq: number
  readonly change_no: number
}

/**
 * The latest messages of conversations of two, which lists show to both sides again and again. Whoever asks has read the
 * conversation's row: an entry that was made at another number or before a change is none, so nothing need tell it of commits.
 */
export class LastMessages {
  readonly #entries = new Map<number, Entry>()
  #characters = 0

  /** For the metrics. */
  get counts(): { readonly conversations: number; readonly characters: number } {
    return { conversations: this.#entries.size, characters: this.#characters }
  }

  find(at: ConversationState): LastMessage | undefined {
    return this.#entryOf(at)?.message
  }

  /** The JSON text of what {@link find} finds. */
  text(at: ConversationState, from: Account, to: Account): string | undefined {
    const entry = this.#entryOf(at)
    if (!entry) return undefined
    if (entry.shown?.from !== from || entry.shown.to !== to)
      entry.shown = { from, to, text: flatText(wireMessageText(entry.message, from, to)) }
    return entry.shown.text
  }

  /** @param at read in the same statement as the message. */
  keep(at: ConversationState, message: LastMessage): void {
    this.#forget(at.conv_id)
    const size = sizeOf(message)
    if (size > CHARACTERS_MAX) return
    while (this.#entries.size >= CAPACITY || this.#characters + size > CHARACTERS_MAX) {
      const oldest = this.#entries.keys().next().value
      if (oldest !== undefined) this.#forget(oldest)
    }
    this.#entries.set(at.conv_id, { listSeq: at.list_seq, changeNo: at.change_no, message })
    this.#characters += size
  }

  #entryOf({ conv_id, list_seq, change_no }: ConversationState): Entry | undefined {
    const entry = this.#entries.get(conv_id)
    return entry?.listSeq === list_seq && entry.changeNo === change_no ? entry : undefined
  }

  #forget(conv: number): void {
    const entry = this.#entries.get(conv)
    if (!entry) return
    this.#characters -= sizeOf(entry.message)
    this.#entries.delete(conv)
  }
}

function sizeOf({ body, custom }: LastMessage): number {
  return body.length + custom.length
}
