import { performance } from 'node:perf_hooks'
import { sql } from 'kysely'
import type { Bus, GroupPush } from '../../bus/bus.ts'
import { type DeliveredHeads, EVERYBODY } from '../../doors/socket/delivered-heads.ts'
import type { DeviceSocket } from '../../doors/socket/device-socket.ts'
import type { SocketHub } from '../../doors/socket/socket-hub.ts'
import type { Change } from '../../store/change.ts'
import { PreparedQuery, perDatabase } from '../../store/prepared.ts'
import { ConversationKind, type GroupMemberTable } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { ownOption } from '../topics/topic-option.ts'
import { Audience, type Move } from './audience.ts'
import { CaughtUp, toldUpTo } from './caught-up.ts'
import { mentionsOf, messageFrame, receptionOf } from './reception.ts'
import type { Topics } from './topics.ts'

/** Frames that wait until the node knows who may see them; beyond it the sockets are closed, and their clients resume. */
const WAITING_MAX = 10_000
const WAITING_CHARACTERS_MAX = 8 << 20

type GroupChange = Extract<Change, { kind: 'group' }>
type Chosen = NonNullable<GroupChange['receive']>

export interface AudienceParts {
  readonly store: Pick<Store, 'read' | 'vitals' | 'hurry'>
  readonly hub: Pick<SocketHub, 'of'>
  readonly bus: Pick<Bus, 'watchGroup' | 'unwatchGroup'>
  readonly topics: Topics
  /** More waits than is kept: the devices must fetch it themselves. */
  readonly onOverflow: () => void
}

interface LocalAccount {
  readonly groups: Set<number>
  /** Logins under way and sockets. */
  holds: number
  loading: Promise<void> | undefined
  /** The era in which they were read; -1: not yet. */
  era: number
  /** Groups left while the memberships were being read, by number: an older row must not bring them back. */
  readonly leftMeanwhile: Map<number, number>
  /** Receive options that were told while the memberships were being read. */
  readonly chosenMeanwhile: (Chosen & { readonly group: number })[]
}

interface Waiting {
  readonly push: GroupPush
  readonly at: number
  readonly deliver: () => void
}

interface Group {
  readonly app: number
  readonly group: number
  readonly audience: Audience
  watched: boolean
  waiting: Waiting[]
}

const queries = perDatabase(db => ({
  joined: new PreparedQuery<
    { app: number; account: number },
    {
      group_no: number
      auth_no: number
      support_topic: number
      receive_option: GroupMemberTable['receive_option']
    }
  >(db, (db, parameter) =>
    db
      .selectFrom('group_member as member')
      .innerJoin('chat_group', join =>
        join
          .onRef('chat_group.app_id', '=', 'member.app_id')
          .onRef('chat_group.group_no', '=', 'member.group_no'),
      )
      .select(['member.group_no', 'chat_group.auth_no', 'chat_group.support_topic', 'member.receive_option'])
      .where('member.app_id', '=', parameter('app'))
      .where('member.account_id', '=', parameter('account'))
      .where('chat_group.dismissed', '=', 0)
      // Rows of live rooms are their admins; who hears a room has entered it.
      .where('chat_group.type', '<>', 'AVChatRoom'),
  ),
  topics: new PreparedQuery<
    { app: number; account: number },
    { community_no: number; conv_id: number; recv_opt: number }
  >(db, (db, parameter) =>
    db
      .selectFrom('user_conversation as uc')
      .innerJoin('conversation as c', join =>
        join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
      )
      .innerJoin('chat_group as topic', join =>
        join.onRef('topic.app_id', '=', 'c.app_id').onRef('topic.group_no', '=', 'c.hi_id'),
      )
      .select(['topic.community_no', 'uc.conv_id', 'uc.recv_opt'])
      .where('uc.app_id', '=', parameter('app'))
      .where('uc.account_id', '=', parameter('account'))
      .where('uc.kind', '=', sql.lit(ConversationKind.GROUP))
      .where('uc.recv_opt', '>', sql.lit(0))
      .where('topic.community_no', '>', sql.lit(0)),
  ),
}))

