import { ErrorCode } from '@rookery/protocol/error-code'
import {
  checkClaims,
  checkSignature,
  checkTime,
  type ParsedTicket,
  parseTicket,
  type TicketFailure,
} from '@rookery/usersig'
import { v1Verifier } from '@rookery/usersig/v1'
import { type App, keyRefusal } from '../apps/app.ts'
import type { AppRegistry } from '../apps/app-registry.ts'
import { CommandError } from '../commands/command-error.ts'
import type { VerifiedTicket } from './accept-ticket.ts'

export interface PresentedTicket {
  readonly app: number
  readonly userId: string
  readonly userSig: string
}

export interface CheckedTicket {
  readonly app: App
  readonly ticket: VerifiedTicket
}

/** The code for an app that does not exist differs by door (rest-1 section 1.7). */
export interface TicketCheckOptions {
  readonly unknownApp: number
  /** Unix seconds. */
  readonly now: number
}

/**
 * All checks of a UserSig that need no account row, in the order of DESIGN-SECURITY 1. Throws a `CommandError` with the
 * documented code and the failed check; what it returns must still be accepted by the writer.
 */
export async function checkTicket(
  apps: AppRegistry,
  presented: PresentedTicket,
  options: TicketCheckOptions,
): Promise<CheckedTicket> {
  const parsed = parseTicket(presented.userSig)
  if (!parsed.ok) throw refused(parsed)
  const app = await apps.get(presented.app)
  if (!app)
    throw new CommandError(
      options.unknownApp,
      `There is no app with SDKAppID ${presented.app} on this server; check the number and the host.`,
      { check: 'app-known', sdkappid: presented.app },
    )
  if (app.disabled)
    throw new CommandError(
      ErrorCode.SDKAPPID_FORBIDDEN,
      `The app ${app.id} is disabled; its operator can enable it.`,
      { check: 'app-enabled' },
    )
  const { ticket } = parsed
  const claim = checkClaims(ticket, { userId: presented.userId, sdkAppId: app.id })
  if (claim) throw refused(claim)
  const time = checkTime(ticket, options.now, app.setting('login.clockSkewAheadSeconds'))
  if (time) throw refused(time, timeNumbers(ticket, options.now))
  return { app, ticket: verifySignature(app, ticket, options.now) }
}

function verifySignature(app: App, ticket: ParsedTicket, now: number): VerifiedTicket {
  const signature = checkSignature(ticket, app.ticketKeys, v1Verifier)
  if (!signature.ok) throw refused(signature)
  const key = app.keys.find(candidate => candidate.id === signature.keyId)
  const refusal = key && keyRefusal(key, ticket.time, now)
  if (!key || refusal)
    throw new CommandError(
      ErrorCode.USERSIG_SIGNATURE_MISMATCH,
      `The UserSig is no longer valid: ${refusal ?? 'its key was removed'}.`,
      { check: 'signature' },
    )
  return {
    app: app.id,
    userId: ticket.userId,
    keyId: key.id,
    issued: ticket.time,
    ticketEnd: ticket.expiresAt,
  }
}

function refused(failure: TicketFailure, numbers: object = {}): CommandError {
  return new CommandError(failure.code, failure.detail, { check: failure.check, ...numbers })
}

function timeNumbers(ticket: ParsedTicket, now: number): object {
  return { issuedAt: ticket.time, expiresAt: ticket.expiresAt, serverTime: now }
}
