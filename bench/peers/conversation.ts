import type { LoadPair } from '../load.ts'
import type { Tally } from '../pair.ts'
import type { PeerClient } from './peer-client.ts'

/** Send times kept by message number; far more than may be under way. */
const RING = 4096
/** Every so many receivers notes when its messages came, as in the crowd of the fan-out bench. */
const PROBE_EVERY = 50

export interface ConversationOptions {
  readonly sender: PeerClient
  readonly receivers: readonly PeerClient[]
  readonly send: (number: number) => void
}

/** One sender and those whom its messages reach: one, or all others of a group. `tally.delivered` counts deliveries. */
export class Conversation implements LoadPair {
  window = 0
  readonly #tally: Tally
  readonly #send: (number: number) => void
  readonly #size: number
  readonly #sentAt = new Float64Array(RING)
  #sent = 0
  #acked = 0
  #delivered = 0

  constructor(tally: Tally, { sender, receivers, send }: ConversationOptions) {
    this.#tally = tally
    this.#send = send
    this.#size = receivers.length
    const lost = (reason: string) => tally.fail(reason)
    sender.taker = {
      acked: number => this.#ack(number),
      // A room gives its sender the message too.
      delivered: () => {},
      lost,
    }
    for (const [index, receiver] of receivers.entries()) {
      const isProbe = index % PROBE_EVERY === 0
      let next = 0
      receiver.taker = {
        acked: () => {},
        delivered: number => {
          if (number !== next) tally.fail(`message ${number} came where ${next} was due`)
          next++
          this.#arrived(number, isProbe)
        },
        lost,
      }
    }
  }

  get settled(): boolean {
    return this.#acked === this.#sent && this.#delivered === this.#sent * this.#size
  }

  fill(): void {
    while (this.#sent - this.#done < this.window) this.send(performance.now())
  }

  send(at: number): void {
    const number = this.#sent++
    this.#sentAt[number % RING] = at
    this.#tally.sent++
    this.#send(number)
  }

  /** Of a pair's messages the acknowledged ones, of a group's those that all members have. */
  get #done(): number {
    return this.#size === 1 ? this.#acked : Math.min(this.#acked, Math.floor(this.#delivered / this.#size))
  }

  #ack(number: number): void {
    for (; this.#acked <= number; this.#acked++) {
      if (this.#tally.measuring)
        this.#tally.ackTimes.add(performance.now() - (this.#sentAt[this.#acked % RING] ?? 0))
      this.#tally.acked++
    }
    if (this.window > 0) this.fill()
  }

  #arrived(number: number, isProbe: boolean): void {
    if (isProbe && this.#tally.measuring)
      this.#tally.deliveryTimes.add(performance.now() - (this.#sentAt[number % RING] ?? 0))
    this.#delivered++
    this.#tally.delivered++
    if (this.#size > 1 && this.window > 0) this.fill()
  }
}
