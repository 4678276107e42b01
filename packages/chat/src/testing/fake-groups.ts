import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import type { WireMessage } from '@rookery/protocol/wire'
import type { GroupType, WireGroup, WireGroupNotice } from '@rookery/protocol/wire-group'
import type { Clock } from '../clock.ts'
import type { Body, Door } from './fake-commands.ts'
import { Refusal } from './fake-refusal.ts'
import {
  type Conversation,
  emptyState,
  type FakeGroup,
  type FakeMember,
  type FakeStore,
  selfOf,
} from './fake-store.ts'

const REST = 'group_open_http_svc/'
const SYSTEM = '@TIM#SYSTEM'

type Place = Conversation & { readonly group: FakeGroup }

/** The groups of the fake door: docs/decisions/0008-groups.md, as far as the client's tests need. */
export class FakeGroups {
  readonly #store: FakeStore
  readonly #clock: Clock
  readonly #door: Door
  readonly #notices = new Map<string, WireGroupNotice[]>()
  readonly #attributes = new Map<string, { seq: number; readonly values: Map<string, string> }>()
  readonly #counters = new Map<string, Map<string, number>>()
  readonly #pins = new Map<string, { readonly m: WireMessage; readonly by: string; readonly at: number }[]>()
  #random = 0

  constructor(store: FakeStore, clock: Clock, door: Door) {
    this.#store = store
    this.#clock = clock
    this.#door = door
  }

  run(session: string, me: string, cmd: string, body: Body): Body {
    const id = String(body.GroupId ?? '')
    switch (cmd) {
      case 'group/list':
        return this.#list(me)
      case 'group/notices':
        return this.#kept(me, Number(body.AfterNoticeSeq))
      case `${REST}create_group`:
        return this.#create(me, body)
      case 'million_group_open_http_svc/create_topic':
        return this.#createTopic(me, body)
      case 'million_group_open_http_svc/get_topic':
        return this.#topics(me, id)
      default:
        return this.#inGroup(session, me, cmd, this.#place(id), body)
    }
  }

