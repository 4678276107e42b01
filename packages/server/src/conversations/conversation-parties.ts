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

/** The conversation of a group that this owner is or was in; of several with the name the newest. Undefined when there is none. */
export async function groupNamed(
  call: AnyCall,
  ownerId: number,
  groupId: string,
): Promise<{ readonly groupConv: number } | undefined> {
  const row = await call.services.store.read
    .selectFrom('chat_group as g')
    .innerJoin('user_conversation as uc', join =>
      join
        .onRef('uc.app_id', '=', 'g.app_id')
        .onRef('uc.conv_id', '=', 'g.conv_id')
        .on('uc.account_id', '=', ownerId),
    )
    .select('g.conv_id')
    .where('g.app_id', '=', call.caller.app.id)
    .where('g.name', '=', groupId)
    .orderBy('g.conv_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { groupConv: row.conv_id }
}

/** {@link groupNamed}, or 51007. */
export async function groupOrThrow(
  call: AnyCall,
  ownerId: number,
  groupId: string,
): Promise<{ readonly groupConv: number }> {
  const group = await groupNamed(call, ownerId, groupId)
  if (group) return group
  throw new CommandError(
    ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
    `There is no group ${groupId} among this user's; check its id.`,
    { check: 'group', group: groupId },
  )
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
