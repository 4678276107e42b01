import { ErrorCode } from '@rookery/protocol/error-code'
import { formatMessageKey } from '@rookery/protocol/message-key'
import type { WireMessage } from '@rookery/protocol/wire'
import { asChatError, ChatError } from '../chat-error.ts'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { TYPES } from '../constants/types.ts'
import { isGroupConversation, peerOf } from '../conversations/conversation-id.ts'
import type { ConversationList } from '../conversations/conversation-list.ts'
import type { ConversationRecord } from '../conversations/conversation-record.ts'
import { contentsOf, numberOf } from './content.ts'
import type { History } from './history.ts'
import { groupReceiptOf, type Inbox } from './inbox.ts'
import { isMessageLike, type Message } from './message.ts'
import type { MessageCache } from './message-cache.ts'
import type { Author } from './message-factory.ts'
import { wireBodyOf } from './wire-body.ts'

/** Messages of one request: rest-1 sections 4.8 and 4.11. */
const PER_REQUEST = 30

/** Types whose content may be modified; of others only `cloudCustomData` (sdk-1 section 11). */
const MODIFIABLE: readonly TYPES[] = [TYPES.MSG_TEXT, TYPES.MSG_CUSTOM, TYPES.MSG_LOCATION, TYPES.MSG_FACE]

export interface MessageActionsOptions {
  readonly me: () => Author
  readonly cache: MessageCache
  readonly list: ConversationList
  readonly inbox: Inbox
  readonly history: History
  readonly isRoom: (groupID: string) => boolean
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
}

/** What can be done to a message after it was sent: sdk-1 sections 11 and 12.2. */
export class MessageActions {
  readonly #options: MessageActionsOptions

  constructor(options: MessageActionsOptions) {
    this.#options = options
  }

  async revoke(value: unknown): Promise<Message> {
    const message = this.#known(value)
    try {
      await this.#recall(message)
    } catch (cause) {
      // Said to a repeated request too: what was asked for is done.
      if (asChatError(cause).code !== ErrorCode.RECALL_ALREADY_DONE)
        throw asChatError(cause).with({ message })
    }
    if (message.isRevoked) return message
    const { userID, nick, avatar } = this.#options.me()
    Object.assign(message, { isRevoked: true, revoker: userID, revokerInfo: { userID, nick, avatar } })
    this.#options.inbox.emitRevoked(message)
    this.#changed(message)
    return message
  }

