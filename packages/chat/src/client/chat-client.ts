import { ok, type Result } from '../chat-error.ts'
import type { TYPES } from '../constants/types.ts'
import type { Conversation } from '../conversations/conversation.ts'
import {
  type BatchOutcome,
  type ConversationFailure,
  type ConversationFilter,
  failureOf,
} from '../conversations/conversation-actions.ts'
import { type Profile, profileOf } from '../profiles/profile.ts'
import { MessageClient } from './message-client.ts'

export interface GroupOptions {
  readonly groupName: string
  readonly conversationIDList: readonly string[]
}

/** One client of one app: the object that `create` returns. Methods and results: sdk-1-core.md. */
export class ChatClient extends MessageClient {
  async getConversationList(
    options?: readonly string[] | ConversationFilter,
  ): Promise<Result<{ readonly conversationList: Conversation[]; readonly isSyncCompleted: boolean }>> {
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
    readonly groupID?: string
    readonly messageRemindType: TYPES | string
  }) {
    const session = this.ready()
    if (options?.groupID) {
      const methods = await session.groupMethods()
      return ok(await methods.setGroupRemindType(options.groupID, options.messageRemindType))
    }
    return ok(await session.conversations.setRemindType(options?.userIDList, options?.messageRemindType))
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
  async getConversationGroupList(): Promise<Result<string[] & { readonly groupList: string[] }>> {
    const names = this.ready().conversationGroups.names()
    return ok(Object.assign([...names], { groupList: names }))
  }

  async createConversationGroup(options: GroupOptions): Promise<Result<BatchOutcome>> {
    return ok(await this.ready().conversationGroups.create(options?.groupName, options?.conversationIDList))
  }

  async deleteConversationGroup(groupName: string): Promise<Result<Record<string, never>>> {
    await this.ready().conversationGroups.delete(groupName)
    return ok({})
  }

  async renameConversationGroup(options: {
    readonly oldName: string
    readonly newName: string
  }): Promise<Result<Record<string, never>>> {
    await this.ready().conversationGroups.rename(options?.oldName, options?.newName)
    return ok({})
  }

  async addConversationsToGroup(options: GroupOptions): Promise<Result<BatchOutcome>> {
    return ok(await this.ready().conversationGroups.add(options?.groupName, options?.conversationIDList))
  }

  async deleteConversationsFromGroup(options: GroupOptions): Promise<Result<BatchOutcome>> {
    return ok(await this.ready().conversationGroups.remove(options?.groupName, options?.conversationIDList))
  }

  // Profiles

  async getMyProfile(): Promise<Result<Profile>> {
    const { userID, nick, avatar } = this.author
    const [profile] = await this.ready().profiles.of([userID])
    return ok(profile ?? profileOf(userID, nick, avatar))
  }

  /** Users that do not exist are left out. */
  async getUserProfile(options: { readonly userIDList: readonly string[] }): Promise<Result<Profile[]>> {
    return ok(await this.ready().profiles.of(options?.userIDList))
  }
}
