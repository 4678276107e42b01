import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../accounts/account.ts'
import type { App } from '../apps/app.ts'
import { CommandError } from '../commands/command-error.ts'
import { AddressRanges } from '../doors/client-address.ts'
import type { VerifiedTicket } from './accept-ticket.ts'

/**
 * Whether a verified ticket's account may call a command over REST as an app admin (DESIGN-SECURITY 1 and 7): 60010 for whoever
 * is none or not for this command, then 60021 for its address.
 */
export function checkGrant(
  app: App,
  account: Account,
  call: { readonly command: string; readonly ticket: VerifiedTicket; readonly address: string },
): void {
  const { ticket, address } = call
  const grant = app.admins.get(account.id)
  if (!grant || grant.disabled) throw notAdmin(account.userId)
  const key = app.keys.find(candidate => candidate.id === ticket.keyId)
  if (key && !key.mayMintAdmin)
    throw refused(
      'admin-key',
      'The key that signed this UserSig may not sign for app admins; use another key or change it in the console.',
    )
  const service = call.command.slice(0, call.command.indexOf('/'))
  if (grant.scopes.length > 0 && !grant.scopes.includes(service))
    throw refused('admin-scope', `This app admin may not call ${service}; its operator can widen its scopes.`)
  const lifetime = ticket.ticketEnd - ticket.issued
  if (grant.maxTicketLifetime > 0 && lifetime > grant.maxTicketLifetime)
    throw refused(
      'admin-lifetime',
      `The UserSig of this app admin may live ${grant.maxTicketLifetime} s, it was signed for ${lifetime} s.`,
    )
  if (grant.addresses.length > 0 && !rangesOf(grant).has(address))
    throw new CommandError(
      ErrorCode.IP_NOT_ALLOWED,
      `Calls of this app admin are not allowed from ${address}; its operator can add the address.`,
      { check: 'address' },
    )
}

export function notAdmin(userId: string): CommandError {
  return refused(
    'admin',
    `${userId.slice(0, 64)} is not an app admin; an operator appoints admins in the console or with "rookery admin appoint".`,
  )
}

function refused(check: string, text: string): CommandError {
  return new CommandError(ErrorCode.ID_NOT_ADMIN, text, { check })
}

/** A grant lives as long as its cached app; its ranges are built once. */
const built = new WeakMap<object, AddressRanges>()

function rangesOf(grant: { readonly addresses: readonly string[] }): AddressRanges {
  const known = built.get(grant)
  if (known) return known
  const ranges = new AddressRanges(grant.addresses)
  built.set(grant, ranges)
  return ranges
}
