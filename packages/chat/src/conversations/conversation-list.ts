import type { WireContactGroup, WireConversation } from '@rookery/protocol/wire'
import { TYPES } from '../constants/types.ts'
import { byRecency, type Conversation } from './conversation.ts'
import { ConversationRecord } from './conversation-record.ts'

/** Remind types whose conversations are left out of the total (sdk-1 section 15.1). */
const UNCOUNTED: readonly TYPES[] = [TYPES.MSG_REMIND_ACPT_NOT_NOTE, TYPES.MSG_REMIND_DISCARD]

export interface Numbers {
  readonly seq: number
  readonly changeNo: number
}

/** All conversations of the user, hidden ones included. */
export class ConversationList {
  readonly #records = new Map<string, ConversationRecord>()
  /** Conversations with a former account of the same UserID: only their numbers matter, to compare with the server. */
  readonly #former = new Map<number, Numbers>()
  #groups: readonly WireContactGroup[] = []

  get groups(): readonly WireContactGroup[] {
    return this.#groups
  }

  setGroups(groups: readonly WireContactGroup[]): void {
    this.#groups = groups
    for (const record of this.#records.values()) this.nameGroups(record)
  }

  nameGroups(record: ConversationRecord): void {
    record.view.conversationGroupList = this.#groups
      .filter(group => record.contactGroupIds.includes(group.GroupId))
      .map(group => group.GroupName)
  }

  all(): readonly ConversationRecord[] {
    return [...this.#records.values()]
  }

  get(conversationID: string): ConversationRecord | undefined {
    return this.#records.get(conversationID)
  }

  ensure(conversationID: string): ConversationRecord {
    const present = this.#records.get(conversationID)
    if (present) return present
    const record = new ConversationRecord(conversationID)
    this.#records.set(conversationID, record)
    return record
  }

  /** The record for this conversation number; undefined when the peer has a newer conversation already. */
  ensureNumber(conversationID: string, convId: number): ConversationRecord | undefined {
    const record = this.ensure(conversationID)
    if (convId < record.convId) return undefined
    record.isLocal = false
    if (record.convId === 0) record.convId = convId
    else if (convId > record.convId) {
      this.#former.set(record.convId, { seq: record.log.seq, changeNo: record.log.changeNo })
      record.restart(convId)
    }
    return record
  }

  /** What the server says of a conversation that {@link ensureNumber} did not give. */
  noteFormer(item: WireConversation): void {
    this.#former.set(item.ConvId, { seq: item.HeadSeq, changeNo: item.ChangeNo })
  }

  former(): readonly (readonly [convId: number, numbers: Numbers])[] {
    return [...this.#former]
  }

  remove(conversationID: string): void {
    this.#records.delete(conversationID)
  }

  /** Another store: its numbers have nothing to do with those known. */
  restartAll(): void {
    this.#former.clear()
    for (const record of this.#records.values()) record.restart(0)
  }

  /** What the app's list shows, sorted: a fresh array. */
  sorted(): Conversation[] {
    return this.all()
      .filter(isShown)
      .map(record => record.view)
      .sort(byRecency)
  }

  totalUnread(): number {
    let total = 0
    for (const record of this.#records.values()) {
      const { messageRemindType, type, unreadCount } = record.view
      const isLeftOut = UNCOUNTED.includes(messageRemindType) || type === TYPES.CONV_SYSTEM
      if (!isLeftOut && isShown(record)) total += unreadCount
    }
    return total
  }

  /** Sums of the covered numbers, as `session/hello` compares them. */
  heads(): Numbers {
    const all = [...this.all().map(record => record.log), ...this.#former.values()]
    return {
      seq: all.reduce((sum, it) => sum + it.seq, 0),
      changeNo: all.reduce((sum, it) => sum + it.changeNo, 0),
    }
  }
}

/** A group that the server has not described yet would stand there without a name. */
function isShown(record: ConversationRecord): boolean {
  return !record.hidden && record.isListed && (record.isKnown || record.isLocal || !record.isGroup)
}
