import type { Call, Entry } from './entry.ts'

/** Entries without the time, which the recorder knows. */
type Timeless<E> = E extends { readonly at: number } ? Omit<E, 'at'> : E

/** Keeps the history of a run in memory, in order. */
export class Recorder {
  readonly entries: Entry[] = []
  readonly #began = performance.now()
  #calls = 0

  /** Milliseconds since the run began. */
  get now(): number {
    return Math.round(performance.now() - this.#began)
  }

  /** The place that the next entry takes. */
  get place(): number {
    return this.entries.length
  }

  note(entry: Timeless<Entry>): void {
    this.entries.push({ ...entry, at: this.now } as Entry)
  }

  /**
   * Records a call around `work`. A rejection is recorded and answered with undefined: whether it happened stays open.
   * `seqOf` reads the number of a stored message off the result.
   */
  async call<T>(
    call: Call,
    work: () => Promise<T>,
    seqOf: (result: T) => number | undefined = () => undefined,
  ): Promise<T | undefined> {
    const number = this.begin(call)
    try {
      const result = await work()
      this.succeed(number, seqOf(result))
      return result
    } catch (cause) {
      this.fail(number, cause)
      return undefined
    }
  }

  begin(call: Call): number {
    const number = ++this.#calls
    this.entries.push({ t: 'call', at: this.now, call: number, ...call })
    return number
  }

  succeed(call: number, seq?: number): void {
    this.entries.push({ t: 'return', at: this.now, call, ok: true, ...(seq !== undefined && { seq }) })
  }

  fail(call: number, cause: unknown): void {
    const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown }
    this.entries.push({
      t: 'return',
      at: this.now,
      call,
      ok: false,
      code: typeof code === 'number' ? code : 0,
      info: String(message ?? cause).slice(0, 200),
    })
  }
}
