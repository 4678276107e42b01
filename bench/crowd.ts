import { FrameCounter } from './frame-counter.ts'
import type { LoadPair } from './load.ts'
import { FIRST_NUMBER } from './numbered-frame.ts'
import type { Tally } from './pair.ts'
import { numberAt } from './pulling-receiver.ts'
import type { RawSocket } from './raw-socket.ts'

/** Send times kept by message number; far more than may be under way. */
const RING = 4096
/** Every so many members notes when its messages came; the others only count. */
const PROBE_EVERY = 50
const ID_AT = '{"id":'.length
const STATUS_AT = ID_AT + String(FIRST_NUMBER).length + ',"body":{"ActionStatus":"'.length
const O = 0x4f

export interface CrowdOptions {
  readonly speaker: RawSocket
  readonly members: readonly RawSocket[]
  /** The speaker's frame for a message. */
  readonly frame: (number: number) => Buffer
  /** False: nothing answers the speaker. */
  readonly isAcked: boolean
  /** Number of the first message in its frame. */
  readonly from: number
}

/**
 * One speaker and the members of its group, each on a connection of its own. A message is done when all members have it: as
 * many are under way as the window says, so that nothing piles up in the server. `tally.delivered` counts deliveries.
 */
export class Crowd implements LoadPair {
  window = 0
  /** Messages that the server took and gave up. */
  dropped = 0
  readonly #tally: Tally
  readonly #options: CrowdOptions
  readonly #sentAt = new Float64Array(RING)
  readonly #size: number
  #sent = 0
  #acked = 0
  #delivered = 0

  constructor(tally: Tally, options: CrowdOptions) {
    this.#tally = tally
    this.#options = options
    this.#size = options.members.length
    const lost = (reason: string) => tally.fail(reason)
    options.speaker.taker = { frame: (bytes, start) => this.#answer(bytes, start), lost }
    for (const [index, member] of options.members.entries()) {
      const counter = new FrameCounter()
      const isProbe = index % PROBE_EVERY === 0
      let got = 0
      member.takeBytes({
        bytes: chunk => {
          const messages = counter.count(chunk)
          if (isProbe) this.#noteTimes(got, messages)
          got += messages
          this.#arrived(messages)
        },
        lost,
      })
    }
  }

  get settled(): boolean {
    return (
      (!this.#options.isAcked || this.#acked === this.#sent) &&
      this.#delivered === (this.#sent - this.dropped) * this.#size
    )
  }

  fill(): void {
    while (this.#sent - this.#done < this.window) this.send(performance.now())
  }

  send(at: number): void {
    const number = this.#sent++
    this.#sentAt[number % RING] = at
    this.#tally.sent++
    this.#options.speaker.send(this.#options.frame(number))
  }

  get #done(): number {
    const reached = Math.floor(this.#delivered / this.#size) + this.dropped
    return this.#options.isAcked ? Math.min(this.#acked, reached) : reached
  }

  #arrived(messages: number): void {
    this.#delivered += messages
    this.#tally.delivered += messages
    if (this.window > 0) this.fill()
  }

  #noteTimes(first: number, messages: number): void {
    if (!this.#tally.measuring) return
    const now = performance.now()
    for (let number = first; number < first + messages; number++)
      this.#tally.deliveryTimes.add(now - (this.#sentAt[number % RING] ?? 0))
  }

  #answer(bytes: Buffer, start: number): void {
    const at = start + ID_AT
    if (bytes[start + STATUS_AT] !== O) {
      this.#tally.fail(`a send was refused: ${bytes.toString('utf8', start, start + 300)}`)
      return
    }
    if (this.#tally.measuring) {
      const sentAt = this.#sentAt[(numberAt(bytes, at) - FIRST_NUMBER - this.#options.from) % RING] ?? 0
      this.#tally.ackTimes.add(performance.now() - sentAt)
    }
    if (bytes.includes('"MsgDropReason"', start)) this.dropped++
    this.#acked++
    this.#tally.acked++
    if (this.window > 0) this.fill()
  }
}
