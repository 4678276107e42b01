import type { ChangeKind, EventFrame, WireConversation, WireMessage } from '@rookery/protocol/wire'
import { EVENT, UNLISTED_EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import { conversationIdOfMessage, groupConversationIdOf } from '../conversations/conversation-id.ts'
import type { ConversationList } from '../conversations/conversation-list.ts'
import type { Arrival, ConversationRecord } from '../conversations/conversation-record.ts'
import { mentionOf } from '../conversations/mentions.ts'
import type { ChatEvent } from '../emitter.ts'
import type { Groups } from '../groups/groups.ts'
import { profileOf } from '../profiles/profile.ts'
import { elementsOf } from './elements.ts'
import { ExtensionVersions } from './extension-versions.ts'
import type { Message, ReadReceiptInfo } from './message.ts'
import type { CacheEntry, MessageCache } from './message-cache.ts'
import { messageIdOf, messageOf, mutableFieldsOf } from './message-factory.ts'

export interface InboxOptions {
  readonly me: string
  readonly cache: MessageCache
  readonly list: ConversationList
  readonly emit: (event: ChatEvent) => void
  /** The whole list is costly to sort; nobody listening, nobody sorts. */
  readonly isHeard: (name: string) => boolean
  readonly isSyncCompleted: () => boolean
  readonly groups: Groups
}

/** A receipt as MESSAGE_READ_RECEIPT_RECEIVED tells it (sdk-1 section 12.2). */
export interface ReadReceipt extends ReadReceiptInfo {
  readonly messageID: string
  readonly userID: string
  readonly groupID: string
}

/** What a message looked like to the app before a change. */
interface Before {
  readonly isRevoked: boolean
  readonly version: number
  readonly isReceipted: boolean
}

/** Unread are messages of others; tips and directed messages of groups are not (sdk-1 section 15.1). */
const isCountable = (m: WireMessage, me: string): boolean =>
  m.From_Account !== me && m.NoUnread !== 1 && m.From_Account !== TYPES.CONV_SYSTEM && !m.To_Accounts

/**
 * Puts what came from the server into messages and conversations, and tells the app: state first, then the message's
 * event, then the list, then the total (sdk-1 section 9.2). Callers end a unit of work with {@link flush}.
 */
export class Inbox {
  readonly extensions = new ExtensionVersions()
  readonly #options: InboxOptions
  /** Messages without a number that were told, with the stay in a room in which they were. */
  readonly #told = new WeakMap<Message, number>()
  #isListChanged = false
  readonly #topics = new Set<string>()
  #total = 0

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /**
   * The one object that stands for this message, brought up to the given state. If it was in memory in an older one, the
   * app is told what changed: it may be the first to show it, whichever way the newer state came.
   */
  remember(m: WireMessage): Message {
    const entry = this.#known(m)
    return entry ? this.#update(entry, m) : this.#add(m)
  }

  /** Arrivals of one conversation that are due, in order. */
  deliver(record: ConversationRecord, arrivals: readonly Arrival[]): void {
    const received: Message[] = []
    const settled: Message[] = []
    for (const arrival of arrivals) {
      if (arrival.is !== 'message') continue
      const known = this.#known(arrival.m)
      const hadFailed = known?.message.status === 'fail'
      const message = this.remember(arrival.m)
      this.#place(record, arrival.m, message)
      if (!known?.createdHere) received.push(message)
      else if (hadFailed) settled.push(message)
    }
    const told = received.filter(message => isTold(record, message, this.#options.me))
    if (told.length > 0) this.#emit(EVENT.MESSAGE_RECEIVED, told)
    // A send that was given up had been stored after all: the app's list shows it as failed, and replaces it by ID.
    if (settled.length > 0) this.#emit(EVENT.MESSAGE_MODIFIED, settled)
  }

  deliverOnline(m: WireMessage): void {
    const { groups, list, me } = this.#options
    const isRoom = m.GroupId !== undefined && groups.isRoom(m.GroupId)
    // A room that was left meanwhile.
    if (isRoom && groups.room !== m.GroupId && groups.joining !== m.GroupId) return
    const message = this.remember(m)
    // No number tells a doubled frame. Who comes back to a room is told the latest ones anew.
    if (this.#told.get(message) === groups.stays) return
    this.#told.set(message, groups.stays)
    if (m.From_Account === TYPES.CONV_SYSTEM) groups.sawTip(message)
    const record = list.get(message.conversationID)
    if (isRoom && record) this.placeInRoom(record, message)
    if (!record || isTold(record, message, me)) this.#emit(EVENT.MESSAGE_RECEIVED, [message])
  }

  /** Large rooms keep nothing: their conversation has the latest message, no unread ones. */
  placeInRoom(record: ConversationRecord, message: Message): void {
    if (!message._isExcludedFromLastMessage) record.setLast(message)
    this.touch(record)
  }

  /** A change of a message in a large room; what is not in memory is gone. */
  applyRoomChange(m: WireMessage): void {
    const entry = this.#known(m)
    if (entry) this.#update(entry, { ...m, ChangeNo: m.ChangeNo || entry.changeNo + 1 })
  }

  applyGroupReceipts(frame: Extract<EventFrame, { readonly ev: 'groupReceipt' }>): void {
    const { cache } = this.#options
    const entries = cache.ofConversation(groupConversationIdOf(frame.GroupId))
    const receipts = frame.Items.flatMap(it => {
      const message = entries.find(entry => entry.message.sequence === it.MsgSeq)?.message
      if (!message) return []
      message.readReceiptInfo = groupReceiptOf(it.ReadNum, it.UnreadNum)
      return [{ messageID: message.ID, userID: '', groupID: frame.GroupId, ...message.readReceiptInfo }]
    })
    if (receipts.length > 0) this.#emit(EVENT.MESSAGE_READ_RECEIPT_RECEIVED, receipts)
  }

  /** A message sent by this instance was stored under the number that it carries now. */
  placeOwn(record: ConversationRecord, message: Message): void {
    // An item that counts this message already says whether the conversation is shown.
    if (message.sequence > record.itemSeq) record.hidden = false
    this.#advanceLast(record, message, message._isExcludedFromLastMessage)
    this.touch(record)
  }

  /** The present state of a changed message. Without `kind` (a pull) what changed is read off the state. */
  applyChange(record: ConversationRecord, m: WireMessage, kind?: ChangeKind): void {
    const entry = this.#known(m)
    if (entry) this.#update(entry, m)
    else if ((m.Seq ?? 0) <= record.log.seq) this.#tellChange(record, this.#add(m), unseen(m, kind))
    else {
      // It overtook its message, which is delivered in its present state.
      const seq = m.Seq ?? 0
      record.log.update(seq, waiting => newerOf(waiting, m))
      this.deliver(record, record.log.arrive(seq, { is: 'message', m }))
    }
  }

  applyExtension(conversationID: string, frame: Extract<EventFrame, { readonly ev: 'extension' }>): void {
    this.emitExtensions({ ID: frame.MsgId, conversationID }, frame.OperateType, frame.ExtensionList)
  }

  /** Tells of key-values once, whether the own answer or the event comes first. */
  emitExtensions(
    message: Pick<Message, 'ID' | 'conversationID'>,
    operateType: 1 | 2 | 3,
    list: readonly { readonly Key: string; readonly Value: string; readonly Seq: number }[],
  ): void {
    const fresh = this.extensions.learn(message, list)
    if (fresh.length === 0) return
    const messageID = message.ID
    if (operateType === 1) {
      const extensions = fresh.map(it => ({ key: it.Key, value: it.Value }))
      this.#emit(UNLISTED_EVENT.MESSAGE_EXTENSIONS_UPDATED, { messageID, extensions })
    } else {
      this.#emit(UNLISTED_EVENT.MESSAGE_EXTENSIONS_DELETED, { messageID, keyList: fresh.map(it => it.Key) })
    }
  }

  /** The server's item of a conversation. */
  applyItem(record: ConversationRecord, item: WireConversation): void {
    const peerReadSeq = record.peerReadSeq
    const last = item.LastMsg ? this.remember(item.LastMsg) : undefined
    if (record.applyItem(item, last) && item.Group) {
      this.#options.groups.applyItem(record, item.Group)
      if (record.communityID !== '') this.#topics.add(record.peer)
    }
    if (record.lastIncomingSeq === 0 && last?.flow === 'in') record.lastIncomingSeq = last.sequence
    this.#options.list.nameGroups(record)
    if (record.peerReadSeq > peerReadSeq) this.#markReadByPeer(record)
    this.#isListChanged = true
  }

  /** The conversation's last message is this one, and it looks different now. */
  refreshLast(record: ConversationRecord, message: Message): void {
    if (record.last?.ID === message.ID) record.setLast(message)
    this.touch(record)
  }

  /** The conversation changed: the list is due at the next {@link flush}. */
  touch(record: ConversationRecord): void {
    record.countUnread()
    if (record.communityID !== '') this.#topics.add(record.peer)
    this.#isListChanged = true
  }

  emitModified(message: Message): void {
    this.#emit(EVENT.MESSAGE_MODIFIED, [message])
  }

  emitRevoked(message: Message): void {
    this.#emit(EVENT.MESSAGE_REVOKED, [message])
  }

  flush(): void {
    if (this.#isListChanged) this.emitList()
    for (const topicID of this.#topics) this.#options.groups.emitTopic(topicID)
    this.#topics.clear()
    this.#flushTotal()
    this.#options.groups.flush()
  }

  #flushTotal(): void {
    const total = this.#options.list.totalUnread()
    if (total === this.#total) return
    this.#total = total
    this.#emit(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, total)
  }

  emitList(): void {
    this.#isListChanged = false
    const name = EVENT.CONVERSATION_LIST_UPDATED
    if (!this.#options.isHeard(name)) return
    const data = this.#options.list.sorted()
    this.#options.emit({ name, data, isSyncCompleted: this.#options.isSyncCompleted() })
  }

  emitTotal(): void {
    this.#total = this.#options.list.totalUnread()
    this.#emit(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, this.#total)
  }

  #emit(name: string, data: unknown): void {
    this.#options.emit({ name, data })
  }

  #known(m: WireMessage): CacheEntry | undefined {
    const { cache, me } = this.#options
    return cache.get(messageIdOf(m), conversationIdOfMessage(m, me))
  }

  #add(m: WireMessage): Message {
    const { cache, me } = this.#options
    const message = messageOf(m, me)
    cache.put(messageIdOf(m), { message, changeNo: m.ChangeNo ?? 0, createdHere: false })
    this.#relate(m, message)
    return message
  }

  #update(entry: CacheEntry, m: WireMessage): Message {
    const { message } = entry
    const before = beforeOf(message)
    const changeNo = m.ChangeNo ?? 0
    const isNewer = changeNo > entry.changeNo
    if (isNewer || message.status !== 'success') this.#refresh(message, m)
    if (m.From_Nick !== undefined) message.nick = m.From_Nick
    if (m.From_FaceUrl !== undefined) message.avatar = m.From_FaceUrl
    if (m.From_NameCard !== undefined) message.nameCard = m.From_NameCard
    const record = this.#relate(m, message)
    if (!isNewer) return message
    entry.changeNo = changeNo
    if (record) this.#tellChange(record, message, before)
    return message
  }

  /** What the conversation's state means for the message, and the other way round. */
  #relate(m: WireMessage, message: Message): ConversationRecord | undefined {
    const { list, me } = this.#options
    const record = list.get(conversationIdOfMessage(m, me))
    if (!record || message.sequence === 0) return record
    if (message.flow === 'out' && message.sequence <= record.peerReadSeq) message.isPeerRead = true
    if (message.isRevoked) {
      if (isCountable(m, me)) record.unread.recalled(message.sequence, m.ChangeNo ?? 0)
      record.mentions.recalled(message.sequence)
    }
    return record
  }

  #tellChange(record: ConversationRecord, message: Message, before: Before): void {
    if (message.isRevoked && !before.isRevoked) this.#emit(EVENT.MESSAGE_REVOKED, [message])
    else if (message.version > before.version) this.#emit(EVENT.MESSAGE_MODIFIED, [message])
    if (message.readReceiptInfo.isPeerRead && !before.isReceipted) this.#emitReceipt(record.peer, message)
    this.refreshLast(record, message)
  }

  #refresh(message: Message, m: WireMessage): void {
    const { nick: _nick, avatar: _avatar, ...changed } = mutableFieldsOf(m, this.#options.me)
    Object.assign(message, changed)
    message.status = 'success'
    message.time = m.MsgTimeStamp
    message.sequence = m.Seq ?? message.sequence
    // A recalled message keeps its content here, so that its author can write it anew.
    if (changed.isRevoked) return
    const elements = elementsOf(m.MsgBody)
    message.type = elements[0].type
    message.payload = elements[0].payload
    message._elements = elements.length > 1 ? elements : []
  }

  #place(record: ConversationRecord, m: WireMessage, message: Message): void {
    const { me } = this.#options
    const seq = m.Seq ?? 0
    const isIncoming = m.From_Account !== me
    if (isIncoming) record.lastIncomingSeq = Math.max(record.lastIncomingSeq, seq)
    const mention = mentionOf(m, me)
    const remindType = record.view.messageRemindType
    const isDiscarded =
      remindType === TYPES.MSG_REMIND_DISCARD ||
      (remindType === TYPES.NOT_RECEIVE_MSG_EXCEPT_AT && mention === 0)
    if (isCountable(m, me) && !message.isRevoked && !isDiscarded) record.unread.arrived(seq)
    if (m.From_Account === TYPES.CONV_SYSTEM) this.#options.groups.sawTip(message)
    if (mention !== 0 && !message.isRevoked && seq > record.itemSeq && seq > record.unread.readSeq)
      record.mentions.arrived(record.peer, seq, mention, m.From_Account)
    if (seq > record.itemSeq) {
      record.hidden = false
      if (isIncoming && !m.GroupId && (m.From_Nick !== undefined || m.From_FaceUrl !== undefined)) {
        const { userProfile } = record.view
        record.view.userProfile = profileOf(
          record.peer,
          m.From_Nick ?? userProfile.nick,
          m.From_FaceUrl ?? userProfile.avatar,
        )
      }
    }
    this.#advanceLast(record, message, m.NoLastMsg === 1)
    this.touch(record)
  }

  #advanceLast(record: ConversationRecord, message: Message, isExcluded: boolean): void {
    if (isExcluded || message.sequence <= record.clearedSeq) return
    if (!record.last || record.last.sequence <= message.sequence) record.setLast(message)
  }

  #markReadByPeer(record: ConversationRecord): void {
    const read = this.#options.cache
      .ofConversation(record.view.conversationID)
      .map(entry => entry.message)
      .filter(
        it => it.flow === 'out' && !it.isPeerRead && it.sequence > 0 && it.sequence <= record.peerReadSeq,
      )
      .sort((a, b) => a.sequence - b.sequence)
    for (const message of read) message.isPeerRead = true
    if (record.last) {
      if (record.last.flow === 'out' && record.last.sequence <= record.peerReadSeq)
        record.last.isPeerRead = true
      record.setLast(record.last)
    }
    if (read.length > 0) this.#emit(EVENT.MESSAGE_READ_BY_PEER, read)
  }

  #emitReceipt(peer: string, message: Message): void {
    this.#emit(EVENT.MESSAGE_READ_RECEIPT_RECEIVED, [
      { messageID: message.ID, userID: peer, groupID: '', ...message.readReceiptInfo },
    ])
  }
}

