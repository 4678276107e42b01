/** Numbers above a gap that are remembered; more mean that a resume is due anyway. */
const REMEMBERED = 1_000

/** The numbers of the user's own log: which were seen, and whether one is missing. */
export class LogNumbers {
  #value = 0
  readonly #ahead = new Set<number>()

  /** Everything up to it is known. */
  get value(): number {
    return this.#value
  }

  get isBehind(): boolean {
    return this.#ahead.size > 0
  }

  reset(value: number): void {
    this.#value = value
    this.#ahead.clear()
  }

  saw(logNo: number): void {
    if (logNo <= this.#value) return
    if (this.#ahead.size < REMEMBERED) this.#ahead.add(logNo)
    while (this.#ahead.delete(this.#value + 1)) this.#value += 1
  }

  /** The server told everything up to it. */
  advance(logNo: number): void {
    this.#value = Math.max(this.#value, logNo)
    for (const it of this.#ahead) if (it <= this.#value) this.#ahead.delete(it)
    while (this.#ahead.delete(this.#value + 1)) this.#value += 1
  }
}