/**
 * Who of each group has a socket on this node (docs/decisions/0008-groups.md): read when an account's first socket logs in,
 * moved by the commits' `group` changes. A frame that was judged by a newer state of the rights than is known here waits
 * until the log was read, some milliseconds; so nobody who was taken out before gets it, and nobody new is passed by.
 */
export class GroupAudiences {
  readonly #parts: AudienceParts
  readonly #accounts = new Map<string, LocalAccount>()
  readonly #groups = new Map<string, Group>()
  /** Groups without members here that keep what came out of order. */
  readonly #passing = new Set<string>()
  readonly #waiting = new Set<Group>()
  readonly #caughtUp: CaughtUp
  #waitingFrames = 0
  #waitingCharacters = 0
  /** Raised when nothing that is in memory holds any more. */
  #era = 0

  constructor(parts: AudienceParts) {
    this.#parts = parts
    this.#caughtUp = new CaughtUp(parts.store, () => this.#look())
  }

  /** Groups that have members here, and frames that wait, for the metrics. */
  get counts(): { readonly groups: number; readonly waiting: number } {
    return { groups: this.#groups.size - this.#passing.size, waiting: this.#waitingFrames }
  }

  has(app: number, group: number): boolean {
    return (this.#groups.get(`${app}:${group}`)?.audience.size ?? 0) > 0
  }

  /**
   * Reads the account's groups unless they are known; from its call on no change is missed. Whoever called it with success
   * calls {@link release} in the end, and {@link attach} before that when there is a socket.
   */
  async load(app: number, account: number): Promise<void> {
    const key = `${app}:${account}`
    let local = this.#accounts.get(key)
    if (!local) {
      local = {
        groups: new Set(),
        holds: 0,
        loading: undefined,
        era: -1,
        leftMeanwhile: new Map(),
        chosenMeanwhile: [],
      }
      this.#accounts.set(key, local)
    }
    if (local.era !== this.#era) local.loading ??= this.#read(app, account, local)
    local.holds++
    try {
      await local.loading
    } catch (error) {
      this.release(app, account)
      throw error
    }
  }

  release(app: number, account: number): void {
    const key = `${app}:${account}`
    const local = this.#accounts.get(key)
    if (!local || --local.holds > 0) return
    this.#accounts.delete(key)
    for (const group of local.groups) {
      const entry = this.#groups.get(`${app}:${group}`)
      if (!entry) continue
      entry.audience.drop(account)
      this.#settle(entry)
    }
  }

  /** A socket of a loaded account begins to hear its groups. */
  attach(device: DeviceSocket, app: number, account: number): void {
    const local = this.#accounts.get(`${app}:${account}`)
    if (!local) return
    local.holds++
    for (const group of local.groups) {
      const audience = this.#groups.get(`${app}:${group}`)?.audience
      if (audience) this.#parts.topics.subscribe(device, app, group, audience.hearing(account))
    }
  }

  /** The socket is closed, which ended its subscriptions. */
  detach(app: number, account: number): void {
    this.release(app, account)
  }

  /** Somebody entered a live room, as it was at `no`; the sockets are the caller's business. */
  enter(app: number, group: number, account: number, no: number): void {
    const entry = this.#group(app, group)
    entry.audience.claim(no, performance.now())
    entry.audience.found(account, no)
    this.#settle(entry)
  }

  /** Somebody left a live room. */
  leave(app: number, group: number, account: number): void {
    const entry = this.#groups.get(`${app}:${group}`)
    if (!entry) return
    entry.audience.drop(account)
    this.#settle(entry)
  }

  /** What a commit did to memberships, of whichever node. */
  take(change: GroupChange): void {
    const { app, group, authNo } = change
    this.#clean()
    for (const account of change.joined ?? []) this.#move(app, group, account, 'joined', authNo)
    for (const account of change.left ?? []) this.#move(app, group, account, 'left', authNo)
    const choosing = change.receive && this.#accounts.get(`${app}:${change.receive.account}`)
    if (change.receive && choosing?.loading) choosing.chosenMeanwhile.push({ group, ...change.receive })
    const entry = this.#groups.get(`${app}:${group}`)
    if (!entry) return
    const { audience } = entry
    if (change.dismissed) {
      for (const account of [...audience.members]) this.#move(app, group, account, 'left', authNo)
      audience.dismiss()
    }
    if (change.receive) this.#receive(entry, change.receive)
    // Who moves people makes a number. Another change may have found one, whose own change was not told here yet.
    if (change.joined || change.left || change.dismissed) audience.changed(authNo, performance.now())
    else audience.claim(authNo, performance.now())
    this.#settle(entry)
  }

  /** To the members' sockets here; `heads` learns what was told. @param except a socket that knows already. */
  deliver(push: GroupPush, heads?: DeliveredHeads, except?: DeviceSocket): void {
    const entry = this.#groups.get(`${push.app}:${push.group}`)
    if (!entry || entry.audience.size === 0) return
    const deliver = () => {
      const { hub, topics } = this.#parts
      // It was said before they came in.
      const late = push.authNo > 0 ? entry.audience.joinedAfter(push.authNo) : []
      const spared = late.flatMap(account => [...hub.of(push.app, account)])
      const leftOut = except ? [...spared, except] : spared
      topics.publish(push.app, push.group, push.frame, leftOut)
      this.#tellApart(entry, push.frame, new Set(leftOut))
      if (push.head) heads?.note(push.head.conv, EVERYBODY, push.head.seq, Date.now())
    }
    const now = performance.now()
    const { audience, waiting } = entry
    // One process tells everything before anybody can act on it.
    if (!this.#parts.store.vitals) audience.catchUp(push.authNo)
    if (waiting.length === 0 && audience.knows(push.authNo, toldUpTo(this.#parts.store))) {
      deliver()
      return
    }
    audience.claim(push.authNo, now)
    this.#wait(entry, { push, at: now, deliver })
  }

  /** Nothing that is in memory holds: who logs in is read anew, and sockets are closed by whoever calls this. */
  forget(): void {
    this.#era++
    for (const { app, group, watched } of this.#groups.values())
      if (watched) this.#parts.bus.unwatchGroup(app, group)
    this.#groups.clear()
    this.#passing.clear()
    for (const local of this.#accounts.values()) {
      local.groups.clear()
      local.leftMeanwhile.clear()
      local.chosenMeanwhile.length = 0
    }
    this.#dropWaiting()
  }

  stop(): void {
    this.#caughtUp.stop()
    this.#dropWaiting()
  }

  async #read(app: number, account: number, local: LocalAccount): Promise<void> {
    try {
      for (;;) {
        const era = this.#era
        const { joined, topics } = queries(this.#parts.store.read)
        // What is chosen while these are read may be told before it can be applied.
        local.chosenMeanwhile.length = 0
        const rows = await joined.all({ app, account })
        const chosen = rows.some(row => row.support_topic) ? await topics.all({ app, account }) : []
        if (era !== this.#era) continue
        const now = performance.now()
        for (const { group_no: group, auth_no: no, receive_option: option } of rows) {
          if ((local.leftMeanwhile.get(group) ?? -1) > no) continue
          const entry = this.#group(app, group)
          entry.audience.claim(no, now)
          if (!entry.audience.found(account, no)) continue
          entry.audience.setReception(account, receptionOf(option))
          local.groups.add(group)
          this.#settle(entry)
        }
        const audienceOf = (group: number) => this.#groups.get(`${app}:${group}`)?.audience
        for (const { community_no: community, conv_id: conv, recv_opt: stored } of chosen) {
          const option = ownOption(stored)
          if (option) audienceOf(community)?.setReception(account, receptionOf(option), conv)
        }
        for (const { group, option, topic } of local.chosenMeanwhile)
          audienceOf(group)?.setReception(account, receptionOf(option), topic)
        local.era = era
        return
      }
    } finally {
      local.loading = undefined
      local.leftMeanwhile.clear()
      local.chosenMeanwhile.length = 0
    }
  }

  #group(app: number, group: number): Group {
    const key = `${app}:${group}`
    let entry = this.#groups.get(key)
    if (!entry) {
      entry = { app, group, audience: new Audience(), watched: false, waiting: [] }
      this.#groups.set(key, entry)
    }
    return entry
  }

  #move(app: number, group: number, account: number, move: Move, no: number): void {
    const local = this.#accounts.get(`${app}:${account}`)
    if (!local) return
    if (move === 'left' && local.loading) local.leftMeanwhile.set(group, no)
    const entry = this.#group(app, group)
    if (entry.audience.move(account, move, no)) {
      if (move === 'joined') local.groups.add(group)
      else local.groups.delete(group)
      for (const device of this.#parts.hub.of(app, account))
        if (move === 'joined') this.#parts.topics.subscribe(device, app, group, 'all')
        else this.#parts.topics.unsubscribe(device, app, group)
    }
    entry.audience.claim(no, performance.now())
    this.#settle(entry)
  }

  #receive({ app, group, audience }: Group, { account, option, topic }: Chosen): void {
    audience.setReception(account, receptionOf(option), topic)
    if (!audience.has(account)) return
    for (const device of this.#parts.hub.of(app, account))
      this.#parts.topics.subscribe(device, app, group, audience.hearing(account))
  }

  /** To members that chose among messages, each what it wants: the message, or its number. */
  #tellApart({ app, audience }: Group, frame: string, leftOut: ReadonlySet<DeviceSocket>): void {
    const message = messageFrame(frame)
    let mentions: ((userId: string) => boolean) | undefined
    for (const account of audience.choosing) {
      const reception = message ? audience.reception(account, message.conv) : 'all'
      for (const device of this.#parts.hub.of(app, account)) {
        if (leftOut.has(device)) continue
        if (message && reception === 'mentions') mentions ??= mentionsOf(message)
        const wanted =
          reception === 'all' ||
          (reception === 'mentions' && mentions?.(device.live?.caller.userId ?? '') === true)
        const text = wanted || !message ? frame : message.cover
        if (text !== '') device.send(text)
      }
    }
  }

  /** Hears of a group, and keeps it, only as long as something needs it. */
  #settle(entry: Group): void {
    const { app, group, audience } = entry
    const key = `${app}:${group}`
    if (entry.watched !== audience.size > 0) {
      entry.watched = !entry.watched
      if (entry.watched) this.#parts.bus.watchGroup(app, group)
      else this.#parts.bus.unwatchGroup(app, group)
    }
    if (audience.size > 0) {
      this.#passing.delete(key)
      return
    }
    audience.knows(0, toldUpTo(this.#parts.store))
    if (audience.isNeeded) this.#passing.add(key)
    else {
      this.#groups.delete(key)
      this.#passing.delete(key)
    }
  }

  #wait(entry: Group, waiting: Waiting): void {
    entry.waiting.push(waiting)
    this.#waiting.add(entry)
    this.#waitingFrames++
    this.#waitingCharacters += waiting.push.frame.length
    if (this.#waitingFrames > WAITING_MAX || this.#waitingCharacters > WAITING_CHARACTERS_MAX) {
      this.#dropWaiting()
      this.#parts.onOverflow()
    } else this.#caughtUp.await()
  }

  /** Lets go what need not wait any more; false when nothing waits. */
  #look(): boolean {
    const toldAt = toldUpTo(this.#parts.store)
    for (const entry of this.#waiting) {
      while (entry.waiting[0] && entry.waiting[0].at <= toldAt) {
        const first = entry.waiting.shift()
        if (!first) break
        this.#waitingFrames--
        this.#waitingCharacters -= first.push.frame.length
        entry.audience.catchUp(first.push.authNo)
        if (entry.audience.size > 0) first.deliver()
      }
      if (entry.waiting.length === 0) this.#waiting.delete(entry)
    }
    this.#clean()
    return this.#waiting.size > 0
  }

  #clean(): void {
    for (const key of [...this.#passing]) {
      const entry = this.#groups.get(key)
      if (entry) this.#settle(entry)
    }
  }

  #dropWaiting(): void {
    for (const entry of this.#waiting) entry.waiting = []
    this.#waiting.clear()
    this.#waitingFrames = 0
    this.#waitingCharacters = 0
  }
}
