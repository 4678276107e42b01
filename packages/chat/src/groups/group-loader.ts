import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupEventFrame } from '@rookery/protocol/wire-group'
import { ChatError } from '../chat-error.ts'
import { EVENT } from '../constants/event.ts'
import type { GroupContext } from './methods/context.ts'
import type { GroupMethods } from './methods/group-methods.ts'

/** Members of the interface that the loaded part answers, by name. */
export const GROUP_MEMBERS = [
  'getGroupList',
  'getJoinedCommunityList',
  'getGroupProfile',
  'searchGroupByID',
  'createGroup',
  'joinGroup',
  'quitGroup',
  'dismissGroup',
  'updateGroupProfile',
  'changeGroupOwner',
  'getGroupOnlineMemberCount',
  'getGroupMemberList',
  'getGroupMemberProfile',
  'addGroupMember',
  'deleteGroupMember',
  'setGroupMemberMuteTime',
  'setGroupMemberRole',
  'setGroupMemberNameCard',
  'setGroupMemberCustomField',
  'markGroupMemberList',
  'getGroupMessageReadMemberList',
  'getGroupApplicationList',
  'handleGroupApplication',
  'initGroupAttributes',
  'setGroupAttributes',
  'deleteGroupAttributes',
  'getGroupAttributes',
  'setGroupCounters',
  'increaseGroupCounter',
  'decreaseGroupCounter',
  'getGroupCounters',
  'createTopicInCommunity',
  'deleteTopicFromCommunity',
  'updateTopicProfile',
  'getTopicList',
  'pinGroupMessage',
  'getPinnedGroupMessageList',
] as const satisfies readonly (keyof GroupMethods)[]

/** Loads the methods of groups at their first use: most pages that chat need none of them at once. */
export class GroupLoader {
  readonly #context: GroupContext
  #methods: Promise<GroupMethods> | undefined
  /** Events are applied in the order in which they came. */
  #events: Promise<void> = Promise.resolve()

  constructor(context: Omit<GroupContext, 'Error' | 'EVENT'>) {
    this.#context = { ...context, Error: ChatError, EVENT }
  }

  /** Rejects 2998 when the file cannot be had; the next call tries again. */
  methods(): Promise<GroupMethods> {
    this.#methods ??= import('./methods/group-methods.ts').then(
      part => part.groupMethods(this.#context),
      cause => {
        this.#methods = undefined
        throw new ChatError(
          ErrorCode.MODULE_NOT_LOADED,
          `The group part of the SDK (groups.js beside chat.js) could not be loaded: ${cause}. Check the network, then call again.`,
        )
      },
    )
    return this.#methods
  }

  onEvent(frame: GroupEventFrame): void {
    this.#events = this.#events
      .then(async () => {
        const methods = await this.methods()
        if (frame.ev === 'groupAttr') await methods.onAttributes(frame)
        if (frame.ev === 'groupCounter') methods.onCounters(frame)
        if (frame.ev === 'groupPin') methods.onPin(frame)
      })
      .catch(cause => {
        const { code = 0, message = String(cause) } = cause as Partial<ChatError>
        this.#context.emit({ name: EVENT.ERROR, data: { code, message } })
      })
  }
}
