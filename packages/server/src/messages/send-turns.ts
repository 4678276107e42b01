/**
 * Keeps the sends of one sender in one conversation in their order on the way to the log (DESIGN-DATA 4): looking up accounts
 * and rights may take longer for the earlier one of two. Nobody waits for a commit, unless rights changed in between.
 */
export class SendTurns {
  readonly #queues = new Map<string, SendTurn[]>()

  /** Call before anything of the send is looked up, and {@link SendTurn.end} whatever became of it. */
  begin(key: string): SendTurn {
    // Bounded by what a session may have under way (`session.inFlightMax`).
    const queue = this.#queues.get(key) ?? []
    if (queue.length === 0) this.#queues.set(key, queue)
    const turn = new SendTurn(queue, () => this.#queues.delete(key))
    queue.push(turn)
    return turn
  }

  /** Conversations in which something is under way. */
  get size(): number {
    return this.#queues.size
  }
}

/** One send in its queue. */
export class SendTurn {
  readonly #queue: SendTurn[]
  readonly #emptied: () => void
  #judgement: number | undefined
  #wake: (() => void) | undefined

  constructor(queue: SendTurn[], emptied: () => void) {
    this.#queue = queue
    this.#emptied = emptied
  }

  /**
   * Whether all earlier ones are settled or went to the log by the same judgement, so that they are stored or refused before
   * this one. Call {@link go} in the same step.
   */
  isNext(judgement: number): boolean {
    for (const other of this.#queue) {
      if (other === this) return true
      if (other.#judgement !== judgement) return false
    }
    return true
  }

  /** Resolves when an earlier one moved on; ask {@link isNext} again. */
  waited(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  /** The send is handed to the log in this step of the program. */
  go(judgement: number): void {
    this.#judgement = judgement
    this.#moved()
  }

  end(): void {
    const at = this.#queue.indexOf(this)
    if (at >= 0) this.#queue.splice(at, 1)
    if (this.#queue.length === 0) this.#emptied()
    this.#moved()
  }

  #moved(): void {
    for (const other of this.#queue) {
      const wake = other.#wake
      other.#wake = undefined
      wake?.()
    }
  }
}
