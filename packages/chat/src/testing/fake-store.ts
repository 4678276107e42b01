import type { WireContactGroup, WireConversation, WireMessage } from '@rookery/protocol/wire'
import type {
  GroupReceiveOption,
  GroupType,
  WireConversationGroup,
  WireGroupSelf,
} from '@rookery/protocol/wire-group'
import { mentionOf } from '../conversations/mentions.ts'

export interface Account {
  readonly userID: string
  readonly tinyID: string
  nick: string
  faceUrl: string
  logNo: number
  groups: WireContactGroup[]
  /** Number of the log in which the groups changed. */
  groupsLogNo: number
}

export interface OwnState {
  readSeq: number
  clearedSeq: number
  hidden: boolean
  pinned: boolean
  marks: Set<number>
  custom: string
  recvOpt: 0 | 1 | 2
  contactGroups: Set<number>
  deleted: Set<number>
  logNo: number
  /** In a group: the range that the person may see, and the head when the membership began. */
  fromSeq: number
  toSeq: number
  joinSeq: number
  /** All memberships: above the first number, up to the second. */
  readonly memberships: { readonly from: number; to: number }[]
}

export interface FakeMember {
  role: 'Owner' | 'Admin' | 'Member'
  nameCard: string
  msgFlag: GroupReceiveOption
}

export interface FakeGroup {
  readonly id: string
  readonly type: GroupType
  name: string
  infoSeq: number
  owner: string
  muteAll: boolean
  /** Of a topic: its community, whose members are the topic's. */
  readonly community?: string
  readonly supportTopic: boolean
  readonly members: Map<string, FakeMember>
  isDismissed: boolean
}

export interface Conversation {
  readonly id: number
  readonly users: readonly string[]
  readonly group?: FakeGroup
  readonly messages: Mutable<WireMessage>[]
  changeNo: number
  readonly own: Map<string, OwnState>
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The data behind the fake door: as much of the server's rules as the client's tests need. */
export class FakeStore {
  epoch = 'epoch-1'
  #nextConversation = 1
  readonly #accounts = new Map<string, Account>()
  readonly #conversations = new Map<string, Conversation>()

