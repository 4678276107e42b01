import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'

export const conversationIdOf = (peer: string): string => `${TYPES.CONV_C2C}${peer}`

/** The UserID of a one-to-one conversation; throws 2503 for no conversationID and 2502 for other kinds. */
export function peerOf(conversationID: unknown): string {
  if (typeof conversationID === 'string') {
    const peer = conversationID.slice(TYPES.CONV_C2C.length)
    if (conversationID.startsWith(TYPES.CONV_C2C) && peer !== '') return peer
    if (conversationID.startsWith(TYPES.CONV_GROUP) || conversationID === TYPES.CONV_SYSTEM) {
      throw new ChatError(
        ErrorCode.CONVERSATION_TYPE_UNKNOWN,
        `${conversationID}: this version of @rookery/chat serves one-to-one conversations (C2C<userID>) only.`,
      )
    }
  }
  throw new ChatError(
    ErrorCode.CONVERSATION_ID_INVALID,
    `${JSON.stringify(conversationID)} is no conversationID. Write C2C<userID>.`,
  )
}
