import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../accounts/account.ts'
import type { Caller } from '../commands/caller.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Services } from '../commands/services.ts'

/** The living account of a name, or the given code in a text that says what to do. */
export async function accountOrThrow(
  services: Pick<Services, 'accounts'>,
  app: number,
  userId: string,
  code: number,
): Promise<Account> {
  const account = await services.accounts.find(app, userId)
  if (!account)
    throw new CommandError(code, `${userId} has no account; import it or let it log in first.`, {
      check: 'account',
      account: userId,
    })
  return account
}

/** Codes for a name that has no account, by the door and the side of the message. */
export interface UnknownCodes {
  readonly from: number
  readonly to: number
}

/** Of sending and editing (rest-1 section 4.2). */
export const UNKNOWN_WHEN_SENDING: UnknownCodes = {
  from: ErrorCode.MESSAGE_ACCOUNT_INVALID,
  to: ErrorCode.MSG_RECEIVER_NOT_FOUND,
}

/** Of commands on a stored message (rest-1 sections 4.5 to 4.11). */
export const UNKNOWN_WHEN_ADDRESSING: UnknownCodes = {
  from: ErrorCode.MSG_FROM_ACCOUNT_INVALID,
  to: ErrorCode.MSG_TO_ACCOUNT_INVALID,
}

/** Sender and receiver of a message by name. The SDK gets 20003 for either (rest-1 section 9). */
export async function messageSides(
  services: Pick<Services, 'accounts'>,
  caller: Caller,
  names: { readonly from: string; readonly to: string },
  rest: UnknownCodes,
): Promise<{ readonly from: Account; readonly to: Account }> {
  const codes =
    caller.door === 'http'
      ? rest
      : { from: ErrorCode.MESSAGE_ACCOUNT_INVALID, to: ErrorCode.MESSAGE_ACCOUNT_INVALID }
  const app = caller.app.id
  const { accounts } = services
  return {
    from: accounts.known(app, names.from) ?? (await accountOrThrow(services, app, names.from, codes.from)),
    to: accounts.known(app, names.to) ?? (await accountOrThrow(services, app, names.to, codes.to)),
  }
}

/** A user may act on messages of its own conversations only; an app admin on any. */
export function requireParticipant(caller: Caller, ...sides: readonly Account[]): void {
  if (caller.door === 'http' || sides.some(side => side.id === caller.accountId)) return
  throw new CommandError(
    ErrorCode.MESSAGE_REQUEST_INVALID,
    'The message is of a conversation between others; only its two sides may do this.',
    { check: 'participant' },
  )
}
