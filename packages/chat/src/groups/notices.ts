import { GroupNotice } from '@rookery/protocol/group-notice'
import type { WireGroupNotice } from '@rookery/protocol/wire-group'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import type { ConversationList } from '../conversations/conversation-list.ts'
import type { ChatEvent } from '../emitter.ts'
import type { Inbox } from '../messages/inbox.ts'
import type { Message } from '../messages/message.ts'
import type { MessageCache } from '../messages/message-cache.ts'
import { blankMessage } from '../messages/message-factory.ts'
import type { Groups } from './groups.ts'

/** Notices of this login that can be listed, as many as the server keeps. */
const LISTED = 100

/** Numbers of the interface that differ from the wire's (sdk-2 section 5, rest-2 section 9.8). */
const OPERATION: Readonly<Record<number, number>> = {
  [GroupNotice.BANNED]: 21,
  [GroupNotice.UNBANNED]: 22,
  [GroupNotice.INVITATION_FOR_ADMIN]: 23,
}

/** Kinds that apps do not see as messages. */
const INTERNAL: readonly number[] = [
  GroupNotice.READ_SYNC,
  GroupNotice.MUTED,
  GroupNotice.TOPIC_CREATED,
  GroupNotice.TOPIC_DELETED,
  GroupNotice.MESSAGE_READ,
  GroupNotice.RECEIVE_OPTION,
  GroupNotice.INVITATION_HANDLED,
]

/** Kinds after which this user is not in the room. */
const OUT: readonly number[] = [
  GroupNotice.KICKED,
  GroupNotice.DISMISSED,
  GroupNotice.QUIT,
  GroupNotice.BANNED,
]

export interface NoticesOptions {
  readonly me: string
  readonly list: ConversationList
  readonly cache: MessageCache
  readonly inbox: Inbox
  readonly groups: Groups
  readonly emit: (event: ChatEvent) => void
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
}

/** Group system notices of this login: messages of the conversation `@TIM#SYSTEM` (sdk-2 section 5). */
export class Notices {
  readonly #options: NoticesOptions
  #messages: Message[] = []
  /** Highest number that was taken; 0 before the first. */
  #last = 0
  /** Unix seconds of the login: earlier notices are no news. */
  #since = 0
  /** Counts the notices of this login: their unread count needs numbers of one row. */
  #count = 0
  #pulling: Promise<void> | undefined

  constructor(options: NoticesOptions) {
    this.#options = options
  }

  /** Oldest first. */
  list(): Message[] {
    return [...this.#messages]
  }

  begin(serverSeconds: number): void {
    this.#since ||= serverSeconds
  }

  onNotice(n: WireGroupNotice): void {
    if (n.NoticeSeq !== undefined && this.#last > 0 && n.NoticeSeq > this.#last + 1) void this.catchUp()
    else this.#take([n])
  }

  /** Fetches what came while the connection was away. Kept notices only; what fails is fetched the next time. */
  catchUp(): Promise<void> {
    this.#pulling ??= this.#pull()
      .catch(() => undefined)
      .finally(() => {
        this.#pulling = undefined
      })
    return this.#pulling
  }

  async #pull(): Promise<void> {
    for (let more = true; more; ) {
      const after = this.#last
      const reply = await this.#options.call('group/notices', { AfterNoticeSeq: after })
      const notices = (reply.Notices ?? []) as readonly WireGroupNotice[]
      this.#take(notices.filter(n => after > 0 || n.MsgTimeStamp >= this.#since))
      const seqs = notices.map(n => n.NoticeSeq ?? 0)
      this.#last = Math.max(this.#last, ...seqs)
      more = reply.More === 1 && this.#last > after
    }
  }

  #take(notices: readonly WireGroupNotice[]): void {
    const { inbox, groups, emit } = this.#options
    const shown: Message[] = []
    for (const n of notices) {
      if (n.NoticeSeq !== undefined) {
        if (n.NoticeSeq <= this.#last) continue
        this.#last = n.NoticeSeq
      }
      this.#effect(n)
      if (!INTERNAL.includes(n.ReportType)) shown.push(this.#keep(n))
    }
    if (shown.length > 0) emit({ name: EVENT.MESSAGE_RECEIVED, data: shown })
    inbox.flush()
    groups.flush()
  }

  #effect(n: WireGroupNotice): void {
    const { groups, emit } = this.#options
    const { ToGroupId: groupID, ReportType: type } = n
    const topicIDList = [...(n.TopicIdList ?? [])]
    // Of other groups the conversation tells; a late notice must not undo a newer membership.
    if (OUT.includes(type) && groups.isRoom(groupID)) groups.left(groupID)
    if (type === GroupNotice.TOPIC_CREATED)
      for (const topicID of topicIDList) emit({ name: EVENT.TOPIC_CREATED, data: { groupID, topicID } })
    if (type === GroupNotice.TOPIC_DELETED)
      emit({ name: EVENT.TOPIC_DELETED, data: { groupID, topicIDList } })
  }

  #keep(n: WireGroupNotice): Message {
    const { list, cache, inbox } = this.#options
    this.#count += 1
    const message = noticeMessage(n, this.#count)
    this.#messages = [...this.#messages, message].slice(-LISTED)
    cache.put(message.ID, { message, changeNo: 0, createdHere: false })
    const record = list.ensure(`${TYPES.CONV_SYSTEM}`)
    record.lastIncomingSeq = this.#count
    record.unread.arrived(this.#count)
    record.setLast(message)
    inbox.touch(record)
    return message
  }
}

function noticeMessage(n: WireGroupNotice, sequence: number): Message {
  const text = n.RemarkInfo ?? ''
  const info = n.GroupInfo
  return {
    ...blankMessage(TYPES.MSG_GRP_SYS_NOTICE, {
      operationType: OPERATION[n.ReportType] ?? n.ReportType,
      operatorID: n.Operator_Account,
      operatorInfo: {
        userID: n.Operator_Account,
        nick: n.Operator_Nick ?? '',
        avatar: n.Operator_FaceUrl ?? '',
      },
      groupProfile: {
        groupID: n.ToGroupId,
        name: info?.GroupName ?? '',
        groupName: info?.GroupName ?? '',
        type: info?.Type ?? '',
      },
      // Kits of different ages read different names of the one text.
      handleMessage: text,
      requestMsg: text,
      handledMsg: text,
      userDefinedField: n.UserDefinedField ?? '',
      messageKey: n.MsgKey ?? 0,
      authentication: n.Authentication ?? '',
      ...(n.User_Account !== undefined && { userID: n.User_Account }),
      ...(n.Duration !== undefined && { duration: n.Duration }),
    }),
    ID: `${n.ToGroupId}-${n.ReportType}-${n.ClientSeq}-${n.MsgRandom}`,
    conversationID: `${TYPES.CONV_SYSTEM}`,
    conversationType: TYPES.CONV_SYSTEM,
    to: n.ToGroupId,
    from: `${TYPES.CONV_SYSTEM}`,
    time: n.MsgTimeStamp,
    clientTime: n.MsgTimeStamp,
    random: n.MsgRandom,
    clientSequence: n.ClientSeq,
    sequence,
    status: 'success',
    nick: n.Operator_Nick ?? '',
    avatar: n.Operator_FaceUrl ?? '',
  }
}
