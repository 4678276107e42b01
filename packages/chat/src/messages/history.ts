import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireMessage } from '@rookery/protocol/wire'
import { HISTORY_ANCHORS } from '../bounds.ts'
import { ChatError } from '../chat-error.ts'
import type { ReplyBody } from '../connection/request-table.ts'
import { TYPES } from '../constants/types.ts'
import { checkedId, isGroupConversation, peerOf, targetOf } from '../conversations/conversation-id.ts'
import type { Inbox } from './inbox.ts'
import type { Message } from './message.ts'
import type { MessageCache } from './message-cache.ts'

/** Documented page of the original; callers pass up to 20, the server takes up to 100 (sdk-1 section 10.1). */
const DEFAULT_COUNT = 15
const MAX_COUNT = 100

interface Anchor {
  readonly MsgTimeStamp: number
  readonly Seq?: number
}

interface Query {
  readonly MaxCnt: number
  readonly Direction: 0 | 1
  readonly Anchor?: Anchor
  readonly Inclusive?: 1
}

export interface MessageListOptions {
  readonly conversationID: string
  /** Of the page before; empty for the newest page. */
  readonly nextReqMessageID?: string | undefined
  readonly count?: number | undefined
}

export interface MessageListPage {
  /** Oldest first. */
  readonly messageList: Message[]
  readonly nextReqMessageID: string
  readonly isCompleted: boolean
}

export interface HoppingOptions {
  readonly conversationID: string
  readonly sequence?: number | undefined
  /** Unix seconds. */
  readonly time?: number | undefined
  /** 0 older (default), 1 newer. */
  readonly direction?: number | undefined
  readonly count?: number | undefined
}

export interface HoppingPage {
  readonly messageList: Message[]
  readonly isCompleted: boolean
  readonly nextMessageSeq: number
  readonly nextMessageTime: number
}

export interface HistoryOptions {
  readonly cache: MessageCache
  readonly inbox: Inbox
  /** Of this login, oldest first. */
  readonly notices: () => Message[]
  /** Large rooms have no history. */
  readonly isRoom: (groupID: string) => boolean
  readonly call: (cmd: string, body: unknown) => Promise<ReplyBody>
}

/** History from the server, one page at a time; its messages become those in memory. */
export class History {
  readonly #options: HistoryOptions
  /** Where pages began, by conversation and ID, for messages that left the cache. */
  readonly #anchors = new Map<string, Anchor>()

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  async page(options: MessageListOptions): Promise<MessageListPage> {
    // System notices do not roam (sdk-1 section 10.1).
    const id = checkedId(options?.conversationID)
    if (id === TYPES.CONV_SYSTEM || this.#isRoom(id)) {
      const messageList = id === TYPES.CONV_SYSTEM ? this.#options.notices() : []
      return { messageList, nextReqMessageID: '', isCompleted: true }
    }
    const anchor = this.#anchorOf(id, options.nextReqMessageID)
    const { messageList, isCompleted } = await this.#fetch(id, {
      MaxCnt: countOf(options.count),
      Direction: 0,
      ...(anchor && { Anchor: anchor }),
    })
    const eldest = messageList[0]
    if (isCompleted || !eldest) return { messageList, nextReqMessageID: '', isCompleted: true }
    this.#keepAnchor(eldest)
    return { messageList, nextReqMessageID: eldest.ID, isCompleted: false }
  }

  /** A page beside a point in time; the message at that point is part of it, in both directions. */
  async hop(options: HoppingOptions): Promise<HoppingPage> {
    const id = checkedId(options?.conversationID)
    const isNewer = options.direction === 1
    const anchor = isGroupConversation(id)
      ? options.sequence && { Seq: options.sequence, MsgTimeStamp: 0 }
      : options.time && {
          MsgTimeStamp: options.time,
          ...(options.sequence && { Seq: options.sequence }),
        }
    if (id === TYPES.CONV_SYSTEM || this.#isRoom(id))
      return { messageList: [], isCompleted: true, nextMessageSeq: 0, nextMessageTime: 0 }
    const { messageList, isCompleted } = await this.#fetch(id, {
      MaxCnt: countOf(options.count),
      Direction: isNewer ? 1 : 0,
      ...(anchor && { Anchor: anchor, Inclusive: 1 }),
    })
    const edge = isNewer ? messageList.at(-1) : messageList[0]
    return {
      messageList,
      isCompleted: isCompleted || !edge,
      nextMessageSeq: edge?.sequence ?? 0,
      nextMessageTime: edge?.time ?? 0,
    }
  }

  /** The present state of one message on the server; undefined when the server does not show it. */
  async fetchOne(message: Message): Promise<WireMessage | undefined> {
    const reply = await this.#ask(message.conversationID, {
      MaxCnt: 1,
      Direction: 0,
      Anchor: anchorAt(message),
      Inclusive: 1,
    })
    return wireMessagesOf(reply).find(m => m.Seq === message.sequence)
  }

  async #fetch(
    conversationID: string,
    query: Query,
  ): Promise<{ readonly messageList: Message[]; readonly isCompleted: boolean }> {
    const reply = await this.#ask(conversationID, query)
    return {
      messageList: wireMessagesOf(reply).map(m => this.#options.inbox.remember(m)),
      isCompleted: reply.Complete === 1,
    }
  }

  #ask(conversationID: string, query: Query): Promise<ReplyBody> {
    const { call } = this.#options
    const peer = peerOf(conversationID)
    if (!isGroupConversation(conversationID))
      return call('openim/get_roam_msg', { Peer_Account: peer, ...query })
    const { Anchor: anchor, ...rest } = query
    return call('group/get_messages', {
      GroupId: peer,
      ...rest,
      ...(anchor && { Anchor: { MsgSeq: anchor.Seq ?? 0 } }),
    })
  }

  #isRoom(conversationID: string): boolean {
    return isGroupConversation(conversationID) && this.#options.isRoom(targetOf(conversationID))
  }

  #anchorOf(conversationID: string, id: string | undefined): Anchor | undefined {
    if (!id) return undefined
    const message = this.#options.cache.get(id, conversationID)?.message
    const anchor = message ? anchorAt(message) : this.#anchors.get(`${conversationID} ${id}`)
    if (anchor) return anchor
    throw new ChatError(
      ErrorCode.OPERATION_INVALID,
      'nextReqMessageID is not known any more. Begin again with the newest page: leave it out.',
    )
  }

  #keepAnchor(message: Message): void {
    this.#anchors.set(`${message.conversationID} ${message.ID}`, anchorAt(message))
    if (this.#anchors.size <= HISTORY_ANCHORS) return
    const [eldest] = this.#anchors.keys()
    if (eldest !== undefined) this.#anchors.delete(eldest)
  }
}

const anchorAt = ({ time, sequence }: Message): Anchor => ({ MsgTimeStamp: time, Seq: sequence })

function wireMessagesOf(reply: ReplyBody): readonly WireMessage[] {
  return Array.isArray(reply.MsgList) ? (reply.MsgList as readonly WireMessage[]) : []
}

function countOf(count: unknown): number {
  if (typeof count !== 'number' || !(count >= 1)) return DEFAULT_COUNT
  return Math.min(Math.floor(count), MAX_COUNT)
}
