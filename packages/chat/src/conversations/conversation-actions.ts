import { ErrorCode } from '@rookery/protocol/error-code'
import { asChatError, ChatError } from '../chat-error.ts'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { TYPES } from '../constants/types.ts'
import { type Content, contentsOf, isContent, numberOf, textOf } from '../messages/content.ts'
import type { Inbox } from '../messages/inbox.ts'
import type { Group } from '../named-types.ts'
import { profileOf } from '../profiles/profile.ts'
import { type Conversation, recvOptOf, remindTypeOf } from './conversation.ts'
import {
  addressOf,
  checkedId,
  contactOf,
  conversationIdOf,
  groupConversationIdOf,
  isGroupConversation,
  peerOf,
  targetOf,
} from './conversation-id.ts'
import type { ConversationList } from './conversation-list.ts'
import type { ConversationRecord } from './conversation-record.ts'
import type { ReadReports } from './read-reports.ts'

export interface ConversationFailure {
  readonly conversationID: string
  readonly code: number
  readonly message: string
}

/** What the batch methods answer: sdk-1 section 16. */
export interface BatchOutcome {
  readonly successConversationIDList: string[]
  readonly failureConversationIDList: ConversationFailure[]
}

export interface ConversationFilter {
  readonly type?: TYPES | string | undefined
  /** 0: without marks. */
  readonly markType?: number | undefined
  /** `''`: in no group. */
  readonly groupName?: string | undefined
  readonly hasUnreadCount?: boolean | undefined
  readonly hasGroupAtInfo?: boolean | undefined
}

export interface ConversationActionsOptions {
  readonly list: ConversationList
  readonly inbox: Inbox
  readonly reads: ReadReports
  /** Fills in what a group is. */
  readonly describe: (groupID: string) => Promise<Group>
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
}

/** Accounts of one `set_recv_opt`, and of `profile/get_brief`: docs/wire-protocol.md. */
const ACCOUNTS_PER_REQUEST = 30

const GONE: readonly number[] = [ErrorCode.GROUP_PERMISSION_DENIED, ErrorCode.GROUP_NOT_FOUND]

/** The conversation list and what can be done to conversations: sdk-1 section 16. */
export class ConversationActions {
  readonly #options: ConversationActionsOptions

  constructor(options: ConversationActionsOptions) {
    this.#options = options
  }

  /** All, those named, or those that pass every given condition; sorted. */
  list(wanted?: readonly string[] | ConversationFilter): Conversation[] {
    const all = this.#options.list.sorted()
    if (Array.isArray(wanted)) return all.filter(it => wanted.includes(it.conversationID))
    return isContent(wanted) ? all.filter(it => passes(it, wanted as ConversationFilter)) : all
  }

  /** Makes an empty local conversation where there is none yet, and fills in the peer's name and picture. */
  async profile(conversationID: unknown): Promise<Conversation> {
    const id = checkedId(conversationID)
    const groupProfile = isGroupConversation(id) ? await this.#describe(id) : undefined
    const record = this.#options.list.ensure(id)
    if (groupProfile) {
      record.view.groupProfile = groupProfile
      record.view.subType = `${groupProfile.type}`
    }
    const { type, userProfile } = record.view
    if (type !== TYPES.CONV_C2C) return record.view
    if (userProfile.nick === '' && userProfile.avatar === '') {
      const reply = await this.#options.call('profile/get_brief', { To_Account: [record.peer] })
      const brief = contentsOf(reply.Items).find(it => it.To_Account === record.peer)
      if (brief) {
        const [nick, avatar] = [textOf(brief.Nick), textOf(brief.FaceUrl)]
        record.view.userProfile = profileOf(record.peer, nick, avatar)
      }
    }
    return record.view
  }

  /** The conversation of a group that is gone, or was left, stays what it is. */
  async #describe(conversationID: string): Promise<Group | undefined> {
    try {
      return await this.#options.describe(targetOf(conversationID))
    } catch (cause) {
      if (this.#options.list.get(conversationID) && GONE.includes(asChatError(cause).code)) return undefined
      throw cause
    }
  }

  async read(conversationID: unknown): Promise<void> {
    const record = this.#options.list.get(checkedId(conversationID))
    if (record) await this.#options.reads.read(record)
  }

