import { clientFrame, type FrameTaker, type RawSocket } from './raw-socket.ts'

export const SEQ = Buffer.from(',"Seq":')
const CONVERSATION = Buffer.from('"ConvId":')
const COVER = Buffer.from('"CoverSeq":')
const MESSAGE = Buffer.from('{"ev":"message"')
const HEAD = Buffer.from('{"ev":"head"')
const ANSWER = Buffer.from('{"id":')
const SUCCESS = Buffer.from('"ErrorCode":0,')
const PAGE = 100
export const RETRY_AFTER = /"retryAfterMs":(\d+)/

export interface PullingOptions {
  /** Who sends. */
  readonly peer: string
  /** So many messages are here now, in their order. */
  readonly took: (count: number, isPulled: boolean) => void
  /** A pull was answered with a delay after which to try again. */
  readonly refused: () => void
  readonly failed: (reason: string) => void
}

/** A receiver that keeps the rules of a client (docs/wire-protocol.md): the next number is taken, a gap or a higher head is pulled. */
export class PullingReceiver implements FrameTaker {
  readonly #socket: RawSocket
  readonly #options: PullingOptions
  /** Everything up to it is here. */
  #known = 0
  /** The highest number that it was told of. */
  #head = 0
  #conversation = 0
  #isPulling = false

  constructor(socket: RawSocket, options: PullingOptions) {
    this.#socket = socket
    this.#options = options
  }

  lost(reason: string): void {
    this.#options.failed(reason)
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (startsWith(bytes, start, MESSAGE)) this.#told(bytes, start, true)
    else if (startsWith(bytes, start, HEAD)) this.#told(bytes, start, false)
    else if (startsWith(bytes, start, ANSWER)) this.#pulled(bytes.subarray(start, end))
  }

  #told(bytes: Buffer, start: number, isMessage: boolean): void {
    const seq = numberAt(bytes, bytes.indexOf(SEQ, start) + SEQ.length)
    if (this.#conversation === 0)
      this.#conversation = numberAt(bytes, bytes.indexOf(CONVERSATION, start) + CONVERSATION.length)
    this.#head = Math.max(this.#head, seq)
    if (isMessage && seq === this.#known + 1) {
      this.#known = seq
      this.#options.took(1, false)
    } else this.#pull()
  }

  #pull(): void {
    if (this.#isPulling || this.#head <= this.#known) return
    this.#isPulling = true
    const body = {
      To_Account: this.#options.peer,
      ConvId: this.#conversation,
      AfterSeq: this.#known,
      AfterChangeNo: 0,
      Limit: PAGE,
    }
    this.#socket.send(clientFrame(JSON.stringify({ id: 2, cmd: 'sync/pull', body })))
  }

  #pulled(answer: Buffer): void {
    this.#isPulling = false
    if (!answer.includes(SUCCESS)) {
      this.#refusal(answer.toString())
      return
    }
    const cover = numberAt(answer, answer.lastIndexOf(COVER) + COVER.length)
    // Frames may have been faster.
    const count = cover - this.#known
    if (count > 0) {
      this.#known = cover
      this.#options.took(count, true)
    }
    this.#pull()
  }

  #refusal(answer: string): void {
    const [, delay] = RETRY_AFTER.exec(answer) ?? []
    if (delay === undefined) this.#options.failed(`a pull was refused: ${answer.slice(0, 300)}`)
    else {
      this.#options.refused()
      setTimeout(() => this.#pull(), Number(delay))
    }
  }
}

/** The unsigned number whose first digit is there. */
export function numberAt(bytes: Buffer, start: number): number {
  let value = 0
  for (
    let at = start, digit = (bytes[at] ?? 0) - 0x30;
    digit >= 0 && digit <= 9;
    digit = (bytes[++at] ?? 0) - 0x30
  )
    value = value * 10 + digit
  return value
}

function startsWith(bytes: Buffer, start: number, text: Buffer): boolean {
  return bytes.compare(text, 0, text.length, start, start + text.length) === 0
}
