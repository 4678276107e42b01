import { ErrorCode } from '@rookery/protocol/error-code'
import type { ChatError } from '../../chat-error.ts'
import type { Clock } from '../../clock.ts'
import type { CallOptions, ReplyBody } from '../../connection/request-table.ts'
import type { EVENT } from '../../constants/event.ts'
import type { ConversationList } from '../../conversations/conversation-list.ts'
import type { ChatEvent } from '../../emitter.ts'
import { type Content, isContent, textOf } from '../../messages/content.ts'
import type { Inbox } from '../../messages/inbox.ts'
import type { MessageCache } from '../../messages/message-cache.ts'
import type { Group } from '../../named-types.ts'
import type { Groups } from '../groups.ts'

/**
 * What the core lends to this part, which is a file of its own that is loaded at its first use. Classes and enums come along
 * at run time: a second copy of a class would not be known to the core.
 */
export interface GroupContext {
  readonly me: () => string
  readonly clock: Clock
  readonly list: ConversationList
  readonly cache: MessageCache
  readonly inbox: Inbox
  readonly groups: Groups
  readonly emit: (event: ChatEvent) => void
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
  readonly Error: typeof ChatError
  readonly EVENT: typeof EVENT
}

/** A change whose second run could do something else than the first. */
export const ONCE: CallOptions = { resend: false }

export const REST = 'group_open_http_svc/'
export const ROOMS = 'group_open_avchatroom_http_svc/'

/** Arguments of an app are read without trust. */
export const given = (options: unknown): Content => (isContent(options) ? options : {})

/** Throws 2602 for what can be no groupID. */
export function groupIdIn({ Error: Failure }: GroupContext, value: unknown): string {
  const groupID = textOf(value)
  if (groupID !== '') return groupID
  throw new Failure(ErrorCode.SDK_GROUP_ID_INVALID, `${JSON.stringify(value)} is no groupID.`)
}

/** UserIDs of an app; throws 2905 when there are none. */
export function userIdsIn({ Error: Failure }: GroupContext, value: unknown): string[] {
  const userIDs = Array.isArray(value) ? value.map(textOf).filter(it => it !== '') : []
  if (userIDs.length > 0) return userIDs
  throw new Failure(ErrorCode.OPERATION_INVALID, 'userIDList must be an array of userIDs.')
}

/** The group after a change; an answer that is lost must not make the change look failed. */
export async function groupAfter({ groups, call }: GroupContext, groupID: string): Promise<Group> {
  const reply = await call('group/profile', { GroupId: groupID })
  const group = groups.apply(reply.Group as Parameters<Groups['apply']>[0])
  return group
}

/** A local bound of calls (limits.md section 2.3): over it 2996. */
export function pace(context: GroupContext, name: string, count: number, ms: number): () => void {
  const { Error: Failure, clock } = context
  let calls: number[] = []
  return () => {
    const now = clock.elapsed()
    calls = calls.filter(at => at > now - ms)
    if (calls.length >= count) {
      throw new Failure(
        ErrorCode.CALL_TOO_FREQUENT,
        `${name}: at most ${count} calls in ${ms / 1000} s. Wait a moment, then call again.`,
      )
    }
    calls.push(now)
  }
}
