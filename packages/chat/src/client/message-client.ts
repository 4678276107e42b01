import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError, ok, type Result } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'
import { numberOf, textOf } from '../messages/content.ts'
import type { HoppingOptions, HoppingPage, MessageListOptions, MessageListPage } from '../messages/history.ts'
import { localFileOf } from '../messages/local-file.ts'
import { localPayload } from '../messages/local-payload.ts'
import { downloadedMerger, forwardable, mergedPayload } from '../messages/merger.ts'
import type { Message, MessagePayload } from '../messages/message.ts'
import { MessageFactory, type MessageOptions } from '../messages/message-factory.ts'
import type { SendOptions, SendResult } from '../messages/outbox.ts'
import { quote } from '../messages/quote.ts'
import type { LooseText } from '../untyped.ts'
import type { CreateOptions, Runtime } from './client-life.ts'
import { GroupClient } from './group-client.ts'

/** Making, sending and changing messages, history and receipts: sdk-1 sections 8 to 13. */
export class MessageClient extends GroupClient {
  readonly #factory: MessageFactory

  constructor(options: CreateOptions, runtime: Runtime, onDestroy: () => void) {
    super(options, runtime, onDestroy)
    this.#factory = new MessageFactory(runtime.clock)
  }

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

  /** For groups only: throws 2106 otherwise. `TYPES.MSG_AT_ALL` in `payload.atUserList` means everybody. */
  createTextAtMessage(options: MessageOptions): Message {
    if (options?.conversationType !== TYPES.CONV_GROUP) {
      throw new ChatError(
        ErrorCode.SEND_CONVERSATION_TYPE_INVALID,
        'createTextAtMessage is for groups: conversationType must be TYPES.CONV_GROUP.',
      )
    }
    const list: unknown = options.payload?.atUserList
    const atUserList = Array.isArray(list) ? list.map(textOf) : []
    return { ...this.createTextMessage(options), atUserList }
  }

  /** `payload.file`: an `<input type=file>`, a `File`, or a chooser's result. Faults of the file reject the send. */
  createImageMessage(options: MessageOptions): Message {
    return this.#createMedia(options, TYPES.MSG_IMAGE)
  }

  /** `payload.file` as for images; its `duration` is in milliseconds. */
  createAudioMessage(options: MessageOptions): Message {
    return this.#createMedia(options, TYPES.MSG_AUDIO)
  }

  /** `payload.file` as for images, and `payload.snapshotFile` for the still picture. */
  createVideoMessage(options: MessageOptions): Message {
    return this.#createMedia(options, TYPES.MSG_VIDEO)
  }

  createFileMessage(options: MessageOptions): Message {
    return this.#createMedia(options, TYPES.MSG_FILE)
  }

  /** Throws 2105, 2453, or 2905 without messages or `compatibleText`. */
  createMergerMessage(options: MessageOptions): Message {
    return this.#create(options, TYPES.MSG_MERGER, mergedPayload)
  }

  /** Resolves the given object with its `payload.messageList`. Rejects 2450, 2451, 2452. */
  async downloadMergerMessage<T>(message: T): Promise<T> {
    return downloadedMerger(message)
  }

  /** `payload` is the message to pass on; tips and notices cannot be (2453). */
  createForwardMessage(options: MessageOptions): Message {
    const original = forwardable(options?.payload)
    const message = this.#create(options, original.type, () => structuredClone(original.payload))
    message._elements = structuredClone(original._elements ?? [])
    return message
  }

  /** The first message, now quoting the second. */
  createQuoteMessage(message: Message, quoted: Message): Message {
    return quote(message, quoted)
  }

  #create(
    options: MessageOptions,
    type: TYPES,
    payloadOf: (given: MessagePayload) => MessagePayload,
  ): Message {
    const given: MessagePayload = options?.payload ?? {}
    const message = this.#factory.create(this.author, options, type, payloadOf(given))
    if (message.conversationType === TYPES.CONV_GROUP)
      message.nameCard = this.session?.groups.get(message.to)?.selfInfo.nameCard ?? ''
    return message
  }

  #createMedia(options: MessageOptions, type: TYPES): Message {
    const given: MessagePayload = options?.payload ?? {}
    const picked = this.files.pick(type, given.file)
    const message = this.#create(options, type, () =>
      localPayload(type, picked.file, localFileOf(given.snapshotFile)),
    )
    // Not enumerable: a message with a function in it could not be copied.
    Object.defineProperty(message, 'onProgress', {
      value: options?.onProgress,
      writable: true,
      configurable: true,
    })
    this.files.keep(message.ID, picked)
    return message
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

  async deleteMessage(messageList: Message[]): Promise<Result<{ readonly messageList: Message[] }>> {
    return ok({ messageList: await this.ready().messages.delete(messageList) })
  }

  async modifyMessage(message: Message): Promise<Result<{ readonly message: Message }>> {
    return ok({ message: await this.ready().messages.modify(message) })
  }

  async setMessageExtensions(message: Message, extensions: readonly unknown[]) {
    return ok({ extensions: await this.ready().extensions.set(message, extensions) })
  }

  async getMessageExtensions(message: Message, keyList?: readonly LooseText[]) {
    return ok({ extensions: await this.ready().extensions.get(message, keyList) })
  }

  async deleteMessageExtensions(message: Message, keyList?: readonly LooseText[]) {
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

  async setAllMessageRead(options?: {
    readonly scope?: TYPES | string
  }): Promise<Result<Record<string, never>>> {
    await this.ready().conversations.readAll(options?.scope)
    return ok({})
  }

  async sendMessageReadReceipt(messageList: Message[]): Promise<Result<Record<string, never>>> {
    await this.ready().messages.sendReadReceipt(messageList)
    return ok({})
  }

  async getMessageReadReceiptList(
    messageList: Message[],
  ): Promise<Result<{ readonly messageList: Message[] }>> {
    return ok({ messageList: await this.ready().messages.readReceipts(messageList) })
  }
}
