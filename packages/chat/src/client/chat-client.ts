import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError, ok, type Result } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'
import type { Conversation } from '../conversations/conversation.ts'
import {
  type BatchOutcome,
  type ConversationFailure,
  type ConversationFilter,
  failureOf,
} from '../conversations/conversation-actions.ts'
import { numberOf, textOf } from '../messages/content.ts'
import type { HoppingOptions, HoppingPage, MessageListOptions, MessageListPage } from '../messages/history.ts'
import type { Message } from '../messages/message.ts'
import { asMessage } from '../messages/message-actions.ts'
import { MessageFactory, type MessageOptions } from '../messages/message-factory.ts'
import type { SendOptions, SendResult } from '../messages/outbox.ts'
import { ClientLife, type CreateOptions, type Runtime } from './client-life.ts'

export interface GroupOptions {
  readonly groupName: string
  readonly conversationIDList: readonly string[]
}

/** One client of one app: the object that `create` returns. Methods and results: sdk-1-core.md. */
export class ChatClient extends ClientLife {
  readonly #factory: MessageFactory

  constructor(options: CreateOptions, runtime: Runtime, onDestroy: () => void) {
    super(options, runtime, onDestroy)
    this.#factory = new MessageFactory(runtime.clock)
  }

  // Messages

  createTextMessage(options: MessageOptions): Message {
    return this.#create(options, TYPES.MSG_TEXT, it => ({ text: textOf(it.text) }))
  }

