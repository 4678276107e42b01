import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../accounts/account.ts'
import type { Call } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { accountOrThrow } from '../messages/message-accounts.ts'
import { type NamedPeer, namedPeer } from './named-conversation.ts'

type AnyCall = Pick<Call<unknown>, 'caller' | 'services'>

/** Whose conversations a `recentcontact` command is about; 50001 when there is no such account. */
export function owner(call: AnyCall, userId: string | undefined): Promise<Account> {
  return accountOrThrow(
    call.services,
    call.caller.app.id,
    userId ?? call.caller.userId,
    ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
  )
}

/** Whom a UserID means to this owner; undefined when nobody. */
export function peerNamed(call: AnyCall, ownerId: number, userId: string): Promise<NamedPeer | undefined> {
  const { services, caller } = call
  return namedPeer({ accounts: services.accounts, db: services.store.read }, caller.app.id, ownerId, userId)
}

/** {@link peerNamed}, or the given code. */
export async function peerOrThrow(
  call: AnyCall,
  ownerId: number,
  userId: string,
  code: number = ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
): Promise<NamedPeer> {
  const peer = await peerNamed(call, ownerId, userId)
  if (!peer)
    throw new CommandError(code, `${userId} has no account; import it or check the spelling.`, {
      check: 'account',
      account: userId,
    })
  return peer
}
