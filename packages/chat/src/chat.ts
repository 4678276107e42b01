import * as TencentCloudChat from './namespace.ts'

export type { ChatError, Result } from './chat-error.ts'
export type { ChatClient as ChatSDK } from './client/chat-client.ts'
export type { CreateOptions, LoginData } from './client/client-life.ts'
export type { GetUserSig } from './connection/user-sig.ts'
export type { Conversation, LastMessage, UserProfile } from './conversations/conversation.ts'
export type { BatchOutcome, ConversationFilter } from './conversations/conversation-actions.ts'
export type { ChatEvent, Handler } from './emitter.ts'
export type { Message, MessagePayload, ReadReceiptInfo, UserInfo } from './messages/message.ts'
export type { MessageOptions } from './messages/message-factory.ts'
export type { SendOptions } from './messages/outbox.ts'

/** `create`, `EVENT`, `TYPES`, `TSignaling` and `VERSION`: the face of `@tencentcloud/chat` v3. */
export default TencentCloudChat