  async readAll(scope: unknown): Promise<void> {
    const unread = this.#options.list
      .all()
      .filter(record => record.view.unreadCount > 0 || record.view.groupAtInfoList.length > 0)
      .filter(record => scope !== TYPES.READ_ALL_GROUP_MSG || record.isGroup)
      .filter(record => scope !== TYPES.READ_ALL_C2C_MSG || record.view.type === TYPES.CONV_C2C)
    await Promise.all(unread.map(record => this.#options.reads.read(record)))
  }

  /** With `isCleared` the history goes too. The conversation comes back with the next message. */
  async delete(conversationID: unknown, isCleared: boolean): Promise<void> {
    const id = checkedId(conversationID)
    const record = this.#options.list.get(id)
    if (!record || record.hidden) {
      throw new ChatError(ErrorCode.CONVERSATION_NOT_FOUND, `There is no conversation ${conversationID}.`)
    }
    if (record.convId === 0) this.#options.list.remove(id)
    else {
      const seq = record.log.seq
      await this.#options.call('recentcontact/delete', {
        ...deletionOf(record),
        ClearRamble: isCleared ? 1 : 0,
      })
      // A message that came meanwhile has brought it back.
      if (record.log.seq === seq) record.hidden = true
      record.read(seq)
      record.view.draftText = ''
      if (isCleared) this.#clear(record, seq)
    }
    this.#changed(record)
  }

  async clearHistory(conversationID: unknown): Promise<void> {
    const record = this.#options.list.get(checkedId(conversationID))
    if (!record || record.convId === 0) return
    const seq = record.log.seq
    await this.#options.call('recentcontact/delete', {
      ...deletionOf(record),
      ClearRamble: 1,
      ClearOnly: 1,
    })
    record.read(seq)
    this.#clear(record, seq)
    this.#changed(record)
  }

  async pin(conversationID: unknown, isPinned: boolean): Promise<void> {
    await this.#options.call('recentcontact/pin', {
      ...addressOf(conversationID),
      TopFlag: isPinned ? 1 : 0,
    })
    const record = this.#options.list.ensure(checkedId(conversationID))
    record.view.isPinned = isPinned
    this.#changed(record)
  }

  /** Kept in this instance's memory only. */
  setDraft(conversationID: unknown, draftText: unknown): Conversation {
    const record = this.#options.list.ensure(checkedId(conversationID))
    record.view.draftText = textOf(draftText)
    this.#changed(record)
    return record.view
  }

  async setRemindType(userIDs: unknown, remindType: unknown) {
    const recvOpt = recvOptOf(remindType)
    if (!Array.isArray(userIDs) || recvOpt === undefined) {
      throw new ChatError(
        ErrorCode.OPERATION_INVALID,
        'setMessageRemindType takes userIDList and a messageRemindType of AcceptAndNotify, AcceptNotNotify or Discard.',
      )
    }
    const failed = new Map<string, number>()
    for (let at = 0; at < userIDs.length; at += ACCOUNTS_PER_REQUEST) {
      const part = userIDs.slice(at, at + ACCOUNTS_PER_REQUEST).map(textOf)
      const reply = await this.#options.call('recentcontact/set_recv_opt', {
        To_Account: part,
        RecvOpt: recvOpt,
      })
      for (const it of contentsOf(reply.ErrorList)) failed.set(textOf(it.To_Account), numberOf(it.ErrorCode))
      for (const userID of part) {
        const record = this.#options.list.get(conversationIdOf(userID))
        if (!record || failed.has(userID)) continue
        record.view.messageRemindType = remindTypeOf(recvOpt)
        this.#options.inbox.touch(record)
      }
    }
    this.#options.inbox.flush()
    return {
      successUserIDList: userIDs.filter(userID => !failed.has(userID)).map(userID => ({ userID })),
      failureUserIDList: [...failed].map(([userID, code]) => ({
        userID,
        code,
        message: `Refused with code ${code}.`,
      })),
    }
  }

  /** `markType`: bit values; several bits set several marks. */
  mark(conversationIDs: unknown, markType: unknown, isEnabled: boolean): Promise<BatchOutcome> {
    const places = placesOf(markType)
    if (places.length === 0) {
      throw new ChatError(
        ErrorCode.OPERATION_INVALID,
        'markType must be a mark: 1, 2, 4, 8, or 2^32 to 2^63.',
      )
    }
    const item = { OptType: 1, [isEnabled ? 'SetMark' : 'ClearMark']: places }
    return this.#markContacts(conversationIDs, item, record => {
      const bits = places.map(place => 2 ** (place - 1))
      const others = record.view.markList.filter(mark => !bits.includes(mark))
      record.view.markList = isEnabled ? [...others, ...bits].sort((a, b) => a - b) : others
    })
  }

  setCustomData(conversationIDs: unknown, customData: unknown): Promise<BatchOutcome> {
    const text = textOf(customData)
    return this.#markContacts(conversationIDs, { OptType: 2, CustomMark: text }, record => {
      record.view.customData = text
    })
  }

  async #markContacts(
    conversationIDs: unknown,
    item: Readonly<Record<string, unknown>>,
    apply: (record: ConversationRecord) => void,
  ): Promise<BatchOutcome> {
    const ids = idsOf(conversationIDs)
    const reply = await this.#options.call('recentcontact/mark_contact', {
      MarkItem: ids.map(id => ({ ...item, ContactItem: contactOf(id) })),
    })
    const outcome = outcomeOf(ids, reply.ResultItem)
    for (const conversationID of outcome.successConversationIDList) {
      const record = this.#options.list.get(conversationID)
      if (!record) continue
      apply(record)
      this.#options.inbox.touch(record)
    }
    this.#options.inbox.flush()
    return outcome
  }

  #clear(record: ConversationRecord, seq: number): void {
    record.clearedSeq = Math.max(record.clearedSeq, seq)
    if (!record.last || record.last.sequence <= seq) record.setLast(undefined)
  }

  #changed(record: ConversationRecord): void {
    this.#options.inbox.touch(record)
    this.#options.inbox.flush()
  }
}

