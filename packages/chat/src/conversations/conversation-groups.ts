import type { WireContactGroup } from '@rookery/protocol/wire'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { EVENT } from '../constants/event.ts'
import type { ChatEvent } from '../emitter.ts'
import { type Content, contentsOf, isContent, numberOf, textOf } from '../messages/content.ts'
import type { Inbox } from '../messages/inbox.ts'
import { type BatchOutcome, idsOf, outcomeOf } from './conversation-actions.ts'
import { contactOf } from './conversation-id.ts'
import type { ConversationList } from './conversation-list.ts'

export interface ConversationGroupsOptions {
  readonly list: ConversationList
  readonly inbox: Inbox
  readonly emit: (event: ChatEvent) => void
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
}

const ADD = 1
const REMOVE = 2
const ONCE: CallOptions = { resend: false }

/** Named groups of conversations: sdk-1 section 16. */
export class ConversationGroups {
  readonly #options: ConversationGroupsOptions

  constructor(options: ConversationGroupsOptions) {
    this.#options = options
  }

  names(): string[] {
    return this.#options.list.groups.map(group => group.GroupName)
  }

  async create(groupName: unknown, conversationIDs: unknown): Promise<BatchOutcome> {
    const ids = idsOf(conversationIDs)
    const name = textOf(groupName)
    const reply = await this.#options.call(
      'recentcontact/create_contact_group',
      { GroupContactItem: [{ GroupName: name, ContactItem: ids.map(contactOf) }] },
      ONCE,
    )
    const [result] = contentsOf(reply.GroupResultItem)
    const outcome = outcomeOf(ids, result?.ResultItem)
    const groupId = numberOf(isContent(result?.GroupItem) ? result.GroupItem.GroupId : 0)
    if (groupId > 0)
      this.#setGroups(it => [
        ...it.filter(group => group.GroupId !== groupId),
        { GroupId: groupId, GroupName: name },
      ])
    this.#move(groupId, name, outcome.successConversationIDList, ADD)
    return outcome
  }

  async delete(groupName: unknown): Promise<void> {
    const name = textOf(groupName)
    await this.#options.call('recentcontact/del_contact_group', { GroupName: [name] }, ONCE)
    this.#setGroups(it => it.filter(group => group.GroupName !== name))
  }

  async rename(oldName: unknown, newName: unknown): Promise<void> {
    const [from, to] = [textOf(oldName), textOf(newName)]
    await this.#update({ UpdateGroupType: 1, OldGroupName: from, NewGroupName: to })
    this.#setGroups(it => it.map(group => (group.GroupName === from ? { ...group, GroupName: to } : group)))
  }

  add(groupName: unknown, conversationIDs: unknown): Promise<BatchOutcome> {
    return this.#change(groupName, conversationIDs, ADD)
  }

  remove(groupName: unknown, conversationIDs: unknown): Promise<BatchOutcome> {
    return this.#change(groupName, conversationIDs, REMOVE)
  }

  async #change(groupName: unknown, conversationIDs: unknown, operation: 1 | 2): Promise<BatchOutcome> {
    const ids = idsOf(conversationIDs)
    const name = textOf(groupName)
    const reply = await this.#update({
      UpdateGroupType: 2,
      OldGroupName: name,
      ContactUpdateItem: ids.map(id => ({ ContactOptType: operation, ContactItem: contactOf(id) })),
    })
    const result = isContent(reply.UpdateGroupResult) ? reply.UpdateGroupResult : {}
    const outcome = outcomeOf(ids, result.ContactResultItem)
    const groupId = this.#options.list.groups.find(group => group.GroupName === name)?.GroupId ?? 0
    this.#move(groupId, name, outcome.successConversationIDList, operation)
    return outcome
  }

  #update(group: Content): Promise<ReplyBody> {
    return this.#options.call(
      'recentcontact/update_contact_group',
      { UpdateType: 1, UpdateGroup: group },
      ONCE,
    )
  }

  #setGroups(change: (groups: readonly WireContactGroup[]) => readonly WireContactGroup[]): void {
    const { list, inbox, emit } = this.#options
    list.setGroups(change(list.groups))
    inbox.emitList()
    emit({ name: EVENT.CONVERSATION_GROUP_LIST_UPDATED, data: this.names() })
  }

  #move(groupId: number, groupName: string, conversationIDs: readonly string[], operation: 1 | 2): void {
    if (groupId === 0 || conversationIDs.length === 0) return
    const { list, inbox, emit } = this.#options
    for (const conversationID of conversationIDs) {
      const record = list.get(conversationID)
      if (!record) continue
      const others = record.contactGroupIds.filter(id => id !== groupId)
      record.contactGroupIds = operation === ADD ? [...others, groupId] : others
      list.nameGroups(record)
    }
    inbox.emitList()
    const conversationList = list.sorted().filter(it => it.conversationGroupList.includes(groupName))
    emit({ name: EVENT.CONVERSATION_IN_GROUP_UPDATED, data: { groupName, conversationList } })
  }
}
