import * as TencentCloudChat from './namespace.ts'

export type { ChatError, Result } from './chat-error.ts'
export type { ChatClient as ChatSDK } from './client/chat-client.ts'
export type { CreateOptions, LoginData } from './client/client-life.ts'
export type { GetUserSig } from './connection/user-sig.ts'
export type { Conversation, LastMessage } from './conversations/conversation.ts'
export type { BatchOutcome, ConversationFilter } from './conversations/conversation-actions.ts'
export type { ChatEvent, Handler } from './emitter.ts'
export type { EventData, TypedEvent } from './event-data.ts'
export type { Message, MessagePayload, QuoteInfo, ReadReceiptInfo, UserInfo } from './messages/message.ts'
export type { MessageOptions } from './messages/message-factory.ts'
export type { SendOptions } from './messages/outbox.ts'
export type {
  Friend,
  FriendApplication,
  FriendGroup,
  Group,
  GroupMember,
  Signaling,
  SimplifiedMessage,
  Topic,
} from './named-types.ts'
export type { Profile } from './profiles/profile.ts'

/** `create`, `EVENT`, `TYPES`, `TSignaling` and `VERSION`: the face of `@tencentcloud/chat` v3. */
export default TencentCloudChat
