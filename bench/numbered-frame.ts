import { putNumber } from './pair.ts'
import { clientFrame } from './raw-socket.ts'

/** Numbers of ten digits: the first of them. */
export const FIRST_NUMBER = 1_000_000_000

/** A frame that is encoded once, and in which only some numbers differ from message to message. */
export class NumberedFrame {
  readonly #frame: Buffer
  readonly #numbers: readonly number[]
  readonly #times: readonly number[]

  /** @param text has `#########N` for the message's number and `#########T` for the time in Unix seconds. */
  constructor(text: string) {
    this.#frame = clientFrame(text)
    this.#numbers = placesOf(this.#frame, '#########N')
    this.#times = placesOf(this.#frame, '#########T')
  }

  /** Good until the next call. @param number from 0 */
  with(number: number): Buffer {
    for (const at of this.#numbers) putNumber(this.#frame, at, FIRST_NUMBER + number)
    const now = Math.floor(Date.now() / 1000)
    for (const at of this.#times) putNumber(this.#frame, at, now)
    return this.#frame
  }
}

function placesOf(bytes: Buffer, mark: string): number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) places.push(at)
  return places
}
