import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireConversationGroup, WireGroup } from '@rookery/protocol/wire-group'
import { ChatError } from '../chat-error.ts'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import { groupConversationIdOf } from '../conversations/conversation-id.ts'
import type { ConversationList } from '../conversations/conversation-list.ts'
import type { ConversationRecord } from '../conversations/conversation-record.ts'
import type { ChatEvent } from '../emitter.ts'
import type { Message } from '../messages/message.ts'
import type { Group, Topic } from '../named-types.ts'
import { mergedFields } from './custom-fields.ts'
import { blankGroup, countMembers, noSelf, updateGroup, updateSelf } from './group.ts'

export interface GroupsOptions {
  readonly me: string
  readonly list: ConversationList
  readonly emit: (event: ChatEvent) => void
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
}

/**
 * What is known of groups, one object for each: conversations, lists and answers hold the same. Who is in is told by the
 * conversations of the server, and by the own calls until then.
 */
export class Groups {
  /** The large room that this instance is in, or `''`: one at a time, without a conversation on the server. */
  room = ''
  /** Rooms that were left so far. */
  stays = 0
  /** The group of a join that is on its way: its first messages come before the answer. */
  joining = ''
  readonly #options: GroupsOptions
  readonly #groups = new Map<string, Group>()
  readonly #communities = new Map<string, string>()
  readonly #customData = new Map<string, string>()
  /** Memberships that were learned otherwise than by the conversation's item. */
  readonly #told = new Map<string, boolean>()
  /** Groups of which a newer profile exists than the one here. */
  readonly #outdated = new Set<string>()
  #loading: Promise<void> | undefined
  #isLoaded = false
  #isStale = false
  #isChanged = false

  constructor(options: GroupsOptions) {
    this.#options = options
  }

  get(groupID: string): Group | undefined {
    return this.#groups.get(groupID)
  }

  /** Undefined until its whole profile was seen. */
  described(groupID: string): Group | undefined {
    const group = this.#groups.get(groupID)
    return group && (group.infoSequence > 0 || group.lastInfoTime > 0) && !this.#isStale ? group : undefined
  }

  isRoom(groupID: string): boolean {
    return this.room === groupID || this.#groups.get(groupID)?.type === TYPES.GRP_AVCHATROOM
  }

  isTopic(groupID: string): boolean {
    return this.#communities.has(groupID)
  }

