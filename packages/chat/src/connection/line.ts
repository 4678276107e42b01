import type { LoginAnswer } from '@rookery/protocol/wire'
import type { CallOptions, ReplyBody } from './request-table.ts'

/** The way of one session to the server: a socket of its own, or one that tabs share. */
export interface Line {
  start(): void
  /** Ends at once, without a word to the server. */
  stop(): void
  /** Leaves; the session on the server ends when nobody else uses it. */
  logout(): Promise<void>
  /** The machine or the network may have been away: look at the socket now. */
  wake(): void
  /** The answer's fields, or a rejection with the server's code. */
  call(cmd: string, body: unknown, options?: CallOptions): Promise<ReplyBody>
  /** The server's clock, Unix milliseconds, as far as its last answer told. */
  serverNow(): number
}

/** What is needed to come back as the same session. In memory only (DESIGN-SECURITY 4). */
export interface Credentials {
  readonly userSig: string
  readonly session: { readonly id: string; readonly generation: number; readonly token: string } | undefined
}

/** The latest login on a shared socket. */
export interface SharedLogin {
  readonly answer: LoginAnswer
  /** Milliseconds by which the server's clock is ahead of this machine's. */
  readonly serverOffset: number
  readonly credentials: Credentials
}
