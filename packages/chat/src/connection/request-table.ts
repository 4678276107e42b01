import { ErrorCode, isRetryable } from '@rookery/protocol/error-code'
import type { ReplyFrame } from '@rookery/protocol/wire'
import { FRAMES_PER_SECOND, IN_FLIGHT, QUEUED_REQUESTS, REQUEST_TIMEOUT } from '../bounds.ts'
import { ChatError } from '../chat-error.ts'
import type { Cancel, Clock } from '../clock.ts'

export type ReplyBody = ReplyFrame['body']

export interface CallOptions {
  /** Milliseconds until the call is rejected with 2801. */
  readonly timeout?: number
  /**
   * What happens when the connection is lost before the answer came: true sends the same request again after the next
   * login (only for requests whose second run changes nothing), false rejects with 2801. Default true.
   */
  readonly resend?: boolean
  /** Session commands: not counted, not queued, lost with the connection. */
  readonly urgent?: boolean
  /** Runs in the frame's own turn, before any later frame is looked at. */
  readonly onReply?: (body: ReplyBody) => void
}

interface Call {
  readonly id: number
  readonly cmd: string
  readonly text: string
  readonly resend: boolean
  readonly urgent: boolean
  readonly onReply: ((body: ReplyBody) => void) | undefined
  readonly resolve: (body: ReplyBody) => void
  readonly reject: (error: ChatError) => void
  readonly cancelTimeout: Cancel
  /** Not to be sent before, by `Clock.elapsed`: the server asked for a pause, as when it is overloaded (60022). */
  notBefore: number
}

const UTF8 = new TextEncoder()

