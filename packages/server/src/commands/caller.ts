import type { App } from '../apps/app.ts'

/** Who calls, as the door established it; never read from a body. */
export interface Caller {
  readonly door: 'http' | 'socket'
  readonly app: App
  readonly accountId: number
  readonly userId: string
  /** Counts on the HTTP door only. */
  readonly admin: boolean
  readonly address: string
  /** The session of a socket. */
  readonly sessionId?: string
}
