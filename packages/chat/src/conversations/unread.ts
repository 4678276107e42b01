/** More single messages than this are folded into the base. */
const FOLD_AT = 1_000

/** What the server says: `unread` messages above `readSeq`, seen up to `headSeq`. */
export interface UnreadBase {
  readonly headSeq: number
  readonly readSeq: number
  readonly unread: number
}

/**
 * Unread count of one conversation: the server's number, and the countable messages that came after it. Reading is
 * applied at once; an older number of the server cannot bring back what was read here.
 */
export class UnreadCount {
  #headSeq = 0
  #readSeq = 0
  #base = 0
  /** Countable messages above `#headSeq`, ascending. */
  #above: readonly number[] = []

  get value(): number {
    return this.#base + this.#above.length
  }

  get readSeq(): number {
    return this.#readSeq
  }

  rebase(server: UnreadBase): void {
    if (server.headSeq < this.#headSeq && server.readSeq <= this.#readSeq) return
    this.#base =
      server.readSeq >= this.#readSeq
        ? server.unread
        : Math.min(server.unread, Math.max(0, server.headSeq - this.#readSeq))
    this.#headSeq = server.headSeq
    this.#readSeq = Math.max(this.#readSeq, server.readSeq)
    this.#above = this.#above.filter(seq => seq > Math.max(this.#headSeq, this.#readSeq))
  }

  /** A countable message of somebody else; numbers come in rising order. */
  arrived(seq: number): void {
    if (seq <= this.#headSeq || seq <= this.#readSeq) return
    this.#above = [...this.#above, seq]
    if (this.#above.length <= FOLD_AT) return
    this.#base += this.#above.length
    this.#headSeq = seq
    this.#above = []
  }

  /** A countable message of somebody else was recalled after the server's number was made. */
  recalled(seq: number): void {
    if (seq <= this.#readSeq) return
    if (seq <= this.#headSeq) this.#base = Math.max(0, this.#base - 1)
    else this.#above = this.#above.filter(it => it !== seq)
  }

  /** Everything up to this number is read. */
  read(upTo: number): void {
    if (upTo <= this.#readSeq && this.#base === 0) return
    this.#readSeq = Math.max(this.#readSeq, upTo)
    this.#base = upTo >= this.#headSeq ? 0 : Math.min(this.#base, this.#headSeq - upTo)
    this.#above = this.#above.filter(seq => seq > this.#readSeq)
  }
}