/** ConversationIDs that the server can be told of. */
export function idsOf(conversationIDs: unknown): readonly string[] {
  if (Array.isArray(conversationIDs)) {
    for (const it of conversationIDs) peerOf(it)
    return conversationIDs.map(String)
  }
  throw new ChatError(
    ErrorCode.CONVERSATION_ID_INVALID,
    'conversationIDList must be an array of conversationIDs.',
  )
}

/** Results per conversation; those that the server does not mention succeeded. */
export function outcomeOf(ids: readonly string[], resultItems: unknown): BatchOutcome {
  const failures = contentsOf(resultItems)
    .filter(it => numberOf(it.ResultCode) !== 0)
    .map(it => ({
      conversationID: idOfContact(isContent(it.ContactItem) ? it.ContactItem : {}),
      code: numberOf(it.ResultCode),
      message: textOf(it.ResultInfo),
    }))
  const failed = failures.map(it => it.conversationID)
  return {
    successConversationIDList: ids.filter(id => !failed.includes(id)),
    failureConversationIDList: failures,
  }
}

function idOfContact(contact: Content): string {
  const groupID = textOf(contact.ToGroupId)
  return groupID === '' ? conversationIdOf(textOf(contact.To_Account)) : groupConversationIdOf(groupID)
}

/** This command spells the group in its own way: rest-1 section 7. */
function deletionOf(record: ConversationRecord) {
  return record.isGroup ? { Type: 2, ToGroupid: record.peer } : { Type: 1, To_Account: record.peer }
}

/** One entry of `failureConversationIDList` for what a call threw. */
export function failureOf(conversationID: string, cause: unknown): ConversationFailure {
  const { code, message } = asChatError(cause)
  return { conversationID, code, message }
}

/** Places, from 1, of the bits of a mark. */
function placesOf(markType: unknown): readonly number[] {
  if (typeof markType !== 'number' || !Number.isInteger(markType) || markType < 1) return []
  const bits = BigInt(markType).toString(2)
  return [...bits].flatMap((bit, at) => (bit === '1' ? [bits.length - at] : [])).reverse()
}

function passes(conversation: Conversation, filter: ConversationFilter): boolean {
  const { type, markType, groupName, hasUnreadCount, hasGroupAtInfo } = filter
  if (type !== undefined && conversation.type !== type) return false
  if (markType !== undefined) {
    const isMarked = conversation.markList.includes(markType)
    if (markType === 0 ? conversation.markList.length > 0 : !isMarked) return false
  }
  if (groupName !== undefined) {
    const groups = conversation.conversationGroupList
    if (groupName === '' ? groups.length > 0 : !groups.includes(groupName)) return false
  }
  if (hasUnreadCount !== undefined && conversation.unreadCount > 0 !== hasUnreadCount) return false
  return hasGroupAtInfo === undefined || conversation.groupAtInfoList.length > 0 === hasGroupAtInfo
}
