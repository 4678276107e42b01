import { numberAt, PullingReceiver, SEQ } from './pulling-receiver.ts'
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
  failure: string | undefined
  /** Milliseconds; filled while `measuring`. */
  readonly ackTimes = new Samples()
  readonly deliveryTimes = new Samples()
  measuring = false

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
   * `count` takes whatever comes as the next message. `next` demands that every delivery is the next number. `pull` does as a client
   * does: what did not come is fetched, and what came twice is dropped (docs/wire-protocol.md).
   */
  readonly receives: 'count' | 'next' | 'pull'
}

/** One sender and one receiver, each on its own connection. */
export class Pair {
  /** Messages that this pair keeps under way; 0 stops it, and an open loop sends by itself. */
  window = 0
  readonly #tally: Tally
  readonly #socket: RawSocket
  readonly #frame: Buffer
  readonly #numberAt: readonly number[]
  readonly #timeAt: number
  readonly #sentAt = new Float64Array(RING)
  readonly #checkSeq: boolean
  #sent = 0
  #acked = 0
  #delivered = 0

  constructor(tally: Tally, sender: RawSocket, receiver: RawSocket, options: PairOptions) {
    this.#tally = tally
    this.#socket = sender
    this.#checkSeq = options.receives === 'next'
    const number = String(FIRST_ID)
    const body = `{"To_Account":"${options.to}","MsgSeq":${number},"MsgRandom":${number},"MsgClientTime":${number},"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"${TEXT}"}}]}`
    this.#frame = clientFrame(`{"id":${number},"cmd":"openim/sendmsg","body":${body}}`)
    this.#numberAt = ['"id":', '"MsgSeq":', '"MsgRandom":'].map(
      name => this.#frame.indexOf(name) + name.length,
    )
    this.#timeAt = this.#frame.indexOf('"MsgClientTime":') + '"MsgClientTime":'.length
    sender.taker = { frame: (bytes, start) => this.#answer(bytes, start), lost: reason => tally.fail(reason) }
    receiver.taker =
      options.receives === 'pull'
        ? new PullingReceiver(receiver, {
            peer: options.from,
            took: (count, isPulled) => {
              if (isPulled) tally.pulled += count
              for (let taken = 0; taken < count; taken++) this.#arrived()
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
    const number = FIRST_ID + this.#sent
    for (const offset of this.#numberAt) putNumber(this.#frame, offset, number)
    putNumber(this.#frame, this.#timeAt, Math.floor(Date.now() / 1000))
    this.#sentAt[this.#sent % RING] = at
    this.#sent++
    this.#tally.sent++
    this.#socket.send(this.#frame)
  }

  #answer(bytes: Buffer, start: number): void {
    let at = start + ACK_START.length
    let id = 0
    for (let digit = (bytes[at] ?? 0) - 0x30; digit >= 0 && digit <= 9; digit = (bytes[++at] ?? 0) - 0x30)
      id = id * 10 + digit
    if (bytes[at + STATUS_GAP] !== O) {
      this.#tally.fail(`a send was refused: ${bytes.toString('utf8', start, start + 300)}`)
      return
    }
    if (this.#tally.measuring)
      this.#tally.ackTimes.add(performance.now() - (this.#sentAt[(id - FIRST_ID) % RING] ?? 0))
    this.#acked++
    this.#tally.acked++
    if (this.window > 0) this.fill()
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
    if (seq !== this.#delivered)
      this.#tally.fail(`delivery ${this.#delivered} has Seq ${seq}: ${bytes.toString('utf8', start, end)}`)
  }
}

function putNumber(bytes: Buffer, at: number, value: number): void {
  let rest = value
  for (let offset = at + 9; offset >= at; offset--) {
    const tenth = Math.floor(rest / 10)
    bytes[offset] = 0x30 + rest - tenth * 10
    rest = tenth
  }
}