/** What the remind type lets through to MESSAGE_RECEIVED. */
function isTold(record: ConversationRecord, message: Message, me: string): boolean {
  switch (record.view.messageRemindType) {
    case TYPES.MSG_REMIND_DISCARD:
      return false
    case TYPES.NOT_RECEIVE_MSG_EXCEPT_AT:
      return message.atUserList.some(it => it === me || it === TYPES.MSG_AT_ALL)
    default:
      return true
  }
}

export function groupReceiptOf(readCount: number, unreadCount: number): ReadReceiptInfo {
  return { readCount, unreadCount, isPeerRead: unreadCount === 0, timestamp: 0 }
}

function newerOf(waiting: Arrival, m: WireMessage): Arrival {
  if (waiting.is !== 'message' || (waiting.m.ChangeNo ?? 0) >= (m.ChangeNo ?? 0)) return waiting
  return { is: 'message', m }
}

function beforeOf(message: Message): Before {
  return {
    isRevoked: message.isRevoked,
    version: message.version,
    isReceipted: message.readReceiptInfo.isPeerRead,
  }
}

/** For a message that is not in memory: with a known kind only that counts as new, else everything that it shows. */
function unseen(m: WireMessage, kind: ChangeKind | undefined): Before {
  return {
    isRevoked: kind !== undefined && kind !== 'recall',
    version: kind !== undefined && kind !== 'modify' ? (m.MsgVersion ?? 0) : 0,
    isReceipted: kind !== undefined && kind !== 'receipt',
  }
}
