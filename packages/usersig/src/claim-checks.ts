import type { TicketFields } from './ticket.ts'
import { type TicketFailure, ticketFailure } from './ticket-checks.ts'

/** What the request says about itself. */
export interface Claims {
  readonly userId: string
  readonly sdkAppId: number
}

const SHOWN_CHARACTERS = 64

function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text)
}

/** 70013 unless the ticket is for exactly this UserID, upper and lower case included. */
export function checkUserId(ticket: TicketFields, userId: string): TicketFailure | undefined {
  if (ticket.userId === userId) return undefined
  return ticketFailure(
    'user-id',
    `The UserSig was made for UserID ${quoted(ticket.userId)}, the request says ${quoted(String(userId))}. ` +
      'Log in with the UserID that the UserSig was made for (upper and lower case count), or fetch one for this UserID.',
  )
}

/** 70014 unless the ticket is for exactly this SDKAppID. */
export function checkSdkAppId(ticket: TicketFields, sdkAppId: number): TicketFailure | undefined {
  if (ticket.sdkAppId === sdkAppId) return undefined
  return ticketFailure(
    'sdk-app-id',
    `The UserSig was made for SDKAppID ${ticket.sdkAppId}, the request says ${String(sdkAppId).slice(0, SHOWN_CHARACTERS)}. ` +
      'Use the same SDKAppID in the client and in the app server that makes the UserSig.',
  )
}

/** Compares the ticket with the request: UserID first (70013), then SDKAppID (70014). Undefined when both agree. */
export function checkClaims(ticket: TicketFields, claims: Claims): TicketFailure | undefined {
  return checkUserId(ticket, claims.userId) ?? checkSdkAppId(ticket, claims.sdkAppId)
}
