import type { Message } from './message.ts'

/** A message in memory, with what only the SDK needs of it. */
export interface CacheEntry {
  readonly message: Message
  /** Latest mutation that the object shows. */
  changeNo: number
  /** Created on this instance: its own sends are no received messages. */
  readonly createdHere: boolean
}

/**
 * The newest and most recently used messages. The longest untouched leave when the bound is reached. An ID is unique in its
 * conversation only: an app server that writes to several with one random number makes equal ones.
 */
export class MessageCache {
  readonly #bound: number
  readonly #entries = new Map<string, CacheEntry>()
  /** ConversationID of the last touched message with this ID. */
  readonly #places = new Map<string, string>()

  constructor(bound: number) {
    this.#bound = bound
  }

  /** Without a conversation: the last touched one with this ID. */
  get(id: string, conversationID = this.#places.get(id)): CacheEntry | undefined {
    const entry = this.#entries.get(`${conversationID} ${id}`)
    if (entry) this.put(id, entry)
    return entry
  }

  put(id: string, entry: CacheEntry): void {
    const { conversationID } = entry.message
    const key = `${conversationID} ${id}`
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.#places.set(id, conversationID)
    if (this.#entries.size <= this.#bound) return
    const [[eldest, { message }] = [key, entry]] = this.#entries
    this.#entries.delete(eldest)
    const eldestId = eldest.slice(message.conversationID.length + 1)
    if (this.#places.get(eldestId) === message.conversationID) this.#places.delete(eldestId)
  }

  /** Those of one conversation, in no particular order. */
  ofConversation(conversationID: string): readonly CacheEntry[] {
    return [...this.#entries.values()].filter(it => it.message.conversationID === conversationID)
  }
}
