import { ErrorCode } from '@rookery/protocol/error-code'
import type { ErrorDetail } from '@rookery/protocol/wire'
import { type HmacKey, prepareKey, sign } from '@rookery/usersig'
import type { AdminOptions, KeyProvider } from './admin-options.ts'

/** A UserSig and when it was made, in Unix seconds of the server's clock. */
export interface Ticket {
  readonly text: string
  readonly issuedAt: number
}

export interface TicketContent {
  readonly sdkAppId: number
  readonly admin: string
  readonly ticketSeconds: number
}

/** The part of its lifetime for which a ticket is used: the rest is for calls under way and clocks that differ a little. */
const USED_PART = 0.8

/**
 * Signs the admin's UserSigs, one for all calls, and a new one before it ends. Learns the server's clock from refusals. The
 * key and the tickets are private fields: printing or serialising this shows nothing of them.
 */
export class TicketSource {
  readonly #content: TicketContent
  readonly #key: HmacKey | KeyProvider
  /** Server's clock minus ours. */
  #skewMs = 0
  /** The server refuses tickets that were issued before this second. */
  #notBefore = 0
  #current: Ticket | undefined
  /** The last one that the server took. */
  #accepted: Ticket | undefined
  #signing: Promise<Ticket> | undefined

  constructor(content: TicketContent, options: Pick<AdminOptions, 'key' | 'keyProvider'>) {
    this.#content = content
    this.#key = options.keyProvider ?? prepareKey(options.key ?? '')
  }

  /** A ticket with life left. Rejects with what the key provider threw. */
  async current(): Promise<Ticket> {
    const known = this.#current
    if (known && this.#now() < known.issuedAt + this.#content.ticketSeconds * USED_PART) return known
    // Calls that come meanwhile wait for the same signature.
    this.#signing ??= this.#sign().finally(() => {
      this.#signing = undefined
    })
    return this.#signing
  }

  accepted(ticket: Ticket): void {
    this.#accepted = ticket
  }

  /** Takes note of a refusal. True when the call is worth repeating at once with another ticket. */
  refused(ticket: Ticket, code: number, detail: ErrorDetail | undefined): boolean {
    const isWorthIt = this.#isWorthAnother(ticket, code)
    // Otherwise another call had the same refusal, and there is a new one already.
    if (isWorthIt !== undefined && ticket === this.#current) {
      this.#current = undefined
      this.#learn(ticket, code, detail)
    }
    return isWorthIt === true
  }

  /** Undefined: the ticket is not what was refused. */
  #isWorthAnother(ticket: Ticket, code: number): boolean | undefined {
    switch (code) {
      case ErrorCode.USERSIG_EXPIRED:
      case ErrorCode.USERSIG_REVOKED:
      // Issued too far ahead of the server's clock.
      case ErrorCode.USERSIG_VERIFICATION_FAILED:
        return true
      // When it was good before, its key was rotated away, and the provider may have the next one.
      case ErrorCode.USERSIG_SIGNATURE_MISMATCH:
      case ErrorCode.USERSIG_KEY_MISSING:
        return typeof this.#key === 'function' && this.#accepted === ticket
      default:
        return undefined
    }
  }

  #learn(ticket: Ticket, code: number, detail: ErrorDetail = {}): void {
    const { serverTime, validAfter } = detail
    if (typeof serverTime === 'number') this.#skewMs = serverTime * 1000 - Date.now()
    if (code === ErrorCode.USERSIG_REVOKED)
      this.#notBefore = 1 + Math.max(ticket.issuedAt, typeof validAfter === 'number' ? validAfter : 0)
  }

  #now(): number {
    return Math.floor((Date.now() + this.#skewMs) / 1000)
  }

  async #sign(): Promise<Ticket> {
    const key = typeof this.#key === 'function' ? await this.#key() : this.#key
    const { sdkAppId, admin, ticketSeconds } = this.#content
    const issuedAt = Math.max(this.#now(), this.#notBefore)
    const ticket = {
      text: sign({ sdkAppId, userId: admin, key, now: issuedAt, expire: ticketSeconds }),
      issuedAt,
    }
    this.#current = ticket
    return ticket
  }
}