  async #recall(message: Message): Promise<void> {
    const { call } = this.#options
    const peer = peerOf(message.conversationID)
    if (!isOfGroup(message)) {
      await call('openim/msg_withdraw', { To_Account: peer, MsgKey: keyOf(message) })
      return
    }
    const reply = await call('group_open_http_svc/group_msg_recall', {
      GroupId: peer,
      MsgSeqList: [{ MsgSeq: message.sequence }],
    })
    const code = numberOf(contentsOf(reply.RecallRetList)[0]?.RetCode)
    if (code !== 0) throw new ChatError(code, `The message was not recalled: the server says ${code}.`)
  }

  /** Hides messages from this user, for good and on all terminals. */
  async delete(values: unknown): Promise<Message[]> {
    const given = Array.isArray(values) ? values : [values]
    const messages = given.map(value => this.#known(value))
    const conversationID = messages[0]?.conversationID
    if (!conversationID) return []
    if (conversationID === TYPES.CONV_SYSTEM) {
      throw new ChatError(ErrorCode.SYSTEM_NOTICE_NOT_DELETABLE, 'Group system notices cannot be deleted.')
    }
    if (messages.some(it => it.conversationID !== conversationID)) {
      throw new ChatError(
        ErrorCode.DELETE_FAILED,
        'The messages belong to several conversations. Delete per conversation.',
      )
    }
    const stored = messages.filter(it => it.sequence > 0)
    for (const part of parts(stored)) {
      const peer = peerOf(conversationID)
      if (isGroupConversation(conversationID))
        await this.#options.call('group/delete_messages', {
          GroupId: peer,
          MsgSeqList: part.map(it => it.sequence),
        })
      else
        await this.#options.call('openim/delete_c2c_msg_ramble', {
          Peer_Account: peer,
          MsgKeyList: part.map(keyOf),
        })
    }
    for (const message of [...messages, ...given.filter(isMessageLike)]) message.isDeleted = true
    const record = this.#recordOf(conversationID)
    if (record?.last?.isDeleted || messages.some(it => it.ID === record?.last?.ID)) this.#stepBackLast(record)
    this.#options.inbox.flush()
    return messages
  }

  /** The app changed the message's own fields; on refusal they are set back to what the server has. */
  async modify(value: unknown): Promise<Message> {
    const given = asMessage(value)
    const message = this.#known(value)
    const version = given.version ?? 0
    if (isOfGroup(given) && this.#options.isRoom(given.to)) {
      throw new ChatError(
        ErrorCode.MODIFY_LIVE_ROOM_UNSUPPORTED,
        'Messages of an AVChatRoom cannot be modified.',
      )
    }
    const isContentSent = MODIFIABLE.includes(given.type)
    try {
      await this.#options.call(
        isOfGroup(given) ? 'openim/modify_group_msg' : 'openim/modify_c2c_msg',
        {
          ...(isOfGroup(given)
            ? { GroupId: given.to, MsgSeq: given.sequence }
            : { From_Account: given.from, To_Account: given.to, MsgKey: keyOf(given) }),
          ...(isContentSent && { MsgBody: wireBodyOf({ ...given, _elements: [] }) }),
          CloudCustomData: given.cloudCustomData,
          MsgVersion: version,
        },
        { resend: false },
      )
    } catch (cause) {
      const error = asChatError(cause)
      await this.#restore(message, error)
      throw error.with({ message })
    }
    if (isContentSent) Object.assign(message, { type: given.type, payload: given.payload, _elements: [] })
    message.cloudCustomData = given.cloudCustomData
    message.isModified = true
    if (message.version <= version) {
      message.version = version + 1
      this.#options.inbox.emitModified(message)
    }
    this.#changed(message)
    return message
  }

  /** Received messages that ask for it; others are skipped. */
  async sendReadReceipt(values: unknown): Promise<void> {
    const messages = (Array.isArray(values) ? values : [values]).map(value => this.#known(value))
    const asked = messages.filter(it => it.flow === 'in' && it.needReadReceipt)
    if (asked.length === 0) {
      throw new ChatError(
        ErrorCode.NO_READ_RECEIPT_REQUESTED,
        'None of the messages is a received one that asks for a read receipt (needReadReceipt).',
      )
    }
    for (const conversationID of new Set(asked.map(it => it.conversationID))) {
      for (const part of parts(asked.filter(it => it.conversationID === conversationID))) {
        const peer = peerOf(conversationID)
        if (isGroupConversation(conversationID))
          await this.#options.call('group_open_http_svc/group_msg_receipt', {
            GroupId: peer,
            MsgSeqList: part.map(it => ({ MsgSeq: it.sequence })),
          })
        else
          await this.#options.call('openim/c2c_msg_read_receipt', {
            Peer_Account: peer,
            C2CMsgInfo: part.map(it => ({ MsgKey: keyOf(it) })),
          })
      }
    }
  }

  /**
   * Receipts of one-to-one messages are kept up to date by the server's events; counts of own group messages are asked
   * for. Messages of others are left as they are: kits pass whole pages.
   */
  async readReceipts(values: unknown): Promise<Message[]> {
    const messages = (Array.isArray(values) ? values : [values]).map(value => this.#known(value))
    const asked = messages.filter(
      it => it.flow === 'out' && it.needReadReceipt && it.sequence > 0 && isOfGroup(it),
    )
    for (const conversationID of new Set(asked.map(it => it.conversationID))) {
      for (const part of parts(asked.filter(it => it.conversationID === conversationID))) {
        const reply = await this.#options.call('group_open_http_svc/get_group_msg_receipt', {
          GroupId: peerOf(conversationID),
          MsgSeqList: part.map(it => ({ MsgSeq: it.sequence })),
        })
        for (const it of contentsOf(reply.GroupMsgReceiptList)) {
          const message = part.find(one => one.sequence === it.MsgSeq)
          if (message && numberOf(it.Code) === 0)
            message.readReceiptInfo = groupReceiptOf(numberOf(it.ReadNum), numberOf(it.UnreadNum))
        }
      }
    }
    return messages
  }

  /** The object in memory for this message, or the given one: kits pass copies. */
  #known(value: unknown): Message {
    const given = asMessage(value)
    return this.#options.cache.get(given.ID, given.conversationID)?.message ?? given
  }

  async #restore(message: Message, error: ChatError): Promise<void> {
    const { detail } = error.data as { readonly detail?: { readonly message?: WireMessage } }
    const present = detail?.message ?? (await this.#options.history.fetchOne(message).catch(() => undefined))
    const entry = this.#options.cache.get(message.ID, message.conversationID)
    if (!present || !entry) return
    // Older than anything, so that the server's state is taken.
    entry.changeNo = -1
    this.#options.inbox.remember(present)
    this.#changed(message)
  }

  #changed(message: Message): void {
    const record = this.#recordOf(message.conversationID)
    if (record) this.#options.inbox.refreshLast(record, message)
    this.#options.inbox.flush()
  }

  #recordOf(conversationID: string): ConversationRecord | undefined {
    return this.#options.list.get(conversationID)
  }

  /** The newest message in memory that is left; the server's item follows and is exact. */
  #stepBackLast(record: ConversationRecord | undefined): void {
    if (!record) return
    const left = this.#options.cache
      .ofConversation(record.view.conversationID)
      .map(entry => entry.message)
      .filter(it => it.sequence > record.clearedSeq && !it.isDeleted && !it._isExcludedFromLastMessage)
      .sort((a, b) => b.sequence - a.sequence)
    record.setLast(left[0])
    this.#options.inbox.touch(record)
  }
}

export function asMessage(value: unknown): Message {
  if (isMessageLike(value) && typeof value.conversationID === 'string') return value as Message
  throw new ChatError(ErrorCode.NOT_A_MESSAGE, 'The argument is no message.')
}

const isOfGroup = (message: Pick<Message, 'conversationType'>): boolean =>
  message.conversationType === TYPES.CONV_GROUP

export function keyOf(message: Message): string {
  return formatMessageKey({ msgSeq: message.clientSequence, random: message.random, time: message.time })
}

function parts<T>(list: readonly T[]): readonly (readonly T[])[] {
  const out: T[][] = []
  for (let at = 0; at < list.length; at += PER_REQUEST) out.push(list.slice(at, at + PER_REQUEST))
  return out
}
