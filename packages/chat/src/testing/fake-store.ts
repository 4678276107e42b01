import type { WireContactGroup, WireConversation, WireMessage } from '@rookery/protocol/wire'

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
}

export interface Conversation {
  readonly id: number
  readonly users: readonly [string, string]
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
    return [...this.#conversations.values()].filter(it => it.users.includes(user))
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
      m => m.From_Account !== user && m.NoUnread !== 1 && m.MsgFlagBits === 0 && (m.Seq ?? 0) > own.readSeq,
    ).length
  }

  visible(conversation: Conversation, user: string): readonly WireMessage[] {
    const own = this.own(conversation, user)
    return conversation.messages.filter(m => (m.Seq ?? 0) > own.clearedSeq && !own.deleted.has(m.Seq ?? 0))
  }

  item(conversation: Conversation, user: string): WireConversation {
    const own = this.own(conversation, user)
    const peer = this.peerOf(conversation, user)
    const peerState = this.own(conversation, peer)
    const last = this.visible(conversation, user).findLast(m => m.NoLastMsg !== 1) ?? null
    const account = this.account(peer)
    return {
      Type: 1,
      To_Account: peer,
      ConvId: conversation.id,
      HeadSeq: conversation.messages.length,
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

  peerOf(conversation: Conversation, user: string): string {
    const [a, b] = conversation.users
    return a === user ? b : a
  }
}

function emptyState(): OwnState {
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
  }
}

function keyOf(a: string, b: string): string {
  return JSON.stringify([a, b].sort())
}

function markText(marks: ReadonlySet<number>): string {
  const places = [...marks]
  return Array.from({ length: Math.max(0, ...places) }, (_, at) => (marks.has(at + 1) ? '1' : '0')).join('')
}
