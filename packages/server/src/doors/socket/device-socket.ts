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

/** What a socket keeps between frames; small, for there may be very many. */
export class DeviceSocket {
  readonly peer: Peer
  readonly openedAt: number
  state: SocketState = { kind: 'new' }
  socket: Socket | undefined
  /** The session that lived here, kept past the state until the socket is really closed. */
  last: LiveSession | undefined
  lastFrameAt: number
  inFlight = 0
  failedLogins = 0
  /** The second in which `framesInSecond` were counted. */
  second = 0
  framesInSecond = 0
  wake: (now: number) => number | undefined = () => undefined
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

  send(text: string): void {
    this.#frames.out++
    this.socket?.sendText(text)
  }

  close(code: (typeof CloseCode)[keyof typeof CloseCode], reason: string): void {
    this.state = { kind: 'closing' }
    this.socket?.close(code, reason)
  }
}
