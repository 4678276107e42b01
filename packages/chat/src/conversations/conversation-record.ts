import type { WireConversation, WireMessage } from '@rookery/protocol/wire'
import type { WireConversationGroup } from '@rookery/protocol/wire-group'
import { TYPES } from '../constants/types.ts'
import type { Message } from '../messages/message.ts'
import { profileOf } from '../profiles/profile.ts'
import { ConversationLog } from '../sync/conversation-log.ts'
import {
  type Conversation,
  emptyConversation,
  lastMessageOf,
  marksOf,
  NO_MESSAGE,
  remindTypeOf,
} from './conversation.ts'
import { isGroupConversation, targetOf } from './conversation-id.ts'
import { Mentions } from './mentions.ts'
import { UnreadCount } from './unread.ts'

/** A number of a conversation, and what came with it. */
export type Arrival =
  | { readonly is: 'message'; readonly m: WireMessage }
  /** Sent by this instance: the answer told its number. */
  | { readonly is: 'own' }
  | { readonly is: 'cover' }

/** One conversation: what the app sees of it, and the numbers behind it. */
export class ConversationRecord {
  readonly id: string
  /** UserID, groupID or topicID. */
  readonly peer: string
  readonly isGroup: boolean
  readonly view: Conversation
  /** 0 while the server has no such conversation. */
  convId = 0
  /** The server never had it: made by a draft or by opening a chat. */
  isLocal = true
  log: ConversationLog<Arrival> = new ConversationLog(0, 0)
  unread = new UnreadCount()
  mentions = new Mentions()
  /** The server told what this conversation is; of a group nothing can be shown before. */
  isKnown = false
  /** Head when the membership began. */
  joinSeq = 0
  isMember = false
  /** Topics, and communities that have topics, are not in the list (sdk-2 section 7). */
  isListed = true
  /** Of a topic: its community. */
  communityID = ''
  /** Messages do not count as unread. */
  isUncounted = false
  /** Deleted from the list until the next message. */
  hidden = false
  /** The own state's number of which this item was made. */
  logNo = 0
  /** The head that the latest item named. */
  itemSeq = 0
  clearedSeq = 0
  peerReadSeq = 0
  /** Highest number of a message of the peer that was seen here. */
  lastIncomingSeq = 0
  contactGroupIds: readonly number[] = []
  last: Message | undefined

  constructor(conversationID: string) {
    this.id = conversationID
    this.peer = targetOf(conversationID)
    this.isGroup = isGroupConversation(conversationID)
    this.view = emptyConversation(conversationID)
  }

  /**
   * The server has yet to say where this person's history of the group ends and the news begins: it was never told, or what
   * came is above all that was told to somebody who had left.
   */
  get awaitsItem(): boolean {
    return this.isGroup && (!this.isKnown || (!this.isMember && this.log.headSeq > this.itemSeq))
  }

  /** Begins anew for another conversation with the same peer: a UserID that was deleted and registered again. */
  restart(convId: number): void {
    this.convId = convId
    this.log = new ConversationLog(0, 0)
    this.unread = new UnreadCount()
    this.mentions = new Mentions()
    this.isKnown = false
    this.joinSeq = 0
    this.isMember = false
    this.logNo = 0
    this.itemSeq = 0
    this.clearedSeq = 0
    this.peerReadSeq = 0
    this.lastIncomingSeq = 0
    this.setLast(undefined)
  }

  /** The server's view of the owner's state. Older items than the one known are ignored. */
  applyItem(item: WireConversation, last: Message | undefined): boolean {
    if (item.LogNo < this.logNo) return false
    this.logNo = item.LogNo
    const { view } = this
    view.isPinned = item.TopFlag === 1
    view.markList = marksOf(item.StandardMark)
    view.customData = item.CustomMark
    const { Group: group } = item
    if (group) this.#applyGroup(item, group)
    else {
      view.messageRemindType = remindTypeOf(item.RecvOpt)
      view.userProfile = profileOf(this.peer, item.Peer_Nick, item.Peer_FaceUrl)
    }
    this.contactGroupIds = item.ContactGroupId
    this.clearedSeq = Math.max(this.clearedSeq, item.ClearedSeq)
    this.unread.rebase({
      headSeq: item.HeadSeq,
      changeNo: item.ChangeNo,
      readSeq: item.ReadSeq,
      unread: item.UnreadMsgNum,
    })
    if (item.HeadSeq >= this.itemSeq) {
      this.itemSeq = item.HeadSeq
      if (!this.last || this.last.sequence <= item.HeadSeq) {
        this.hidden = item.Hidden === 1
        this.setLast(last)
      }
    }
    if (item.PeerReadSeq > this.peerReadSeq) this.peerReadSeq = item.PeerReadSeq
    view.peerReadTime = Math.max(view.peerReadTime, item.PeerReadTime)
    if (group) this.mentions.rebase(group, item.HeadSeq, this.unread.readSeq)
    this.countUnread()
    return true
  }

  #applyGroup(item: WireConversation, group: WireConversationGroup): void {
    const { view } = this
    this.isKnown = true
    this.isMember = group.Member === 1
    this.communityID = group.CommunityId ?? ''
    this.isListed = this.communityID === '' && group.SupportTopic !== 1
    this.isUncounted = group.NoUnread === undefined ? group.Type === 'ChatRoom' : group.NoUnread === 1
    if (this.communityID !== '') view.type = TYPES.CONV_TOPIC
    view.subType = group.Type
    view.messageRemindType = (group.SelfInfo?.MsgFlag as TYPES | undefined) ?? remindTypeOf(item.RecvOpt)
  }

  /** Everything up to this number is read. */
  read(upTo: number): void {
    this.unread.read(upTo)
    this.mentions.read(upTo)
  }

  /** The newest message that may stand in the list, or none. */
  setLast(message: Message | undefined): void {
    this.last = message
    this.view.lastMessage = message ? lastMessageOf(message) : { ...NO_MESSAGE }
  }

  countUnread(): void {
    this.view.unreadCount = this.hidden || this.isUncounted ? 0 : this.unread.value
    this.view.groupAtInfoList = this.mentions.list
  }
}
