import { groupMessage } from './group-seed.ts'
import type { LoadPair } from './load.ts'
import { FIRST_NUMBER, NumberedFrame } from './numbered-frame.ts'
import { type Tally, TEXT } from './pair.ts'
import { numberAt } from './pulling-receiver.ts'
import type { RawSocket } from './raw-socket.ts'

/** Messages remembered; far more than may be under way. */
const RING = 1 << 16
const RANDOM = Buffer.from('"MsgRandom":')
const EVENT = Buffer.from('{"ev":"message"')
const ANSWER = Buffer.from('{"id":')
const STATUS_AT = ANSWER.length + String(FIRST_NUMBER).length + ',"body":{"ActionStatus":"'.length
const O = 0x4f

/** Online members of one group, who all write and all read. A message is delivered when the last of the others has it. */
export class GroupTalk {
  readonly members: readonly LoadPair[]
  readonly #tally: Tally
  readonly #sentAt = new Float64Array(RING)
  readonly #missing = new Uint16Array(RING)
  readonly #others: number
  readonly #members: readonly Member[]
  #next = 0
  #undelivered = 0

  constructor(tally: Tally, groupId: string, sockets: readonly RawSocket[]) {
    this.#tally = tally
    this.#others = sockets.length - 1
    const frame = new NumberedFrame(groupMessage(groupId, TEXT))
    this.#members = sockets.map(
      socket =>
        new Member({
          send: (at, member) => this.#send(frame, socket, at, member),
          allDelivered: () => this.#undelivered === 0,
        }),
    )
    this.members = this.#members
    for (const [index, socket] of sockets.entries())
      socket.taker = {
        frame: (bytes, start, end) => this.#take(index, bytes, start, end),
        lost: reason => tally.fail(reason),
      }
  }

  #send(frame: NumberedFrame, socket: RawSocket, at: number, member: Member): void {
    const number = this.#next++
    this.#sentAt[number % RING] = at
    this.#missing[number % RING] = this.#others
    member.sent()
    this.#undelivered++
    this.#tally.sent++
    socket.send(frame.with(number))
  }

  #take(index: number, bytes: Buffer, start: number, end: number): void {
    if (startsWith(bytes, start, EVENT)) this.#delivery(bytes, start)
    else if (startsWith(bytes, start, ANSWER)) this.#answer(index, bytes, start, end)
  }

  #answer(index: number, bytes: Buffer, start: number, end: number): void {
    const { acked, ackTimes, measuring } = this.#tally
    if (bytes[start + STATUS_AT] !== O) {
      this.#tally.fail(`a send was refused: ${bytes.toString('utf8', start, end)}`)
      return
    }
    const number = numberAt(bytes, start + ANSWER.length) - FIRST_NUMBER
    if (measuring) ackTimes.add(performance.now() - (this.#sentAt[number % RING] ?? 0))
    this.#tally.acked = acked + 1
    this.#members[index]?.acked()
  }

  #delivery(bytes: Buffer, start: number): void {
    const number = numberAt(bytes, bytes.indexOf(RANDOM, start) + RANDOM.length) - FIRST_NUMBER
    const place = number % RING
    const missing = (this.#missing[place] ?? 0) - 1
    this.#missing[place] = missing
    if (missing !== 0) return
    if (this.#tally.measuring) this.#tally.deliveryTimes.add(performance.now() - (this.#sentAt[place] ?? 0))
    this.#tally.delivered++
    this.#undelivered--
  }
}

interface MemberParts {
  readonly send: (at: number, member: Member) => void
  /** Of the whole group. */
  readonly allDelivered: () => boolean
}

/** What one member keeps under way. */
class Member implements LoadPair {
  window = 0
  readonly #parts: MemberParts
  #unacked = 0

  constructor(parts: MemberParts) {
    this.#parts = parts
  }

  get settled(): boolean {
    return this.#unacked === 0 && this.#parts.allDelivered()
  }

  fill(): void {
    while (this.#unacked < this.window) this.send(performance.now())
  }

  send(at: number): void {
    this.#parts.send(at, this)
  }

  sent(): void {
    this.#unacked++
  }

  acked(): void {
    this.#unacked--
    if (this.window > 0) this.fill()
  }
}

function startsWith(bytes: Buffer, start: number, text: Buffer): boolean {
  return bytes.compare(text, 0, text.length, start, start + text.length) === 0
}
