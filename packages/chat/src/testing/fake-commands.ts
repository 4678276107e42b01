import type { EventFrame, WireMessage } from '@rookery/protocol/wire'
import type { Clock } from '../clock.ts'
import { FakeGroups } from './fake-groups.ts'
import { Refusal } from './fake-refusal.ts'
import type { Conversation, FakeStore } from './fake-store.ts'

export type Body = Readonly<Record<string, unknown>>

export { Refusal } from './fake-refusal.ts'

/** How commands reach the sockets. */
export interface Door {
  emit(user: string, frame: EventFrame, exceptSession?: string): void
  /** The next number of the user's own log. */
  log(user: string): number
}

const PAGE = 50

/** The commands of the fake server. `session` is that of the acting socket: it is not told of its own messages. */
export class FakeCommands {
  readonly #store: FakeStore
  readonly #clock: Clock
  readonly #door: Door
  readonly #groups: FakeGroups
  readonly #extensions = new Map<string, Map<string, { Key: string; Value: string; Seq: number }>>()

  constructor(store: FakeStore, clock: Clock, door: Door) {
    this.#store = store
    this.#clock = clock
    this.#door = door
    this.#groups = new FakeGroups(store, clock, door)
  }

  run(session: string, me: string, cmd: string, body: Body): Body {
    const peer = String(body.To_Account ?? body.Peer_Account ?? '')
    switch (cmd) {
      case 'session/hello':
        return this.#hello(me, body)
      case 'sync/snapshot':
        return this.#snapshot(me, body)
      case 'sync/resume':
        return this.#resume(me, body)
      case 'sync/pull':
        return this.#pull(me, body)
      case 'openim/sendmsg':
        return this.#send(session, me, peer, body)
      case 'openim/get_roam_msg':
        return this.#history(me, peer, body)
      case 'openim/msg_withdraw':
        return this.#withdraw(me, peer, body)
      case 'openim/modify_c2c_msg':
        return this.#modify(me, body)
      case 'openim/c2c_msg_read_receipt':
        return this.#receipt(me, peer, body)
      case 'openim/delete_c2c_msg_ramble':
        return this.#delete(me, peer, body)
      case 'openim/set_msg_read': {
        const conversation = this.#store.between(me, peer)
        const own = this.#store.own(conversation, me)
        own.readSeq = Math.max(own.readSeq, Number(body.ReadSeq ?? conversation.messages.length))
        this.#changed(conversation, me)
        if (peer !== me) this.#changed(conversation, peer)
        return {}
      }
      case 'recentcontact/pin':
        return this.#own(me, peer, own => {
          own.pinned = body.TopFlag === 1
        })
      case 'recentcontact/delete':
        return this.#own(me, peer, (own, conversation) => {
          if (body.ClearOnly !== 1) own.hidden = true
          own.readSeq = conversation.messages.length
          if (body.ClearRamble === 1) own.clearedSeq = conversation.messages.length
        })
      case 'recentcontact/set_recv_opt':
        for (const user of body.To_Account as readonly string[]) {
          this.#own(me, user, own => {
            own.recvOpt = body.RecvOpt as 0 | 1 | 2
          })
        }
        return {}
      case 'recentcontact/mark_contact':
        return this.#mark(me, body)
      case 'recentcontact/create_contact_group':
        return this.#createGroup(me, body)
      case 'openim_msg_ext_http_svc/set_key_values':
        return this.#setExtensions(me, body)
      case 'openim_msg_ext_http_svc/get_key_values': {
        const list = [...(this.#extensions.get(String(body.MsgKey))?.values() ?? [])]
        return { ExtensionList: list, CompleteFlag: 1, LatestSeq: 0, ClearSeq: 0 }
      }
      case 'profile/get_brief':
        return {
          Items: (body.To_Account as readonly string[]).map(userID => {
            const { tinyID, nick, faceUrl } = this.#store.account(userID)
            return { To_Account: userID, TinyID: tinyID, Nick: nick, FaceUrl: faceUrl }
          }),
        }
      default:
        return this.#groups.run(session, me, cmd, body)
    }
  }

  #hello(me: string, body: Body): Body {
    const mine = this.#store.ofUser(me)
    const isSame =
      body.Epoch === this.#store.epoch &&
      body.LogNo === this.#store.account(me).logNo &&
      body.Heads === mine.reduce((sum, it) => sum + this.#store.head(it, me), 0) &&
      body.Changes === mine.reduce((sum, it) => sum + it.changeNo, 0)
    return { ServerTimeMs: this.#clock.now(), ExpiresAt: 0, Lag: isSame ? 0 : 1 }
  }

  #snapshot(me: string, body: Body): Body {
    const mine = this.#store.ofUser(me)
    const from = Number(body.Cursor ?? 0)
    const account = this.#store.account(me)
    return {
      StoreEpoch: this.#store.epoch,
      LogNo: account.logNo,
      Items: mine.slice(from, from + PAGE).map(it => this.#store.item(it, me)),
      ...(from === 0 && { Groups: account.groups }),
      NextCursor: from + PAGE < mine.length ? String(from + PAGE) : '',
    }
  }

  #resume(me: string, body: Body): Body {
    if (body.Epoch !== this.#store.epoch) return { Snapshot: 1 }
    const marks = new Map((body.Marks as readonly [number, number, number][]).map(mark => [mark[0], mark]))
    const moved = this.#store.ofUser(me).filter(it => {
      const mark = marks.get(it.id)
      return (
        mark?.[1] !== this.#store.head(it, me) ||
        mark[2] !== it.changeNo ||
        this.#store.own(it, me).logNo > Number(body.LogNo)
      )
    })
    const account = this.#store.account(me)
    return {
      Snapshot: 0,
      StoreEpoch: this.#store.epoch,
      LogNo: account.logNo,
      Items: moved.map(it => this.#store.item(it, me)),
      ...(account.groupsLogNo > Number(body.LogNo) && { Groups: account.groups }),
      More: 0,
    }
  }

  #pull(me: string, body: Body): Body {
    const conversation = this.#store.ofUser(me).find(it => it.id === body.ConvId)
    if (!conversation) throw new Refusal(20003)
    const after = Number(body.AfterSeq)
    const limit = Number(body.Limit)
    const head = this.#store.head(conversation, me)
    const cover = Math.min(head, after + limit)
    return {
      Messages: this.#store
        .visible(conversation, me)
        .filter(m => (m.Seq ?? 0) > after && (m.Seq ?? 0) <= cover)
        .map(m => structuredClone(m)),
      CoverSeq: cover,
      Changes: this.#store
        .visible(conversation, me)
        .filter(m => (m.ChangeNo ?? 0) > Number(body.AfterChangeNo))
        .map(m => structuredClone(m)),
      CoverChangeNo: conversation.changeNo,
      More: cover < head ? 1 : 0,
      ...(conversation.group && { JoinSeq: this.#store.own(conversation, me).joinSeq }),
    }
  }

  #send(session: string, me: string, peer: string, body: Body): Body {
    const time = Math.floor(this.#clock.now() / 1000)
    const conversation = this.#store.between(me, peer)
    const known = conversation.messages.find(
      m => m.From_Account === me && m.MsgRandom === body.MsgRandom && m.MsgClientTime === body.MsgClientTime,
    )
    if (known) return { ...this.#sent(known), Duplicate: 1 }
    const { tinyID, nick, faceUrl } = this.#store.account(me)
    const control = (body.SendMsgControl ?? []) as readonly string[]
    const isOnline = body.OnlineOnlyFlag === 1
    const m: WireMessage = {
      ConvId: conversation.id,
      ...(!isOnline && { Seq: conversation.messages.length + 1 }),
      From_Account: me,
      To_Account: peer,
      From_TinyID: tinyID,
      ...(nick && { From_Nick: nick }),
      ...(faceUrl && { From_FaceUrl: faceUrl }),
      MsgSeq: Number(body.MsgSeq),
      MsgRandom: Number(body.MsgRandom),
      MsgTimeStamp: time,
      MsgClientTime: Number(body.MsgClientTime),
      MsgKey: `${body.MsgSeq}_${body.MsgRandom}_${time}`,
      MsgFlagBits: 0,
      MsgBody: body.MsgBody as WireMessage['MsgBody'],
      CloudCustomData: String(body.CloudCustomData ?? ''),
      ...(control.includes('NoUnread') && { NoUnread: 1 as const }),
      ...(control.includes('NoLastMsg') && { NoLastMsg: 1 as const }),
      ...(body.IsNeedReadReceipt === 1 && { IsNeedReadReceipt: 1 as const }),
      ...(body.SupportMessageExtension === 1 && { SupportMessageExtension: 1 as const }),
    }
    if (!isOnline) conversation.messages.push(structuredClone(m))
    for (const own of conversation.own.values()) own.hidden = false
    for (const user of new Set([me, peer])) {
      const seen = isOnline ? { ev: 'online' as const, m } : { ev: 'message' as const, m }
      this.#door.emit(user, seen, user === me ? session : undefined)
    }
    return this.#sent(m)
  }

  #sent(m: WireMessage): Body {
    return {
      MsgTime: m.MsgTimeStamp,
      MsgKey: m.MsgKey,
      MsgId: `${m.From_TinyID}-${m.MsgClientTime}-${m.MsgRandom}`,
      ...(m.Seq !== undefined && { ConvId: m.ConvId, Seq: m.Seq }),
    }
  }

  #history(me: string, peer: string, body: Body): Body {
    const conversation = this.#store.find(me, peer)
    const all = conversation ? this.#store.visible(conversation, me) : []
    const anchor = body.Anchor as { readonly MsgTimeStamp: number; readonly Seq?: number } | undefined
    const inclusive = body.Inclusive === 1
    const isNewer = body.Direction === 1
    const side = all.filter(m => {
      if (!anchor) return true
      const place = m.MsgTimeStamp - anchor.MsgTimeStamp || (anchor.Seq ? (m.Seq ?? 0) - anchor.Seq : 0)
      return (inclusive && place === 0) || (isNewer ? place > 0 : place < 0)
    })
    const count = Number(body.MaxCnt)
    return {
      MsgList: (isNewer ? side.slice(0, count) : side.slice(-count)).map(m => structuredClone(m)),
      Complete: side.length <= count ? 1 : 0,
    }
  }

  #withdraw(me: string, peer: string, body: Body): Body {
    const { conversation, m } = this.#message(me, peer, body.MsgKey)
    if (m.From_Account !== me) throw new Refusal(20022)
    if (m.MsgFlagBits === 8) throw new Refusal(20023)
    m.MsgFlagBits = 8
    m.MsgBody = []
    m.Revoker_Account = me
    this.#mutated(conversation, m, 'recall')
    return {}
  }

  #modify(me: string, body: Body): Body {
    const peer = body.From_Account === me ? String(body.To_Account) : String(body.From_Account)
    const { conversation, m } = this.#message(me, peer, body.MsgKey)
    if (body.MsgVersion !== undefined && body.MsgVersion !== (m.MsgVersion ?? 0)) {
      throw new Refusal(2480, { message: structuredClone(m) })
    }
    if (body.MsgBody) m.MsgBody = body.MsgBody as WireMessage['MsgBody']
    if (body.CloudCustomData !== undefined) m.CloudCustomData = String(body.CloudCustomData)
    m.MsgVersion = (m.MsgVersion ?? 0) + 1
    this.#mutated(conversation, m, 'modify')
    return {}
  }

  #receipt(me: string, peer: string, body: Body): Body {
    for (const { MsgKey } of body.C2CMsgInfo as readonly { readonly MsgKey: string }[]) {
      const { conversation, m } = this.#message(me, peer, MsgKey)
      m.IsPeerRead = 1
      m.PeerReadTime = Math.floor(this.#clock.now() / 1000)
      this.#mutated(conversation, m, 'receipt')
    }
    return {}
  }

  #delete(me: string, peer: string, body: Body): Body {
    for (const key of body.MsgKeyList as readonly string[]) {
      const { conversation, m } = this.#message(me, peer, key)
      this.#store.own(conversation, me).deleted.add(m.Seq ?? 0)
      this.#changed(conversation, me)
    }
    return {}
  }

  #mark(me: string, body: Body): Body {
    const items = body.MarkItem as readonly {
      readonly ContactItem: { readonly To_Account: string }
      readonly SetMark?: readonly number[]
      readonly ClearMark?: readonly number[]
      readonly CustomMark?: string
    }[]
    for (const item of items) {
      this.#own(me, item.ContactItem.To_Account, own => {
        for (const place of item.SetMark ?? []) own.marks.add(place)
        for (const place of item.ClearMark ?? []) own.marks.delete(place)
        own.custom = item.CustomMark ?? own.custom
      })
    }
    return { ResultItem: items.map(it => ({ ContactItem: it.ContactItem, ResultCode: 0, ResultInfo: '' })) }
  }

  #createGroup(me: string, body: Body): Body {
    const [given] = body.GroupContactItem as readonly {
      readonly GroupName: string
      readonly ContactItem: readonly { readonly To_Account: string }[]
    }[]
    if (!given) throw new Refusal(50002)
    const account = this.#store.account(me)
    const group = { GroupId: account.groups.length + 1, GroupName: given.GroupName }
    account.groups = [...account.groups, group]
    account.groupsLogNo = this.#door.log(me)
    this.#door.emit(me, { ev: 'contactGroups', LogNo: account.logNo, Groups: account.groups })
    for (const { To_Account } of given.ContactItem) {
      this.#own(me, To_Account, own => {
        own.contactGroups.add(group.GroupId)
      })
    }
    return { GroupResultItem: [{ GroupItem: group, ResultItem: [] }] }
  }

  #setExtensions(me: string, body: Body): Body {
    const peer = body.From_Account === me ? String(body.To_Account) : String(body.From_Account)
    const { conversation, m } = this.#message(me, peer, body.MsgKey)
    const pairs = this.#extensions.get(m.MsgKey) ?? new Map()
    this.#extensions.set(m.MsgKey, pairs)
    const given = (body.ExtensionList ?? [...pairs.values()]) as readonly {
      Key: string
      Value: string
      Seq: number
    }[]
    const seq = Math.max(0, ...[...pairs.values()].map(it => it.Seq)) + 1
    const results = given.map(it => {
      const present = pairs.get(it.Key)
      if (body.OperateType !== 3 && present && present.Seq !== it.Seq)
        return { ErrorCode: 23001, Extension: present }
      const pair = { Key: it.Key, Value: it.Value, Seq: seq }
      if (body.OperateType === 1) pairs.set(it.Key, pair)
      else pairs.delete(it.Key)
      return { ErrorCode: 0, Extension: pair }
    })
    conversation.changeNo += 1
    for (const user of new Set(conversation.users)) {
      this.#door.emit(user, {
        ev: 'extension',
        ConvId: conversation.id,
        Peer: [m.From_Account, m.To_Account],
        Seq: m.Seq ?? 0,
        ChangeNo: conversation.changeNo,
        MsgKey: m.MsgKey,
        MsgId: `${m.From_TinyID}-${m.MsgClientTime}-${m.MsgRandom}`,
        OperateType: body.OperateType as 1 | 2 | 3,
        ExtensionList: results.filter(it => it.ErrorCode === 0).map(it => it.Extension),
      })
    }
    return { ExtensionList: results }
  }

  #own(
    me: string,
    peer: string,
    change: (own: ReturnType<FakeStore['own']>, conversation: Conversation) => void,
  ): Body {
    const conversation = this.#store.between(me, peer)
    change(this.#store.own(conversation, me), conversation)
    this.#changed(conversation, me)
    return {}
  }

  #changed(conversation: Conversation, user: string): void {
    const own = this.#store.own(conversation, user)
    own.logNo = this.#door.log(user)
    this.#door.emit(user, { ev: 'conversation', LogNo: own.logNo, c: this.#store.item(conversation, user) })
  }

  #mutated(
    conversation: Conversation,
    m: Conversation['messages'][number],
    kind: 'recall' | 'modify' | 'receipt',
  ) {
    conversation.changeNo += 1
    m.ChangeNo = conversation.changeNo
    for (const user of this.#store.audience(conversation)) {
      this.#door.emit(user, { ev: 'change', kind, m: structuredClone(m) })
    }
  }

  #message(me: string, peer: string, key: unknown) {
    const conversation = this.#store.between(me, peer)
    const m = conversation.messages.find(it => it.MsgKey === key)
    if (!m) throw new Refusal(20026)
    return { conversation, m }
  }
}