  account(userID: string): Account {
    const present = this.#accounts.get(userID)
    if (present) return present
    const account: Account = {
      userID,
      tinyID: String(144115188075855872n + BigInt(this.#accounts.size + 1)),
      nick: '',
      faceUrl: '',
      logNo: 0,
      groups: [],
      groupsLogNo: 0,
    }
    this.#accounts.set(userID, account)
    return account
  }

  find(a: string, b: string): Conversation | undefined {
    return this.#conversations.get(keyOf(a, b))
  }

  between(a: string, b: string): Conversation {
    const present = this.find(a, b)
    if (present) return present
    const conversation: Conversation = {
      id: this.#nextConversation++,
      users: [a, b],
      messages: [],
      changeNo: 0,
      own: new Map(),
    }
    for (const user of new Set([a, b])) conversation.own.set(user, emptyState())
    this.#conversations.set(keyOf(a, b), conversation)
    return conversation
  }

  ofUser(user: string): readonly Conversation[] {
    return [...this.#conversations.values()].filter(it => it.own.has(user))
  }

  group(groupID: string): Conversation | undefined {
    return this.#conversations.get(`GROUP${groupID}`)
  }

  addGroup(group: FakeGroup): Conversation {
    const conversation: Conversation = {
      id: this.#nextConversation++,
      users: [],
      group,
      messages: [],
      changeNo: 0,
      own: new Map(),
    }
    this.#conversations.set(`GROUP${group.id}`, conversation)
    return conversation
  }

  /** Who is told of what happens in the conversation. */
  audience(conversation: Conversation): readonly string[] {
    return [...(conversation.group?.members.keys() ?? new Set(conversation.users))]
  }

  /** The highest number that the person may know of. */
  head(conversation: Conversation, user: string): number {
    return Math.min(conversation.messages.length, this.own(conversation, user).toSeq)
  }

  /** Another store in the place of this one, as after a restore. */
  forget(): void {
    this.epoch = `${this.epoch}+`
    this.#conversations.clear()
    this.#nextConversation = 1
    for (const account of this.#accounts.values()) account.logNo = 0
  }

  own(conversation: Conversation, user: string): OwnState {
    return conversation.own.get(user) ?? emptyState()
  }

  unread(conversation: Conversation, user: string): number {
    const own = this.own(conversation, user)
    return this.visible(conversation, user).filter(
      m =>
        m.From_Account !== user &&
        m.NoUnread !== 1 &&
        !m.To_Accounts &&
        m.MsgFlagBits === 0 &&
        (m.Seq ?? 0) > own.readSeq,
    ).length
  }

  visible(conversation: Conversation, user: string): readonly WireMessage[] {
    const own = this.own(conversation, user)
    return conversation.messages.filter(m => {
      const seq = m.Seq ?? 0
      const isOutside = seq <= own.clearedSeq || seq < own.fromSeq || seq > own.toSeq
      const isForOthers = m.To_Accounts && m.From_Account !== user && !m.To_Accounts.includes(user)
      return !isOutside && !isForOthers && !own.deleted.has(seq)
    })
  }

  item(conversation: Conversation, user: string): WireConversation {
    const own = this.own(conversation, user)
    const peer = conversation.group ? '' : this.peerOf(conversation, user)
    const peerState = conversation.group ? emptyState() : this.own(conversation, peer)
    const last = this.visible(conversation, user).findLast(m => m.NoLastMsg !== 1) ?? null
    const account = conversation.group ? { nick: '', faceUrl: '' } : this.account(peer)
    return {
      Type: conversation.group ? 2 : 1,
      To_Account: conversation.group ? '' : peer,
      ...(conversation.group && { Group: this.#groupOf(conversation, conversation.group, user) }),
      ConvId: conversation.id,
      HeadSeq: this.head(conversation, user),
      ChangeNo: conversation.changeNo,
      LogNo: own.logNo,
      UnreadMsgNum: this.unread(conversation, user),
      ReadSeq: own.readSeq,
      PeerReadTime: peerState.readSeq > 0 ? 1_760_000_000 : 0,
      PeerReadSeq: peerState.readSeq,
      ClearedSeq: own.clearedSeq,
      Hidden: own.hidden ? 1 : 0,
      TopFlag: own.pinned ? 1 : 0,
      TopTime: own.pinned ? 1_760_000_000_000 : 0,
      StandardMark: markText(own.marks),
      CustomMark: own.custom,
      ContactGroupId: [...own.contactGroups],
      RecvOpt: own.recvOpt,
      MsgTime: last?.MsgTimeStamp ?? 0,
      LastMsg: last && structuredClone(last),
      Peer_Nick: account.nick,
      Peer_FaceUrl: account.faceUrl,
    }
  }

  #groupOf(conversation: Conversation, group: FakeGroup, user: string): WireConversationGroup {
    const own = this.own(conversation, user)
    const member = group.members.get(user)
    const mentions = this.visible(conversation, user).filter(
      m => (m.Seq ?? 0) > own.readSeq && m.MsgFlagBits === 0 && mentionOf(m, user) !== 0,
    )
    return {
      GroupId: group.id,
      Type: group.type,
      Name: group.name,
      FaceUrl: '',
      InfoSeq: group.infoSeq,
      JoinSeq: own.joinSeq,
      ...(group.community !== undefined && { CommunityId: group.community }),
      ...(group.supportTopic && { SupportTopic: 1 as const }),
      Member: member && !group.isDismissed ? 1 : 0,
      ...(member && { SelfInfo: selfOf(member, own) }),
      AtList: mentions.slice(-10).map(m => ({
        Seq: m.Seq ?? 0,
        AtType: mentionOf(m, user) || 1,
        From_Account: m.From_Account,
      })),
    }
  }

  peerOf(conversation: Conversation, user: string): string {
    const [a = '', b = ''] = conversation.users
    return a === user ? b : a
  }
}

export function selfOf(member: FakeMember, own: OwnState): WireGroupSelf {
  return {
    Role: member.role,
    JoinTime: 1_760_000_000,
    MsgFlag: member.msgFlag,
    MsgSeq: own.readSeq,
    MuteUntil: 0,
    NameCard: member.nameCard,
    AppMemberDefinedData: [],
  }
}

export function emptyState(): OwnState {
  return {
    readSeq: 0,
    clearedSeq: 0,
    hidden: false,
    pinned: false,
    marks: new Set(),
    custom: '',
    recvOpt: 0,
    contactGroups: new Set(),
    deleted: new Set(),
    logNo: 0,
    fromSeq: 0,
    toSeq: Number.POSITIVE_INFINITY,
    joinSeq: 0,
    memberships: [],
  }
}

function keyOf(a: string, b: string): string {
  return JSON.stringify([a, b].sort())
}

function markText(marks: ReadonlySet<number>): string {
  const places = [...marks]
  return Array.from({ length: Math.max(0, ...places) }, (_, at) => (marks.has(at + 1) ? '1' : '0')).join('')
}
