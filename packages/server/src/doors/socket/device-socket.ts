import type { CloseCode } from '@rookery/protocol/wire'
import type { ServerWebSocket } from 'bun'
import type { Caller } from '../../commands/caller.ts'
import type { Platform } from '../../login/multi-device.ts'

/** The state of a logged-in socket. */
export interface LiveSession {
  /** Replaced when the app's settings changed. */
  caller: Caller & { readonly sessionId: string }
  readonly platform: Platform
  readonly generation: number
  readonly rank: number
  /** Seconds without a frame after which the socket is dropped. */
  readonly silenceLimit: number
  keyId: string
  issued: number
  /** Unix seconds at which the session ends unless renewed. */
  expires: number
  warned: boolean
  /** Set by `session/logout`; the socket closes after its answer. */
  loggedOut?: true
}

/** Life of a socket; each state has only what is valid in it. */
export type SocketState =
  | { readonly kind: 'new' }
  | { readonly kind: 'logging-in' }
  | { readonly kind: 'live'; readonly session: LiveSession }
  | { readonly kind: 'closing' }

export type Socket = ServerWebSocket<DeviceSocket>

/** Where a connection comes from. */
export interface Peer {
  readonly address: string
  /** As a browser gives it at the upgrade; others send none. */
  readonly origin: string | undefined
}

/** Frames over all sockets, for the metrics. */
export interface FrameCount {
  in: number
  out: number
}

/** Sockets that have frames to send at the end of this turn of the event loop. */
let waiting: DeviceSocket[] = []

/** Sends what waits now, so that it goes before what the runtime publishes. */
export function flushDevices(): void {
  const devices = waiting
  waiting = []
  for (const device of devices) device.flush()
}

/** What a socket keeps between frames; small, for there may be very many. */
export class DeviceSocket {
  readonly peer: Peer
  readonly openedAt: number
  state: SocketState = { kind: 'new' }
  socket: Socket | undefined
  /** The session that lived here, kept past the state until the socket is really closed. */
  last: LiveSession | undefined
  lastFrameAt: number
  /** Asked for a sign of life since the last one. */
  asked = false
  inFlight = 0
  failedLogins = 0
  /** The second in which `framesInSecond` were counted. */
  second = 0
  framesInSecond = 0
  wake: (now: number) => number | undefined = () => undefined
  /** Frames of this turn of the event loop. */
  #unsent: string[] | undefined
  readonly #frames: FrameCount

  /** @param now Unix seconds. */
  constructor(peer: Peer, frames: FrameCount, now: number) {
    this.peer = peer
    this.openedAt = now
    this.lastFrameAt = now
    this.#frames = frames
  }

  get live(): LiveSession | undefined {
    return this.state.kind === 'live' ? this.state.session : undefined
  }

  /** A frame or a pong came. */
  heard(now: number): void {
    this.lastFrameAt = now
    this.asked = false
  }

  /** A browser answers this by itself, also in a hidden tab, whose own timers run once a minute. */
  askForLife(): void {
    this.asked = true
    this.socket?.ping()
  }

  /**
   * Sends at the end of this turn of the event loop, in order: what one commit brings for a socket leaves in one system call
   * and packet, which is most of what a frame costs.
   */
  send(text: string): void {
    if (!this.socket) return
    this.#frames.out++
    if (this.#unsent) {
      this.#unsent.push(text)
      return
    }
    this.#unsent = [text]
    if (waiting.push(this) === 1) setImmediate(flushDevices)
  }

  flush(): void {
    const frames = this.#unsent
    this.#unsent = undefined
    const { socket } = this
    if (!frames || !socket) return
    const [only] = frames
    if (frames.length === 1 && only !== undefined) socket.sendText(only)
    else
      socket.cork(() => {
        for (const frame of frames) socket.sendText(frame)
      })
  }

  close(code: (typeof CloseCode)[keyof typeof CloseCode], reason: string): void {
    this.state = { kind: 'closing' }
    this.flush()
    this.socket?.close(code, reason)
  }
}
