import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { Call } from '../commands/command.ts'
import type { Contact } from './contact.ts'
import { groupNamed, peerNamed } from './conversation-parties.ts'

/** Names a conversation in requests: `Type` 1 with `To_Account`, 2 with `ToGroupId` (rest-1 section 7). */
export const contactItem = Type.Object({
  Type: Type.Union([Type.Literal(1), Type.Literal(2)]),
  To_Account: Type.Optional(Type.String()),
  ToGroupId: Type.Optional(Type.String()),
})

export type ContactItem = Type.Static<typeof contactItem>

/** Outcome for one of several conversations. */
export interface ItemResult {
  readonly ResultCode: number
  readonly ResultInfo: string
}

export const itemResult = {
  ResultCode: Type.Integer(),
  ResultInfo: Type.String(),
}

export const ITEM_OK: ItemResult = { ResultCode: 0, ResultInfo: '' }

/** The other side, or why there is none. */
export type ResolvedContact = Contact | { readonly refused: ItemResult }

export async function resolveContact(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  ownerId: number,
  item: ContactItem,
): Promise<ResolvedContact> {
  if (item.Type === 2) {
    const group = await groupNamed(call, ownerId, item.ToGroupId ?? '')
    return (
      group ??
      refused(
        ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
        `There is no group ${item.ToGroupId ?? ''} among this user's; check its id.`,
      )
    )
  }
  if (!item.To_Account)
    return refused(ErrorCode.CONVERSATION_PARAMETER_INVALID, 'To_Account is missing for Type 1.')
  const peer = await peerNamed(call, ownerId, item.To_Account)
  return peer
    ? { peer: peer.accountId }
    : refused(
        ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
        `${item.To_Account} has no account; import it or check the spelling.`,
      )
}

export function refused(ResultCode: number, ResultInfo: string): { readonly refused: ItemResult } {
  return { refused: { ResultCode, ResultInfo } }
}

/** The result of an item that the writer looked at: 51008 is all that it may answer. */
export function markedResult(code: number, limit: number): ItemResult {
  if (code === 0) return ITEM_OK
  return {
    ResultCode: code,
    ResultInfo: `${limit} conversations carry marks, groups or custom data already; clear one first.`,
  }
}