  isIn(groupID: string): boolean {
    const record = this.#options.list.get(groupConversationIdOf(groupID))
    return this.room === groupID || (this.#told.get(groupID) ?? record?.isMember ?? false)
  }

  /** The server's profile, whole or public. An older one than the known is not taken. */
  apply(g: WireGroup): Group {
    const group = this.#ensure(g.GroupId, g.Type)
    const before = JSON.stringify(group)
    // What went to everybody leaves out fields that only staff reads: staff keeps what it knows and asks.
    const isLess = g.FieldsLeftOut === 1 && ['Owner', 'Admin'].includes(group.selfInfo.role)
    const { AppDefinedData: _, ...rest } = g
    if ((g.InfoSeq ?? 0) >= group.infoSequence) updateGroup(group, isLess ? rest : g)
    if (g.SelfInfo) updateSelf(group, this.#options.me, g.SelfInfo)
    if (g.CommunityId) this.#communities.set(g.GroupId, g.CommunityId)
    if (g.CustomString !== undefined) this.#customData.set(g.GroupId, g.CustomString)
    if (isLess) this.#outdated.add(g.GroupId)
    else this.#outdated.delete(g.GroupId)
    const record = this.#options.list.get(groupConversationIdOf(g.GroupId))
    if (record) record.view.groupProfile = group
    // Kits ask for the profile of the open group when they are told: what did not change is not told.
    if (this.isIn(g.GroupId) && JSON.stringify(group) !== before) this.#isChanged = true
    return group
  }

  /** The profile that an item of the conversation list brings: the group's name and the own membership. */
  applyItem(record: ConversationRecord, c: WireConversationGroup): void {
    const group = this.#ensure(c.GroupId, c.Type)
    record.view.groupProfile = group
    const before = JSON.stringify(group)
    if (c.InfoSeq >= group.infoSequence) Object.assign(group, { name: c.Name, avatar: c.FaceUrl })
    if (c.SelfInfo) updateSelf(group, this.#options.me, c.SelfInfo)
    else if (c.Member === 0) group.selfInfo = noSelf()
    if (c.CommunityId) this.#communities.set(c.GroupId, c.CommunityId)
    if (c.SupportTopic !== undefined) group.isSupportTopic = c.SupportTopic === 1
    const isIn = c.Member === 1
    if (isIn && !c.CommunityId && this.#isLoaded && c.InfoSeq > group.infoSequence)
      this.#outdated.add(c.GroupId)
    const wasIn = this.#told.get(c.GroupId)
    this.#told.delete(c.GroupId)
    if (wasIn !== isIn || JSON.stringify(group) !== before) this.#isChanged = true
  }

  /** A tip tells a part of the profile: the event with the whole may have been lost, the tip is fetched then. */
  sawTip({ to, time, payload }: Message): void {
    const group = this.#groups.get(to)
    if (!group) return
    const { groupName, groupCustomField: fields, ...changed } = payload.newGroupProfile ?? {}
    const isNews = payload.operationType === TYPES.GRP_TIP_GRP_PROFILE_UPDATED && time >= group.lastInfoTime
    if (isNews) {
      Object.assign(group, changed, groupName !== undefined && { name: groupName }, { lastInfoTime: time })
      if (fields) group.groupCustomField = mergedFields(group.groupCustomField, fields)
    }
    if (payload.memberCount !== undefined) countMembers(group, payload.memberCount)
    this.#isChanged ||= isNews || payload.memberCount !== undefined
  }

  entered(groupID: string): void {
    if (this.isRoom(groupID)) {
      this.room = groupID
      const record = this.#options.list.ensure(groupConversationIdOf(groupID))
      record.view.groupProfile = this.#ensure(groupID, 'AVChatRoom')
      record.view.subType = `${TYPES.GRP_AVCHATROOM}`
    } else this.#told.set(groupID, true)
    this.#isChanged = true
  }

  left(groupID: string): void {
    if (this.room === groupID) {
      this.room = ''
      this.stays += 1
    }
    const group = this.#groups.get(groupID)
    if (group) group.selfInfo = noSelf()
    this.#told.set(groupID, false)
    this.#isChanged = true
  }

  /** Joined groups; large rooms and communities with topics are not among them (sdk-2 section 2). */
  joined(): Group[] {
    return this.#mine().filter(group => !group.isSupportTopic)
  }

  joinedCommunities(): Group[] {
    return this.#mine().filter(group => group.isSupportTopic)
  }

  /** The server's list, once; after a lost connection anew. */
  async load(): Promise<void> {
    if (this.#isLoaded && !this.#isStale) return
    this.#loading ??= this.#pull().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  /** Changes may have passed by: the next {@link load} asks anew. */
  outdate(): void {
    this.#isStale = true
  }

  get isAnyKnown(): boolean {
    return this.#groups.size > 0
  }

  /** Throws when it is known that a send to this group cannot succeed. */
  checkSend(groupID: string): void {
    if (this.isRoom(groupID) && this.room !== groupID) {
      throw new ChatError(
        ErrorCode.LIVE_ROOM_NOT_JOINED,
        `Not in the room ${groupID}: call joinGroup first, also after a new login.`,
      )
    }
    if (this.#groups.get(groupID)?.isSupportTopic) {
      throw new ChatError(
        ErrorCode.COMMUNITY_TAKES_NO_MESSAGES,
        `${groupID} has topics: send to one of them, with its topicID.`,
      )
    }
  }

  /** The group as the server shows it now. */
  async fetch(groupID: string): Promise<Group> {
    const reply = await this.#options.call('group/profile', { GroupId: groupID })
    return this.apply(reply.Group as WireGroup)
  }

  topic(topicID: string): Topic {
    const group = this.#ensure(topicID, 'Community')
    const record = this.#options.list.get(groupConversationIdOf(topicID))
    const topic: Topic = {
      topicID,
      topicName: group.name,
      avatar: group.avatar,
      introduction: group.introduction,
      notification: group.notification,
      unreadCount: record?.view.unreadCount ?? 0,
      muteAllMembers: group.muteAllMembers,
      customData: this.#customData.get(topicID) ?? '',
      groupAtInfoList: record?.view.groupAtInfoList ?? [],
      lastMessage: record?.view.lastMessage ?? group.lastMessage,
      selfInfo: group.selfInfo,
    }
    // One reading of the list takes the entry itself for the topic, another looks for it in this field.
    return Object.defineProperty(topic, 'topic', { value: topic })
  }

  /** A topic that was deleted, or whose community was left, is not told of. */
  emitTopic(topicID: string): void {
    const groupID = this.#communities.get(topicID)
    const record = this.#options.list.get(groupConversationIdOf(topicID))
    if (groupID !== undefined && (record?.isMember ?? true))
      this.#options.emit({ name: EVENT.TOPIC_UPDATED, data: { groupID, topic: this.topic(topicID) } })
  }

  /** Tells of what changed since the last time. */
  flush(): void {
    for (const groupID of this.#outdated) void this.#refresh(groupID)
    this.#outdated.clear()
    if (!this.#isChanged) return
    this.#isChanged = false
    if (this.#isLoaded) this.#options.emit({ name: EVENT.GROUP_LIST_UPDATED, data: this.joined() })
  }

  #mine(): Group[] {
    const mine = [...this.#groups.values()].filter(
      ({ groupID, type }) =>
        type !== TYPES.GRP_AVCHATROOM && !this.#communities.has(groupID) && this.isIn(groupID),
    )
    for (const group of mine) {
      const record = this.#options.list.get(groupConversationIdOf(group.groupID))
      if (record) group.lastMessage = record.view.lastMessage
    }
    return mine
  }

  #ensure(groupID: string, type: WireGroup['Type']): Group {
    const present = this.#groups.get(groupID)
    if (present) return present
    const group = blankGroup(groupID, type)
    this.#groups.set(groupID, group)
    return group
  }

  async #pull(): Promise<void> {
    const { call, list, emit } = this.#options
    let cursor = ''
    do {
      const reply = await call('group/list', cursor === '' ? {} : { Cursor: cursor })
      for (const g of (reply.Groups ?? []) as readonly WireGroup[]) {
        this.apply(g)
        if (!list.get(groupConversationIdOf(g.GroupId))?.isKnown && !this.#told.has(g.GroupId))
          this.#told.set(g.GroupId, true)
      }
      cursor = String(reply.NextCursor ?? '')
    } while (cursor !== '')
    this.#isLoaded = true
    this.#isStale = false
    this.#isChanged = false
    const data = this.joined()
    if (data.length > 0) emit({ name: EVENT.GROUP_LIST_UPDATED, data })
  }

  async #refresh(groupID: string): Promise<void> {
    try {
      await this.fetch(groupID)
    } catch {
      // The name and the membership are known; the next list or profile brings the rest.
      return
    }
    this.flush()
  }
}