/** Requests in flight and in waiting: pairs them with answers, keeps within the door's limits, survives a lost socket. */
export class RequestTable {
  readonly #clock: Clock
  #send: (text: string) => void = () => undefined
  readonly #sent = new Map<number, Call>()
  #queue: Call[] = []
  #open = false
  #nextId = 1
  #maxFrameBytes = Number.POSITIVE_INFINITY
  /** Frames that may go out now; fills up with time to one second's worth. */
  #allowance: number = FRAMES_PER_SECOND
  #filledAt: number
  #cancelPump: Cancel | undefined
  #oldestSentAt: number | undefined
  #ended: ChatError | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#filledAt = clock.elapsed()
  }

  /** The way that requests take from now on. */
  through(send: (text: string) => void): void {
    this.#send = send
  }

  /** When the longest unanswered request was sent, by `Clock.elapsed`; undefined when none is in flight. */
  get waitingSince(): number | undefined {
    return this.#sent.size > 0 ? this.#oldestSentAt : undefined
  }

  call(cmd: string, body: unknown, options: CallOptions = {}): Promise<ReplyBody> {
    return new Promise<ReplyBody>((resolve, reject) => {
      const id = this.#nextId++
      const text = JSON.stringify({ id, cmd, body })
      const urgent = options.urgent ?? false
      if (this.#ended) {
        reject(this.#ended)
        return
      }
      if (!urgent && this.#queue.length >= QUEUED_REQUESTS) {
        reject(
          new ChatError(
            ErrorCode.CALL_TOO_FREQUENT,
            `${QUEUED_REQUESTS} requests are already waiting. Wait for some of them to finish.`,
          ),
        )
        return
      }
      if (text.length * 3 > this.#maxFrameBytes && UTF8.encode(text).length > this.#maxFrameBytes) {
        reject(
          new ChatError(
            ErrorCode.BODY_SIZE_LIMIT,
            `The request takes more than the ${this.#maxFrameBytes} bytes that the server accepts. Send less at once.`,
          ),
        )
        return
      }
      const timeout = options.timeout ?? REQUEST_TIMEOUT
      const call: Call = {
        id,
        cmd,
        text,
        resend: options.resend ?? true,
        urgent,
        onReply: options.onReply,
        resolve,
        reject,
        notBefore: 0,
        cancelTimeout: this.#clock.after(timeout, () => this.#expire(call, timeout)),
      }
      if (urgent) this.#transmit(call)
      else {
        this.#queue.push(call)
        this.#pump()
      }
    })
  }

  /** The login was accepted. */
  opened(maxFrameBytes: number): void {
    this.#open = true
    this.#maxFrameBytes = maxFrameBytes
    this.#pump()
  }

  /** The socket is gone: what was in flight is queued again or rejected. */
  lost(): void {
    this.#open = false
    const inFlight = [...this.#sent.values()]
    this.#sent.clear()
    this.#queue = [...inFlight.filter(call => call.resend && !call.urgent), ...this.#queue]
    for (const call of inFlight) {
      if (!call.resend || call.urgent) this.#fail(call, connectionLost(call.cmd))
    }
  }

  /** Nothing will be sent any more. */
  end(error: ChatError): void {
    this.#ended = error
    this.#open = false
    this.#cancelPump?.()
    const all = [...this.#sent.values(), ...this.#queue]
    this.#sent.clear()
    this.#queue = []
    for (const call of all) this.#fail(call, error)
  }

  onReply(frame: ReplyFrame): void {
    const call = this.#sent.get(frame.id)
    if (!call) return
    this.#sent.delete(frame.id)
    const { ErrorCode: code, ErrorDetail: detail } = frame.body
    const pause = detail?.retryAfterMs ?? 0
    if (pause > 0 && isRetryable(code) && !call.urgent) {
      call.notBefore = this.#clock.elapsed() + pause
      this.#queue.unshift(call)
    } else {
      call.cancelTimeout()
      try {
        call.onReply?.(frame.body)
      } finally {
        call.resolve(frame.body)
      }
    }
    this.#pump()
  }

  #pump(): void {
    this.#cancelPump?.()
    this.#cancelPump = undefined
    if (!this.#open) return
    const now = this.#clock.elapsed()
    this.#allowance = Math.min(
      FRAMES_PER_SECOND,
      this.#allowance + ((now - this.#filledAt) * FRAMES_PER_SECOND) / 1000,
    )
    this.#filledAt = now
    const later: Call[] = []
    let wakeIn = Number.POSITIVE_INFINITY
    for (const [index, call] of this.#queue.entries()) {
      if (this.#sent.size >= IN_FLIGHT) {
        later.push(...this.#queue.slice(index))
        break
      }
      if (this.#allowance < 1) {
        later.push(...this.#queue.slice(index))
        wakeIn = Math.min(wakeIn, Math.ceil(((1 - this.#allowance) * 1000) / FRAMES_PER_SECOND))
        break
      }
      if (call.notBefore > now) {
        later.push(call)
        wakeIn = Math.min(wakeIn, call.notBefore - now)
        continue
      }
      this.#allowance -= 1
      this.#transmit(call)
    }
    this.#queue = later
    if (wakeIn !== Number.POSITIVE_INFINITY) {
      this.#cancelPump = this.#clock.after(wakeIn, () => this.#pump())
    }
  }

  #transmit(call: Call): void {
    if (this.#sent.size === 0) this.#oldestSentAt = this.#clock.elapsed()
    this.#sent.set(call.id, call)
    this.#send(call.text)
  }

  #expire(call: Call, timeout: number): void {
    this.#sent.delete(call.id)
    this.#queue = this.#queue.filter(it => it !== call)
    call.reject(
      new ChatError(
        ErrorCode.SDK_REQUEST_TIMEOUT,
        `No answer to ${call.cmd} within ${timeout / 1000} s. Check the network and try again.`,
      ),
    )
    this.#pump()
  }

  #fail(call: Call, error: ChatError): void {
    call.cancelTimeout()
    call.reject(error)
  }
}

function connectionLost(cmd: string): ChatError {
  return new ChatError(
    ErrorCode.SDK_REQUEST_TIMEOUT,
    `The connection was lost before ${cmd} was answered. It may or may not have taken effect; look, and try again.`,
  )
}
