/** Without a write for one to two of these, the database is idle. */
const LOOK_MS = 5000

/** Has memory given back once the writes have ended: page caches are as large as a busy time needed them. */
export class IdleMemory {
  readonly #giveBack: () => void
  readonly #timer: NodeJS.Timeout
  #wrote = false
  #isGiven = true

  /** @param giveBack is called once after each busy time */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack
    this.#timer = setInterval(() => this.look(), LOOK_MS)
    this.#timer.unref()
  }

  wrote(): void {
    this.#wrote = true
    this.#isGiven = false
  }

  /** The timer does. */
  look(): void {
    const isIdle = !this.#wrote
    this.#wrote = false
    if (!isIdle || this.#isGiven) return
    this.#isGiven = true
    this.#giveBack()
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
