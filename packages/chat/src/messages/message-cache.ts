import type { Message } from './message.ts'

/** A message in memory, with what only the SDK needs of it. */
export interface CacheEntry {
  readonly message: Message
  readonly convId: number
  /** Latest mutation that the object shows. */
  changeNo: number
  /** Created on this instance: its own sends are no received messages. */
  readonly createdHere: boolean
}

/** The newest and most recently used messages, by ID. The longest untouched leave when the bound is reached. */
export class MessageCache {
  readonly #bound: number
  readonly #entries = new Map<string, CacheEntry>()

  constructor(bound: number) {
    this.#bound = bound
  }

  get(id: string): CacheEntry | undefined {
    const entry = this.#entries.get(id)
    if (entry) {
      this.#entries.delete(id)
      this.#entries.set(id, entry)
    }
    return entry
  }

  put(id: string, entry: CacheEntry): void {
    this.#entries.delete(id)
    this.#entries.set(id, entry)
    if (this.#entries.size <= this.#bound) return
    const [eldest] = this.#entries.keys()
    if (eldest !== undefined) this.#entries.delete(eldest)
  }

  /** Those of one conversation, in no particular order. */
  ofConversation(conversationID: string): readonly CacheEntry[] {
    return [...this.#entries.values()].filter(it => it.message.conversationID === conversationID)
  }
}
