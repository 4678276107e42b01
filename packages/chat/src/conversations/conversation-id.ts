import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireConversation, WireMessage } from '@rookery/protocol/wire'
import { ChatError } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'

/** Of a one-to-one conversation. */
export const conversationIdOf = (peer: string): string => `${TYPES.CONV_C2C}${peer}`

/** Of a group or a topic. */
export const groupConversationIdOf = (groupID: string): string => `${TYPES.CONV_GROUP}${groupID}`

export const isGroupConversation = (conversationID: string): boolean =>
  conversationID.startsWith(TYPES.CONV_GROUP)

/** Throws 2503 for what is no conversationID. */
export function checkedId(conversationID: unknown): string {
  if (
    typeof conversationID === 'string' &&
    (conversationID === TYPES.CONV_SYSTEM ||
      [`${TYPES.CONV_C2C}`, `${TYPES.CONV_GROUP}`].some(
        kind => conversationID.startsWith(kind) && conversationID.length > kind.length,
      ))
  )
    return conversationID
  throw new ChatError(
    ErrorCode.CONVERSATION_ID_INVALID,
    `${JSON.stringify(conversationID)} is no conversationID. Write C2C<userID> or GROUP<groupID>.`,
  )
}

/** The userID, groupID or topicID of a conversation that the server has; throws 2503, and 2502 for the system's own. */
export function peerOf(conversationID: unknown): string {
  const id = checkedId(conversationID)
  if (id !== TYPES.CONV_SYSTEM) return targetOf(id)
  throw new ChatError(
    ErrorCode.CONVERSATION_TYPE_UNKNOWN,
    `${id} holds notices of this login only: nothing can be stored about it.`,
  )
}

/** The part of a valid conversationID after its kind. */
export const targetOf = (conversationID: string): string =>
  isGroupConversation(conversationID)
    ? conversationID.slice(TYPES.CONV_GROUP.length)
    : conversationID.slice(TYPES.CONV_C2C.length)

/** How door commands name a conversation: docs/wire-protocol.md. */
export function addressOf(conversationID: unknown) {
  const id = peerOf(conversationID)
  return isGroupConversation(String(conversationID)) ? { GroupId: id } : { To_Account: id }
}

/** How commands of the conversation list name it: rest-1 section 7. */
export function contactOf(conversationID: unknown) {
  const id = peerOf(conversationID)
  return isGroupConversation(String(conversationID))
    ? { Type: 2, ToGroupId: id }
    : { Type: 1, To_Account: id }
}

/** The conversation that a message belongs to, as `me` sees it. */
export function conversationIdOfMessage(m: WireMessage, me: string): string {
  if (m.GroupId) return groupConversationIdOf(m.GroupId)
  return conversationIdOf(m.From_Account === me ? m.To_Account : m.From_Account)
}

export function conversationIdOfItem(item: WireConversation): string {
  return item.Group ? groupConversationIdOf(item.Group.GroupId) : conversationIdOf(item.To_Account)
}
