/** More single messages than this are folded into the base. */
const FOLD_AT = 1_000

/** What the server says: `unread` messages above `readSeq`, counted at `headSeq` and `changeNo`. */
export interface UnreadBase {
  readonly headSeq: number
  readonly changeNo: number
  readonly readSeq: number
  readonly unread: number
}

/**
 * Unread count of one conversation: the server's number, the countable messages that came after it, and those recalled
 * since. Reading is applied at once; an older number of the server cannot bring back what was read here.
 */
export class UnreadCount {
  #headSeq = 0
  #changeNo = 0
  #readSeq = 0
  #base = 0
  /** Countable messages above `#headSeq`, ascending. */
  #above: number[] = []
  /** Countable messages up to `#headSeq` that were recalled after the base was made, with the recall's number. */
  #recalled = new Map<number, number>()

  get value(): number {
    return Math.max(0, this.#base - this.#recalled.size) + this.#above.length
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
    this.#changeNo = server.changeNo
    this.#readSeq = Math.max(this.#readSeq, server.readSeq)
    this.#above = this.#above.filter(seq => seq > this.#headSeq)
    for (const [seq, changeNo] of this.#recalled) if (changeNo <= server.changeNo) this.#recalled.delete(seq)
    this.#dropRead()
  }

  /** A countable message of somebody else; numbers come in rising order. */
  arrived(seq: number): void {
    if (seq <= this.#headSeq || seq <= this.#readSeq) return
    this.#above.push(seq)
    if (this.#above.length <= FOLD_AT) return
    this.#base += this.#above.length
    this.#headSeq = seq
    this.#above = []
  }

  /** A countable message of somebody else was recalled; saying it again changes nothing. */
  recalled(seq: number, changeNo: number): void {
    if (seq <= this.#readSeq || changeNo <= this.#changeNo) return
    if (seq <= this.#headSeq) this.#recalled.set(seq, changeNo)
    else this.#above = this.#above.filter(it => it !== seq)
  }

  /** Everything up to this number is read. */
  read(upTo: number): void {
    if (upTo < this.#readSeq) return
    this.#readSeq = upTo
    this.#base = upTo >= this.#headSeq ? 0 : Math.min(this.#base, this.#headSeq - upTo)
    this.#dropRead()
  }

  #dropRead(): void {
    this.#above = this.#above.filter(seq => seq > this.#readSeq)
    for (const seq of this.#recalled.keys()) if (seq <= this.#readSeq) this.#recalled.delete(seq)
  }
}
