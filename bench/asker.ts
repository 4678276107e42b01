import type { LoadPair } from './load.ts'
import { FIRST_NUMBER } from './numbered-frame.ts'
import type { Tally } from './pair.ts'
import { numberAt } from './pulling-receiver.ts'
import type { RawSocket } from './raw-socket.ts'

const RING = 4096
const ANSWER = Buffer.from('{"id":')
const STATUS_AT = ANSWER.length + String(FIRST_NUMBER).length + ',"body":{"ActionStatus":"'.length
const O = 0x4f

/** Asks the same kind of question again and again over one socket. An answer is its delivery. */
export class Asker implements LoadPair {
  window = 0
  readonly #tally: Tally
  readonly #socket: RawSocket
  readonly #frame: (number: number) => Buffer
  readonly #sentAt = new Float64Array(RING)
  #sent = 0
  #answered = 0

  /** @param frame whose id is the number, from {@link FIRST_NUMBER} on. */
  constructor(tally: Tally, socket: RawSocket, frame: (number: number) => Buffer) {
    this.#tally = tally
    this.#socket = socket
    this.#frame = frame
    socket.taker = {
      frame: (bytes, start, end) => this.#take(bytes, start, end),
      lost: reason => tally.fail(reason),
    }
  }

  get settled(): boolean {
    return this.#answered === this.#sent
  }

  fill(): void {
    while (this.#sent - this.#answered < this.window) this.send(performance.now())
  }

  send(at: number): void {
    const number = this.#sent++
    this.#sentAt[number % RING] = at
    this.#tally.sent++
    this.#socket.send(this.#frame(number))
  }

  #take(bytes: Buffer, start: number, end: number): void {
    const tally = this.#tally
    if (bytes.compare(ANSWER, 0, ANSWER.length, start, start + ANSWER.length) !== 0) return
    if (bytes[start + STATUS_AT] !== O) {
      tally.fail(`a question was refused: ${bytes.toString('utf8', start, Math.min(end, start + 300))}`)
      return
    }
    if (tally.measuring) {
      const number = numberAt(bytes, start + ANSWER.length) - FIRST_NUMBER
      const took = performance.now() - (this.#sentAt[number % RING] ?? 0)
      tally.ackTimes.add(took)
      tally.deliveryTimes.add(took)
    }
    this.#answered++
    tally.acked++
    tally.delivered++
    if (this.window > 0) this.fill()
  }
}
