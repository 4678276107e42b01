import type { LoadPair } from './load.ts'
import { numberAt, PullingReceiver, RETRY_AFTER, SEQ } from './pulling-receiver.ts'
import { clientFrame, type RawSocket } from './raw-socket.ts'

/** Send times kept by message number; far more than may be under way. */
const RING = 4096
const FIRST_ID = 1_000_000_000
const ACK_START = Buffer.from('{"id":')
/** From the number of an answer to the first letter of its ActionStatus. */
const STATUS_GAP = ',"body":{"ActionStatus":"'.length
const O = 0x4f

/** A text of about a sentence, as chats have. */
export const TEXT =
  'The quick brown fox jumps over the lazy dog while the band plays on, and nobody seems to mind.'

/** What all pairs of a run count together. */
export class Tally {
  acked = 0
  delivered = 0
  sent = 0
  /** Of those delivered: how many the receiver had to fetch, because no frame of them came. */
  pulled = 0
  /** Sends and pulls that the target answered with a delay after which to try again; each such answer counts. */
  refused = 0
  failure: string | undefined
  /** Milliseconds; filled while `measuring`. */
  readonly ackTimes = new Samples()
  readonly deliveryTimes = new Samples()
  measuring = false

  /** The refusals since the last call. */
  takeRefused(): number {
    const { refused } = this
    this.refused = 0
    return refused
  }

  fail(reason: string): void {
    this.failure ??= reason
  }
}

class Samples {
  #values = new Float64Array(1 << 16)
  #count = 0

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = value
  }

  take(): Float64Array {
    const taken = this.#values.slice(0, this.#count)
    this.#count = 0
    return taken
  }
}

export interface PairOptions {
  readonly from: string
  readonly to: string
  /**
   * `count` takes whatever comes as the next message. `next` demands that every delivery is the next number, from 1 on; `following` the
   * same after whichever comes first, where messages are stored already. `pull` does as a client
   * does: what did not come is fetched, what came twice is dropped (docs/wire-protocol.md), and what was refused for now is sent again.
   */
  readonly receives: 'count' | 'next' | 'following' | 'pull'
}

/** One sender and one receiver, each on its own connection. */
export class Pair implements LoadPair {
  window = 0
  readonly #tally: Tally
  readonly #socket: RawSocket
  readonly #frame: Buffer
  readonly #numberAt: readonly number[]
  readonly #timeAt: number
  readonly #sentAt = new Float64Array(RING)
  /** Unix seconds: part of the client key, with which a message may be sent again. */
  readonly #clientTimes = new Float64Array(RING)
  readonly #checkSeq: boolean
  /** Number of the message before the first one here; undefined until that came. */
  #seqBefore: number | undefined
  readonly #isClient: boolean
  #sent = 0
  #acked = 0
  #delivered = 0

  constructor(tally: Tally, sender: RawSocket, receiver: RawSocket, options: PairOptions) {
    this.#tally = tally
    this.#socket = sender
    this.#checkSeq = options.receives === 'next' || options.receives === 'following'
    this.#seqBefore = options.receives === 'following' ? undefined : 0
    this.#isClient = options.receives === 'pull'
    const number = String(FIRST_ID)
    const body = `{"To_Account":"${options.to}","MsgSeq":${number},"MsgRandom":${number},"MsgClientTime":${number},"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"${TEXT}"}}]}`
    this.#frame = clientFrame(`{"id":${number},"cmd":"openim/sendmsg","body":${body}}`)
    this.#numberAt = ['"id":', '"MsgSeq":', '"MsgRandom":'].map(
      name => this.#frame.indexOf(name) + name.length,
    )
    this.#timeAt = this.#frame.indexOf('"MsgClientTime":') + '"MsgClientTime":'.length
    sender.taker = {
      frame: (bytes, start, end) => this.#answer(bytes, start, end),
      lost: reason => tally.fail(reason),
    }
    receiver.taker =
      options.receives === 'pull'
        ? new PullingReceiver(receiver, {
            peer: options.from,
            took: (count, isPulled) => {
              if (isPulled) tally.pulled += count
              for (let taken = 0; taken < count; taken++) this.#arrived()
            },
            refused: () => {
              tally.refused++
            },
            failed: reason => tally.fail(reason),
          })
        : {
            frame: (bytes, start, end) => this.#delivery(bytes, start, end),
            lost: reason => tally.fail(reason),
          }
  }

  get settled(): boolean {
    return this.#acked === this.#sent && this.#delivered === this.#sent
  }

  /** Fills the window. */
  fill(): void {
    while (this.#sent - this.#acked < this.window) this.send(performance.now())
  }

  /** @param at the moment from which its latency counts. */
  send(at: number): void {
    const number = this.#sent++
    this.#sentAt[number % RING] = at
    this.#clientTimes[number % RING] = Math.floor(Date.now() / 1000)
    this.#tally.sent++
    this.#write(number)
  }

  #write(number: number): void {
    for (const offset of this.#numberAt) putNumber(this.#frame, offset, FIRST_ID + number)
    putNumber(this.#frame, this.#timeAt, this.#clientTimes[number % RING] ?? 0)
    this.#socket.send(this.#frame)
  }

  #answer(bytes: Buffer, start: number, end: number): void {
    const at = start + ACK_START.length
    const id = numberAt(bytes, at)
    if (bytes[at + String(FIRST_ID).length + STATUS_GAP] !== O) {
      this.#refusal(id - FIRST_ID, bytes.toString('utf8', start, end))
      return
    }
    if (this.#tally.measuring)
      this.#tally.ackTimes.add(performance.now() - (this.#sentAt[(id - FIRST_ID) % RING] ?? 0))
    this.#acked++
    this.#tally.acked++
    if (this.window > 0) this.fill()
  }

  /** A client waits and sends it again; its latency goes on counting. */
  #refusal(number: number, answer: string): void {
    const [, delay] = RETRY_AFTER.exec(answer) ?? []
    if (delay === undefined || !this.#isClient) {
      this.#tally.fail(`a send was refused: ${answer}`)
      return
    }
    this.#tally.refused++
    setTimeout(() => this.#write(number), Number(delay))
  }

  /** The next message is with its receiver. */
  #arrived(): void {
    if (this.#tally.measuring)
      this.#tally.deliveryTimes.add(performance.now() - (this.#sentAt[this.#delivered % RING] ?? 0))
    this.#delivered++
    this.#tally.delivered++
  }

  #delivery(bytes: Buffer, start: number, end: number): void {
    this.#arrived()
    if (!this.#checkSeq) return
    const seq = numberAt(bytes, bytes.indexOf(SEQ, start) + SEQ.length)
    this.#seqBefore ??= seq - 1
    if (seq !== this.#seqBefore + this.#delivered)
      this.#tally.fail(`delivery ${this.#delivered} has Seq ${seq}: ${bytes.toString('utf8', start, end)}`)
  }
}

/** Writes ten digits. */
export function putNumber(bytes: Buffer, at: number, value: number): void {
  let rest = value
  for (let offset = at + 9; offset >= at; offset--) {
    const tenth = Math.floor(rest / 10)
    bytes[offset] = 0x30 + rest - tenth * 10
    rest = tenth
  }
}
