/** About 6 MB at most, and far more than a node delivers within the second that the log may be late. */
const KEPT_MAX = 50_000
/** A node whose log is later than a second serves nobody, so what was delivered before that is never asked for. */
const KEPT_MS = 5000

/** Stands for the whole audience of a group; no account has this number. */
export const EVERYBODY = 0

type Generation = Map<number, Map<number, number>>

/**
 * The highest number of each conversation that was delivered to each account here, for some seconds. What is forgotten too
 * early is told once more, which clients ignore.
 */
export class DeliveredHeads {
  #recent: Generation = new Map()
  #older: Generation = new Map()
  #size = 0
  #since = 0

  note(conv: number, account: number, seq: number, nowMs: number): void {
    if (this.#size >= KEPT_MAX || nowMs - this.#since >= KEPT_MS) {
      this.#older = this.#recent
      this.#recent = new Map()
      this.#size = 0
      this.#since = nowMs
    }
    const accounts = this.#recent.get(conv)
    if (!accounts) {
      this.#recent.set(conv, new Map([[account, seq]]))
      this.#size++
      return
    }
    const known = accounts.get(account)
    if (known === undefined) this.#size++
    if (known === undefined || known < seq) accounts.set(account, seq)
  }

  /** Whether the account was told of this number or a higher one; a client that sees a higher one pulls those below. */
  covers(conv: number, account: number, seq: number): boolean {
    return [this.#recent, this.#older].some(heads => (heads.get(conv)?.get(account) ?? 0) >= seq)
  }
}
