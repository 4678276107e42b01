import type { Message } from './message.ts'

/** Messages whose key-values are remembered; the longest untouched leave first. */
const REMEMBERED_MESSAGES = 500

/** What makes a message unique: `ID` alone does so in its conversation only. */
type Identity = Pick<Message, 'ID' | 'conversationID'>

interface Pair {
  readonly Key: string
  readonly Value: string
  readonly Seq: number
}

/** The hidden version of each key of a message: the server refuses a change that was made from an older one. */
export class ExtensionVersions {
  readonly #versions = new Map<string, Map<string, number>>()

  /** 0 for a key that was never seen. */
  of(message: Identity, key: string): number {
    return this.#versions.get(keyOf(message))?.get(key) ?? 0
  }

  /** Returns the pairs that are newer than what was known. */
  learn(message: Identity, pairs: readonly Pair[]): readonly Pair[] {
    const id = keyOf(message)
    const known = this.#versions.get(id) ?? new Map<string, number>()
    const fresh = pairs.filter(pair => pair.Seq > (known.get(pair.Key) ?? 0))
    for (const pair of fresh) known.set(pair.Key, pair.Seq)
    this.#versions.delete(id)
    this.#versions.set(id, known)
    if (this.#versions.size > REMEMBERED_MESSAGES) {
      const [eldest] = this.#versions.keys()
      if (eldest !== undefined) this.#versions.delete(eldest)
    }
    return fresh
  }
}

const keyOf = ({ conversationID, ID }: Identity): string => `${conversationID} ${ID}`