  createCustomMessage(options: MessageOptions): Message {
    return this.#create(options, TYPES.MSG_CUSTOM, it => ({
      data: textOf(it.data),
      description: textOf(it.description),
      extension: textOf(it.extension),
    }))
  }

  createFaceMessage(options: MessageOptions): Message {
    return this.#create(options, TYPES.MSG_FACE, it => ({ index: numberOf(it.index), data: textOf(it.data) }))
  }

  createLocationMessage(options: MessageOptions): Message {
    return this.#create(options, TYPES.MSG_LOCATION, it => ({
      description: textOf(it.description),
      latitude: numberOf(it.latitude),
      longitude: numberOf(it.longitude),
    }))
  }

  /** `payload` is the message to pass on; tips and notices cannot be (2453). */
  createForwardMessage(options: MessageOptions): Message {
    const original = asMessage(options?.payload)
    if (original.type === TYPES.MSG_GRP_TIP || original.type === TYPES.MSG_GRP_SYS_NOTICE) {
      throw new ChatError(
        ErrorCode.FORWARD_TYPE_UNSUPPORTED,
        'Group tips and system notices cannot be forwarded.',
      )
    }
    const message = this.#create(options, original.type, () => ({ ...original.payload }))
    message._elements = original._elements ?? []
    return message
  }

  #create(
    options: MessageOptions,
    type: TYPES,
    payloadOf: (given: Readonly<Record<string, unknown>>) => Message['payload'],
  ): Message {
    const given = (options?.payload ?? {}) as Readonly<Record<string, unknown>>
    return this.#factory.create(this.author, options, type, payloadOf(given))
  }

  async sendMessage(message: Message, options?: SendOptions): Promise<SendResult> {
    return this.ready(message).outbox.send(message, options)
  }

  async resendMessage(message: Message, options?: SendOptions): Promise<SendResult> {
    return this.ready(message).outbox.resend(message, options)
  }

  async revokeMessage(message: Message): Promise<Result<{ readonly message: Message }>> {
    return ok({ message: await this.ready().messages.revoke(message) })
  }

  async deleteMessage(
    messageList: readonly Message[],
  ): Promise<Result<{ readonly messageList: readonly Message[] }>> {
    return ok({ messageList: await this.ready().messages.delete(messageList) })
  }

  async modifyMessage(message: Message): Promise<Result<{ readonly message: Message }>> {
    return ok({ message: await this.ready().messages.modify(message) })
  }

  async setMessageExtensions(message: Message, extensions: readonly unknown[]) {
    return ok({ extensions: await this.ready().extensions.set(message, extensions) })
  }

  async getMessageExtensions(message: Message, keyList?: readonly string[]) {
    return ok({ extensions: await this.ready().extensions.get(message, keyList) })
  }

  async deleteMessageExtensions(message: Message, keyList?: readonly string[]) {
    return ok({ extensions: await this.ready().extensions.delete(message, keyList) })
  }

  async getMessageList(options: MessageListOptions): Promise<Result<MessageListPage>> {
    return ok(await this.ready().history.page(options))
  }

  async getMessageListHopping(options: HoppingOptions): Promise<Result<HoppingPage>> {
    return ok(await this.ready().history.hop(options))
  }

  findMessage(messageID: string): Message | null {
    return this.session?.findMessage(messageID)?.message ?? null
  }

  async setMessageRead(options: { readonly conversationID: string }): Promise<Result<Record<string, never>>> {
    await this.ready().conversations.read(options?.conversationID)
    return ok({})
  }

  async setAllMessageRead(options?: { readonly scope?: string }): Promise<Result<Record<string, never>>> {
    await this.ready().conversations.readAll(options?.scope)
    return ok({})
  }

  async sendMessageReadReceipt(messageList: readonly Message[]): Promise<Result<Record<string, never>>> {
    await this.ready().messages.sendReadReceipt(messageList)
    return ok({})
  }

  async getMessageReadReceiptList(
    messageList: readonly Message[],
  ): Promise<Result<{ readonly messageList: readonly Message[] }>> {
    return ok({ messageList: this.ready().messages.readReceipts(messageList) })
  }

  // Conversations

  async getConversationList(
    options?: readonly string[] | ConversationFilter,
  ): Promise<
    Result<{ readonly conversationList: readonly Conversation[]; readonly isSyncCompleted: boolean }>
  > {
    const session = this.ready()
    return ok({
      conversationList: session.conversations.list(options),
      isSyncCompleted: session.isSyncCompleted,
    })
  }

  async getConversationProfile(
    conversationID: string,
  ): Promise<Result<{ readonly conversation: Conversation }>> {
    return ok({ conversation: await this.ready().conversations.profile(conversationID) })
  }

  getTotalUnreadMessageCount(): number {
    return this.session?.totalUnread ?? 0
  }

  /** A string gives `{conversationID}`; an object gives the two lists of {@link BatchOutcome}. */
  async deleteConversation(
    options:
      | string
      | { readonly conversationIDList: readonly string[]; readonly clearHistoryMessage?: boolean },
  ): Promise<Result<{ readonly conversationID: string } | BatchOutcome>> {
    const { conversations } = this.ready()
    if (typeof options === 'string') {
      await conversations.delete(options, true)
      return ok({ conversationID: options })
    }
    const isCleared = options?.clearHistoryMessage !== false
    const success: string[] = []
    const failure: ConversationFailure[] = []
    for (const conversationID of options?.conversationIDList ?? []) {
      try {
        await conversations.delete(conversationID, isCleared)
        success.push(conversationID)
      } catch (cause) {
        failure.push(failureOf(conversationID, cause))
      }
    }
    return ok({ successConversationIDList: success, failureConversationIDList: failure })
  }

  async clearHistoryMessage(conversationID: string): Promise<Result<{ readonly conversationID: string }>> {
    await this.ready().conversations.clearHistory(conversationID)
    return ok({ conversationID })
  }

  async pinConversation(options: {
    readonly conversationID: string
    readonly isPinned: boolean
  }): Promise<Result<{ readonly conversationID: string }>> {
    await this.ready().conversations.pin(options?.conversationID, options?.isPinned === true)
    return ok({ conversationID: options.conversationID })
  }

  async setMessageRemindType(options: {
    readonly userIDList?: readonly string[]
    readonly messageRemindType: TYPES | string
  }) {
    return ok(await this.ready().conversations.setRemindType(options?.userIDList, options?.messageRemindType))
  }

  async setConversationDraft(options: {
    readonly conversationID: string
    readonly draftText: string
  }): Promise<Result<{ readonly conversation: Conversation }>> {
    return ok({
      conversation: this.ready().conversations.setDraft(options?.conversationID, options?.draftText),
    })
  }

  async setConversationCustomData(options: {
    readonly conversationIDList: readonly string[]
    readonly customData: string
  }): Promise<Result<BatchOutcome>> {
    return ok(
      await this.ready().conversations.setCustomData(options?.conversationIDList, options?.customData),
    )
  }

  async markConversation(options: {
    readonly conversationIDList: readonly string[]
    readonly markType: number
    readonly enableMark: boolean
  }): Promise<Result<BatchOutcome>> {
    const { conversationIDList, markType, enableMark } = options ?? {}
    return ok(await this.ready().conversations.mark(conversationIDList, markType, enableMark === true))
  }

  /** The documented array of names, which newer kits read as `data.groupList`. */
  async getConversationGroupList(): Promise<
    Result<readonly string[] & { readonly groupList: readonly string[] }>
  > {
    const names = this.ready().groups.names()
    return ok(Object.assign([...names], { groupList: names }))
  }

  async createConversationGroup(options: GroupOptions): Promise<Result<BatchOutcome>> {
    return ok(await this.ready().groups.create(options?.groupName, options?.conversationIDList))
  }

  async deleteConversationGroup(groupName: string): Promise<Result<Record<string, never>>> {
    await this.ready().groups.delete(groupName)
    return ok({})
  }

  async renameConversationGroup(options: {
    readonly oldName: string
    readonly newName: string
  }): Promise<Result<Record<string, never>>> {
    await this.ready().groups.rename(options?.oldName, options?.newName)
    return ok({})
  }

  async addConversationsToGroup(options: GroupOptions): Promise<Result<BatchOutcome>> {
    return ok(await this.ready().groups.add(options?.groupName, options?.conversationIDList))
  }

  async deleteConversationsFromGroup(options: GroupOptions): Promise<Result<BatchOutcome>> {
    return ok(await this.ready().groups.remove(options?.groupName, options?.conversationIDList))
  }
}
