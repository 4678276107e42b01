/** Messages whose key-values are remembered; the longest untouched leave first. */
const REMEMBERED_MESSAGES = 500

interface Pair {
  readonly Key: string
  readonly Value: string
  readonly Seq: number
}

/** The hidden version of each key of a message: the server refuses a change that was made from an older one. */
export class ExtensionVersions {
  readonly #versions = new Map<string, Map<string, number>>()

  /** 0 for a key that was never seen. */
  of(messageID: string, key: string): number {
    return this.#versions.get(messageID)?.get(key) ?? 0
  }

  /** Returns the pairs that are newer than what was known. */
  learn(messageID: string, pairs: readonly Pair[]): readonly Pair[] {
    const known = this.#versions.get(messageID) ?? new Map<string, number>()
    const fresh = pairs.filter(pair => pair.Seq > (known.get(pair.Key) ?? 0))
    for (const pair of fresh) known.set(pair.Key, pair.Seq)
    this.#versions.delete(messageID)
    this.#versions.set(messageID, known)
    if (this.#versions.size > REMEMBERED_MESSAGES) {
      const [eldest] = this.#versions.keys()
      if (eldest !== undefined) this.#versions.delete(eldest)
    }
    return fresh
  }
}
