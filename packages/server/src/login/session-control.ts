import type { Platform } from './multi-device.ts'

/** What the session commands may do to the socket they came through; the WebSocket door implements it. */
export interface SessionControl {
  /** Renews the UserSig of a living session in place; resolves with its new end in Unix seconds. */
  renew(sessionId: string, userSig: string): Promise<number>
  /** Checks a UserSig of the session's own user as a login does, account marks included; the session stays as it is. */
  verify(sessionId: string, userSig: string): Promise<void>
  /** Ends the session as its user's own wish; the socket closes after the answer. */
  logout(sessionId: string): Promise<void>
  /** End of the session's UserSig in Unix seconds. */
  expiresAt(sessionId: string): number
  /** Of a session that is here. */
  platformOf(sessionId: string): Platform | undefined
}