  #inGroup(session: string, me: string, cmd: string, place: Place, body: Body): Body {
    const { group } = place
    const isRoom = group.type === 'AVChatRoom'
    switch (cmd) {
      case 'group/profile':
        if (!group.members.has(me) && group.type === 'Private') throw new Refusal(10007)
        return { Group: this.profile(place, me) }
      case 'group/join':
        if (group.members.has(me)) return { JoinedStatus: 'AlreadyInGroup', Group: this.profile(place, me) }
        if (group.type === 'Private') throw new Refusal(10007)
        if (group.type === 'Public') return this.#apply(me, place, String(body.ApplyMsg ?? ''))
        this.#enter(place, [me], me)
        return { JoinedStatus: 'JoinedSuccess', Group: this.profile(place, me) }
      case 'group/quit':
        return this.#leave(place, [me], me, GroupTip.QUIT, GroupNotice.QUIT)
      case 'group/handle_application':
        return this.#handle(me, place, body)
      case 'group/set_self':
        return this.#setSelf(me, place, body)
      case 'group/set_read': {
        const own = this.#store.own(place, me)
        own.readSeq = Math.max(own.readSeq, Number(body.ReadSeq ?? place.messages.length))
        this.#changed(place, me)
        return {}
      }
      case 'group/get_messages':
        return this.#history(me, place, body)
      case 'group/delete_messages':
        for (const seq of body.MsgSeqList as readonly number[]) this.#store.own(place, me).deleted.add(seq)
        this.#changed(place, me)
        return {}
      case 'group/pin':
        return this.#pin(me, place, body)
      case 'group/pinned':
        return {
          Items: (this.#pins.get(group.id) ?? []).map(it => ({
            m: it.m,
            Operator_Account: it.by,
            PinTime: it.at,
          })),
        }
      case `${REST}add_group_member`: {
        const asked = (body.MemberList as readonly { readonly Member_Account: string }[]).map(
          it => it.Member_Account,
        )
        const fresh = asked.filter(user => !group.members.has(user) && !user.startsWith('ghost'))
        this.#enter(place, fresh, me)
        for (const user of fresh) this.#notify(place, user, GroupNotice.PULLED_IN, me)
        return {
          MemberList: asked.map(user => ({
            Member_Account: user,
            Result: user.startsWith('ghost') ? 0 : fresh.includes(user) ? 1 : 2,
          })),
        }
      }
      case `${REST}delete_group_member`:
        return this.#leave(
          place,
          body.MemberToDel_Account as readonly string[],
          me,
          GroupTip.KICKED,
          GroupNotice.KICKED,
        )
      case `${REST}modify_group_base_info`:
        return this.#modify(me, place, body)
      case `${REST}destroy_group`:
        group.isDismissed = true
        for (const user of [...group.members.keys()]) {
          this.#store.own(place, user).toSeq = place.messages.length
          this.#notify(place, user, GroupNotice.DISMISSED, me)
          this.#changed(place, user)
        }
        return {}
      case `${REST}get_specified_group_member_info`:
        return { MemberList: this.#members(place, body.Member_List_Account as readonly string[]) }
      case `${REST}get_group_member_info`: {
        const all = this.#members(place, [...group.members.keys()])
        const start = Number(body.Next ?? body.Offset ?? 0)
        const end = start + Number(body.Limit)
        const next = end < all.length ? String(end) : ''
        return {
          MemberNum: all.length,
          MemberList: all.slice(start, end),
          ...(group.type === 'Community' && { Next: next }),
        }
      }
      case `${REST}forbid_send_msg`:
        this.#tip(place, me, GroupTip.MEMBER, [], {
          MsgMemberInfo: (body.Members_Account as readonly string[]).map(user => ({
            User_Account: user,
            ShutupTime: body.MuteTime,
          })),
        })
        return {}
      case `${REST}send_group_msg`:
        return isRoom ? this.#say(session, me, place, body) : this.#send(session, me, place, body)
      case `${REST}group_msg_recall`: {
        const [{ MsgSeq } = { MsgSeq: 0 }] = body.MsgSeqList as readonly { readonly MsgSeq: number }[]
        const m = place.messages[MsgSeq - 1]
        if (!m || m.From_Account !== me) return { RecallRetList: [{ MsgSeq, RetCode: m ? 10032 : 10030 }] }
        Object.assign(m, { MsgFlagBits: 8, MsgBody: [], Revoker_Account: me })
        this.#mutated(place, m, 'recall')
        return { RecallRetList: [{ MsgSeq, RetCode: 0 }] }
      }
      case 'openim/modify_group_msg': {
        const m = place.messages[Number(body.MsgSeq) - 1]
        if (!m) throw new Refusal(20026)
        Object.assign(m, { MsgVersion: (m.MsgVersion ?? 0) + 1 }, body.MsgBody && { MsgBody: body.MsgBody })
        this.#mutated(place, m, 'modify')
        return {}
      }
      case `${REST}group_msg_receipt`:
        for (const { MsgSeq } of body.MsgSeqList as readonly { readonly MsgSeq: number }[]) {
          const sender = place.messages[MsgSeq - 1]?.From_Account ?? ''
          const Items = [{ MsgSeq, ReadNum: 1, UnreadNum: group.members.size - 2 }]
          this.#door.emit(sender, { ev: 'groupReceipt', GroupId: group.id, Items })
        }
        return {}
      case `${REST}get_online_member_num`:
        return { OnlineMemberNum: group.members.size }
      case 'group_open_attr_http_svc/get_group_attr': {
        const { seq, values } = this.#attributesOf(group.id)
        return { GroupAttrAry: [...values].map(([key, value]) => ({ key, value })), AttrSeq: seq }
      }
      case `${REST}set_group_attr`:
      case `${REST}modify_group_attr`:
      case `${REST}delete_group_attr`:
      case `${REST}clear_group_attr`:
        return this.#writeAttributes(place, cmd.slice(REST.length), body)
      case `${REST}update_group_counter`:
        return this.#count(place, body)
      case `${REST}get_group_counter`:
        return { GroupCounter: this.#counterList(group.id) }
      default:
        throw new Refusal(60020)
    }
  }

  profile({ group, own, messages }: Place, user: string): WireGroup {
    const member = group.members.get(user)
    const mine = own.get(user)
    return {
      GroupId: group.id,
      Type: group.type,
      Name: group.name,
      Introduction: '',
      Notification: '',
      FaceUrl: '',
      Owner_Account: group.owner,
      CreateTime: 1_760_000_000,
      InfoSeq: group.infoSeq,
      LastInfoTime: 1_760_000_000,
      LastMsgTime: 0,
      NextMsgSeq: messages.length + 1,
      MemberNum: group.members.size,
      MaxMemberNum: 200,
      ApplyJoinOption: 'FreeAccess',
      InviteJoinOption: 'FreeAccess',
      MuteAllMember: group.muteAll ? 'On' : 'Off',
      HistoryMsgBeforeJoin: 'Off',
      SupportTopic: group.supportTopic ? 1 : 0,
      AppDefinedData: [],
      ...(member && { SelfInfo: selfOf(member, mine ?? emptyState()) }),
      ...(group.community !== undefined && { CommunityId: group.community, CustomString: '' }),
    }
  }

  #next(): number {
    this.#random += 1
    return this.#random
  }

  #place(groupID: string): Place {
    const found = this.#store.group(groupID)
    if (!found?.group || found.group.isDismissed) throw new Refusal(10010)
    return found as Place
  }

  #list(me: string): Body {
    const mine = this.#store
      .ofUser(me)
      .filter(it => it.group?.members.has(me) && it.group.type !== 'AVChatRoom' && !it.group.isDismissed)
    return { Groups: mine.map(it => this.profile(it as Place, me)), NextCursor: '' }
  }

  #create(me: string, body: Body): Body {
    const id = String(body.GroupId ?? `@TGS#${this.#next()}`)
    if (this.#store.group(id) && !this.#store.group(id)?.group?.isDismissed) throw new Refusal(10021)
    const group: FakeGroup = {
      id,
      type: body.Type as GroupType,
      name: String(body.Name),
      infoSeq: 1,
      owner: me,
      muteAll: false,
      supportTopic: body.SupportTopic === 1,
      members: new Map(),
      isDismissed: false,
    }
    this.#store.addGroup(group)
    if (group.type === 'AVChatRoom') return { GroupId: id, Type: group.type }
    const named = (body.MemberList ?? []) as readonly { readonly Member_Account: string }[]
    const others = named.map(it => it.Member_Account).filter(user => user !== me)
    this.#enter(this.#place(id), [me, ...others], me, 'Owner')
    this.#notify(this.#place(id), me, GroupNotice.CREATED, me)
    for (const user of others) this.#notify(this.#place(id), user, GroupNotice.PULLED_IN, me)
    return { GroupId: id, Type: group.type }
  }

  #createTopic(me: string, body: Body): Body {
    const community = this.#place(String(body.GroupId))
    const id = String(body.TopicId ?? `${community.group.id}@TOPIC#_${this.#next()}`)
    this.#store.addGroup({
      id,
      type: 'Community',
      name: String(body.TopicName),
      infoSeq: 1,
      owner: '',
      muteAll: false,
      supportTopic: false,
      community: community.group.id,
      members: community.group.members,
      isDismissed: false,
    })
    const place = this.#place(id)
    for (const user of community.group.members.keys()) {
      place.own.set(user, emptyState())
      this.#changed(place, user)
      this.#notify(community, user, GroupNotice.TOPIC_CREATED, me, { TopicIdList: [id] })
    }
    return { TopicId: id }
  }

  #topics(me: string, communityID: string): Body {
    const mine = this.#store.ofUser(me).filter(it => it.group?.community === communityID)
    return {
      TopicAndSelfInfo: mine.map(it => ({
        ErrorCode: 0,
        ErrorInfo: '',
        TopicInfo: {
          TopicId: it.group?.id,
          GroupID: communityID,
          TopicName: it.group?.name,
          CustomString: 'x',
        },
        SelfInfo: { MsgSeq: 0, MsgFlag: 'AcceptAndNotify', MuteTime: 0 },
      })),
    }
  }

  #enter(place: Place, users: readonly string[], by: string, firstRole: FakeMember['role'] = 'Member'): void {
    const { group } = place
    for (const [at, user] of users.entries()) {
      group.members.set(user, {
        role: at === 0 ? firstRole : 'Member',
        nameCard: '',
        msgFlag: 'AcceptAndNotify',
      })
      if (group.type === 'AVChatRoom') continue
      const own = place.own.get(user) ?? emptyState()
      const head = place.messages.length
      place.own.set(user, own)
      // A meeting shows what was before.
      const fromSeq = group.type === 'ChatRoom' ? 0 : head + 1
      Object.assign(own, { fromSeq, toSeq: Number.POSITIVE_INFINITY, joinSeq: head, hidden: false })
      own.memberships.push({ from: head, to: Number.POSITIVE_INFINITY })
      own.readSeq = Math.max(own.readSeq, head)
    }
    if (users.length > 0) this.#tip(place, by, GroupTip.JOINED, users, { MemberNum: group.members.size })
    if (group.type !== 'AVChatRoom') for (const user of users) this.#changed(place, user)
  }

  #leave(place: Place, users: readonly string[], by: string, tip: number, notice: number): Body {
    const { group } = place
    const leaving = users.filter(user => group.members.delete(user))
    if (leaving.length === 0) throw new Refusal(10007)
    for (const user of leaving) {
      const own = this.#store.own(place, user)
      own.toSeq = place.messages.length
      const current = own.memberships.at(-1)
      if (current) current.to = own.toSeq
    }
    this.#tip(place, by, tip, leaving, { MemberNum: group.members.size })
    for (const user of leaving) {
      if (group.type !== 'AVChatRoom') this.#changed(place, user)
      this.#notify(place, user, notice, by)
    }
    return {}
  }

  #apply(me: string, place: Place, text: string): Body {
    this.#notify(place, place.group.owner, GroupNotice.APPLICATION, me, {
      RemarkInfo: text,
      MsgKey: 7,
      Authentication: 'proof',
    })
    return { JoinedStatus: 'WaitAdminApproval' }
  }

  #handle(me: string, place: Place, body: Body): Body {
    if (body.Authentication !== 'proof' || body.MsgKey !== 7) throw new Refusal(10004)
    const applicant = String(body.Applicant_Account)
    if (place.group.members.has(applicant)) throw new Refusal(10024)
    const isAgreed = body.Action === 'Agree'
    if (isAgreed) this.#enter(place, [applicant], me)
    this.#notify(place, applicant, isAgreed ? GroupNotice.ACCEPTED : GroupNotice.REFUSED, me)
    return isAgreed ? { Group: this.profile(place, me) } : {}
  }

  #setSelf(me: string, place: Place, body: Body): Body {
    const member = place.group.members.get(me)
    if (!member) throw new Refusal(10007)
    if (body.MsgFlag !== undefined) member.msgFlag = body.MsgFlag as FakeMember['msgFlag']
    if (body.NameCard !== undefined) member.nameCard = String(body.NameCard)
    this.#changed(place, me)
    return {}
  }

  #modify(me: string, place: Place, body: Body): Body {
    const { group } = place
    const isRenamed = body.Name !== undefined && body.Name !== group.name
    group.name = String(body.Name ?? group.name)
    if (body.MuteAllMember !== undefined) group.muteAll = body.MuteAllMember === 'On'
    group.infoSeq += 1
    if (isRenamed) this.#tip(place, me, GroupTip.PROFILE, [], { MsgGroupNewInfo: { GroupName: group.name } })
    for (const user of group.members.keys())
      this.#door.emit(user, { ev: 'group', g: this.profile(place, user) })
    return {}
  }

  #members(place: Place, users: readonly string[]) {
    return users.flatMap(user => {
      const member = place.group.members.get(user)
      if (!member) return []
      return [{ Member_Account: user, Role: member.role, NameCard: member.nameCard, NickName: `N ${user}` }]
    })
  }

  #send(session: string, me: string, place: Place, body: Body): Body {
    const { group } = place
    if (!group.members.has(me)) throw new Refusal(10007)
    const known = place.messages.find(
      m => m.From_Account === me && m.MsgRandom === body.Random && m.MsgClientTime === body.MsgClientTime,
    )
    if (known)
      return {
        MsgTime: known.MsgTimeStamp,
        ConvId: place.id,
        Seq: known.Seq,
        MsgSeq: known.Seq,
        Duplicate: 1,
      }
    const time = Math.floor(this.#clock.now() / 1000)
    if (body.MsgPriority === 'Lowest') return { MsgTime: time, MsgSeq: 0, MsgDropReason: 'LimitFreq' }
    const isOnline = body.OnlineOnlyFlag === 1
    const seq = isOnline ? 0 : place.messages.length + 1
    const m = this.#message(me, place, body, seq)
    if (!isOnline) this.#store.group(group.id)?.messages.push(structuredClone(m))
    for (const own of place.own.values()) own.hidden = false
    for (const user of group.members.keys()) {
      const isSeen = !m.To_Accounts || user === me || m.To_Accounts.includes(user)
      const except = user === me ? session : undefined
      if (!isSeen) this.#door.emit(user, { ev: 'cover', ConvId: place.id, Seq: seq }, except)
      else this.#door.emit(user, { ev: isOnline ? 'online' : 'message', m }, except)
    }
    return { MsgTime: time, ...(!isOnline && { ConvId: place.id, Seq: seq, MsgSeq: seq }) }
  }

  /** In a large room: nothing is kept. */
  #say(session: string, me: string, place: Place, body: Body): Body {
    if (!place.group.members.has(me)) throw new Refusal(10007)
    const seq = this.#next()
    const m = { ...this.#message(me, place, body, seq), ConvId: 0 }
    for (const user of place.group.members.keys())
      this.#door.emit(user, { ev: 'online', m }, user === me ? session : undefined)
    return { MsgTime: m.MsgTimeStamp, ConvId: 0, Seq: seq, MsgSeq: seq }
  }

  #message(me: string, place: Place, body: Body, seq: number): WireMessage {
    const { tinyID, nick } = this.#store.account(me)
    const time = Math.floor(this.#clock.now() / 1000)
    const card = place.group.members.get(me)?.nameCard
    return {
      ConvId: place.id,
      ...(seq > 0 && { Seq: seq }),
      From_Account: me,
      To_Account: '',
      GroupId: place.group.id,
      From_TinyID: tinyID,
      ...(nick && { From_Nick: nick }),
      ...(card && { From_NameCard: card }),
      MsgSeq: seq,
      MsgRandom: Number(body.Random),
      MsgTimeStamp: time,
      MsgClientTime: Number(body.MsgClientTime ?? time),
      MsgKey: `${seq}_${body.Random}_${time}`,
      MsgPriority: (body.MsgPriority ?? 'Normal') as NonNullable<WireMessage['MsgPriority']>,
      MsgFlagBits: 0,
      MsgBody: body.MsgBody as WireMessage['MsgBody'],
      CloudCustomData: String(body.CloudCustomData ?? ''),
      ...(body.GroupAtInfo !== undefined && {
        GroupAtInfo: body.GroupAtInfo as NonNullable<WireMessage['GroupAtInfo']>,
      }),
      ...(body.To_Account !== undefined && { To_Accounts: body.To_Account as readonly string[] }),
      ...(body.NeedReadReceipt === 1 && { IsNeedReadReceipt: 1 as const }),
    }
  }

  #tip(place: Place, by: string, op: number, users: readonly string[], more: Body): void {
    const content = {
      OpType: op,
      Operator_Account: by,
      ...(users.length > 0 && { List_Account: users }),
      MsgMemberExtraInfo: users.map(user => ({ UserId: user, NickName: `N ${user}`, ImageUrl: '' })),
      MsgOperatorMemberExtraInfo: { UserId: by, NickName: `N ${by}`, ImageUrl: '' },
      ...more,
    }
    const isRoom = place.group.type === 'AVChatRoom'
    const body = {
      Random: this.#next(),
      MsgBody: [{ MsgType: 'TIMGroupTipElem', MsgContent: content }],
    }
    const seq = isRoom ? 0 : place.messages.length + 1
    const m: WireMessage = {
      ...this.#message(by, place, body, seq),
      From_Account: SYSTEM,
      From_TinyID: '0',
      NoUnread: 1,
    }
    if (!isRoom) place.messages.push(structuredClone(m))
    for (const user of place.group.members.keys())
      this.#door.emit(user, { ev: isRoom ? 'online' : 'message', m: isRoom ? { ...m, ConvId: 0 } : m })
  }

  #notify(place: Place, user: string, type: number, by: string, more: Partial<WireGroupNotice> = {}): void {
    const kept = this.#notices.get(user) ?? []
    this.#notices.set(user, kept)
    const n: WireGroupNotice = {
      ToGroupId: place.group.id,
      ReportType: type,
      NoticeSeq: kept.length + 1,
      ClientSeq: kept.length + 1,
      MsgRandom: this.#next(),
      MsgTimeStamp: Math.floor(this.#clock.now() / 1000),
      Operator_Account: by,
      GroupInfo: { GroupName: place.group.name, Type: place.group.type },
      ...more,
    }
    kept.push(n)
    this.#door.emit(user, { ev: 'notice', n })
  }

  #kept(me: string, after: number): Body {
    const notices = (this.#notices.get(me) ?? []).filter(n => (n.NoticeSeq ?? 0) > after)
    return { Notices: notices.slice(0, 3), More: notices.length > 3 ? 1 : 0 }
  }

  #history(me: string, place: Place, body: Body): Body {
    const anchor = (body.Anchor as { readonly MsgSeq: number } | undefined)?.MsgSeq
    const isNewer = body.Direction === 1
    const side = this.#store.visible(place, me).filter(m => {
      if (anchor === undefined) return true
      const place = (m.Seq ?? 0) - anchor
      return (body.Inclusive === 1 && place === 0) || (isNewer ? place > 0 : place < 0)
    })
    const count = Number(body.MaxCnt)
    return {
      MsgList: (isNewer ? side.slice(0, count) : side.slice(-count)).map(m => structuredClone(m)),
      Complete: side.length <= count ? 1 : 0,
    }
  }

  #pin(me: string, place: Place, body: Body): Body {
    const m = place.messages[Number(body.MsgSeq) - 1]
    if (!m) throw new Refusal(20028)
    const pins = (this.#pins.get(place.group.id) ?? []).filter(it => it.m.Seq !== m.Seq)
    const at = this.#clock.now()
    const isPinned = body.Pinned === 1
    this.#pins.set(place.group.id, isPinned ? [...pins, { m, by: me, at }] : pins)
    for (const user of place.group.members.keys()) {
      const Pinned = isPinned ? 1 : 0
      this.#door.emit(user, { ev: 'groupPin', GroupId: place.group.id, Pinned, m, Operator_Account: me })
    }
    return {}
  }

  #attributesOf(groupID: string) {
    const present = this.#attributes.get(groupID) ?? { seq: 0, values: new Map<string, string>() }
    this.#attributes.set(groupID, present)
    return present
  }

  #writeAttributes(place: Place, how: string, body: Body): Body {
    const state = this.#attributesOf(place.group.id)
    if (body.AttrSeq !== undefined && body.AttrSeq !== state.seq) throw new Refusal(10056)
    const given = (body.GroupAttr ?? []) as readonly { readonly key: string; readonly value: string }[]
    const isReplaced = how === 'set_group_attr' || how === 'clear_group_attr'
    const isDeletion = how === 'delete_group_attr'
    if (isReplaced) state.values.clear()
    for (const { key, value } of given)
      if (isDeletion) state.values.delete(key)
      else state.values.set(key, value)
    state.seq += 1
    for (const user of place.group.members.keys())
      this.#door.emit(user, {
        ev: 'groupAttr',
        GroupId: place.group.id,
        AttrSeq: state.seq,
        Changed: isDeletion ? [] : given,
        Deleted: isDeletion ? given.map(it => it.key) : [],
        Replace: isReplaced ? 1 : 0,
      })
    return { AttrSeq: state.seq }
  }

  #count(place: Place, body: Body): Body {
    const counters = this.#counters.get(place.group.id) ?? new Map<string, number>()
    this.#counters.set(place.group.id, counters)
    const given = body.GroupCounter as readonly { readonly Key: string; readonly Value: number }[]
    for (const { Key, Value } of given) {
      const before = counters.get(Key) ?? 0
      const after = { Set: Value, Increase: before + Value, Decrease: before - Value }[String(body.Mode)]
      counters.set(Key, after ?? before)
    }
    const Changed = given.map(({ Key }) => ({ Key, Value: counters.get(Key) ?? 0 }))
    for (const user of place.group.members.keys())
      this.#door.emit(user, { ev: 'groupCounter', GroupId: place.group.id, Changed, Deleted: [] })
    return { GroupCounter: Changed }
  }

  #counterList(groupID: string) {
    return [...(this.#counters.get(groupID) ?? [])].map(([Key, Value]) => ({ Key, Value }))
  }

  #changed(place: Place, user: string): void {
    const own = this.#store.own(place, user)
    own.logNo = this.#door.log(user)
    const found = this.#store.group(place.group.id)
    if (found)
      this.#door.emit(user, { ev: 'conversation', LogNo: own.logNo, c: this.#store.item(found, user) })
  }

  #mutated(place: Place, m: WireMessage, kind: 'recall' | 'modify'): void {
    const found = this.#store.group(place.group.id)
    if (!found) return
    found.changeNo += 1
    Object.assign(m, { ChangeNo: found.changeNo })
    for (const user of place.group.members.keys()) {
      const isSeen = this.#store.visible(found, user).some(it => it.Seq === m.Seq)
      if (isSeen) this.#door.emit(user, { ev: 'change', kind, m: structuredClone(m) })
      // As with the message itself: what a member does not see is only covered.
      else this.#door.emit(user, { ev: 'cover', ConvId: place.id, ChangeNo: found.changeNo })
    }
  }
}
