import type { WireContactGroup, WireConversation, WireMessage } from '@rookery/protocol/wire'
import { BUFFERED_FRAMES, GAP_GRACE } from '../bounds.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { HelloBody } from '../connection/heartbeat.ts'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { EVENT } from '../constants/event.ts'
import {
  conversationIdOf,
  conversationIdOfItem,
  conversationIdOfMessage,
  groupConversationIdOf,
} from '../conversations/conversation-id.ts'
import type { ConversationList } from '../conversations/conversation-list.ts'
import type { Arrival, ConversationRecord } from '../conversations/conversation-record.ts'
import type { ChatEvent } from '../emitter.ts'
import type { Groups } from '../groups/groups.ts'
import type { Inbox } from '../messages/inbox.ts'
import type { Message } from '../messages/message.ts'
import type { OwnStored, TabEvent } from '../tabs/tabs.ts'
import { ConversationLog } from './conversation-log.ts'
import { LogNumbers } from './log-numbers.ts'
import { Puller } from './puller.ts'
import { resumeMarks } from './resume-marks.ts'
import { type SyncEffect, type SyncInput, type SyncState, syncStep } from './sync-state.ts'

export interface SyncOptions {
  readonly me: string
  readonly clock: Clock
  readonly list: ConversationList
  readonly inbox: Inbox
  readonly groups: Groups
  readonly call: (cmd: string, body: unknown, options: CallOptions) => Promise<ReplyBody>
  readonly emit: (event: ChatEvent) => void
  /** The first page of the first snapshot is there. */
  readonly onReady: () => void
  /** Everything is there: for the first time, or again after a pause. */
  readonly onLive: (isFirst: boolean) => void
  /** An event of groups beside their messages and conversations. */
  readonly onGroupEvent: (frame: TabEvent) => void
}

/** What waits for the end of a snapshot. `id` and `seq` when it is a stored message of that conversation. */
interface Buffered {
  readonly id?: string
  readonly seq?: number
  readonly run: () => void
}

/** Keeps conversations and messages equal to the server's: snapshot, live frames, pulls, resume after a pause. */
export class Sync {
  readonly #options: SyncOptions
  readonly #puller: Puller
  readonly #log = new LogNumbers()
  #state: SyncState = { at: 'cold' }
  /** Answers of an earlier fetch are dropped. */
  #run = 0
  #cancelRetry: Cancel | undefined
  #cancelLogGrace: Cancel | undefined
  #cancelItemGrace: Cancel | undefined
  #isFirst = true
  #epoch = ''
  #isReady = false
  #isCompleted = false
  #buffer: Buffered[] = []
  /** Conversations named by the snapshot that is being fetched. */
  #named = new Set<string>()
  /** The epoch of the snapshot that is being fetched; it counts when the snapshot is complete. */
  #nextEpoch = ''

  constructor(options: SyncOptions) {
    this.#options = options
    this.#puller = new Puller({
      clock: options.clock,
      inbox: options.inbox,
      call: (cmd, body) => options.call(cmd, body, { resend: false }),
      isOnline: () => this.#isUp,
    })
  }

  /** All pages of the snapshot are there. */
  get isCompleted(): boolean {
    return this.#isCompleted
  }

  up(): void {
    this.#take({ is: 'up' })
  }

  down(): void {
    this.#cancelLogGrace?.()
    this.#cancelLogGrace = undefined
    this.#take({ is: 'down' })
  }

  lag(): void {
    this.#take({ is: 'gap' })
  }

  hello(): HelloBody | undefined {
    if (this.#state.at !== 'live') return undefined
    const heads = this.#options.list.heads()
    return { Epoch: this.#epoch, LogNo: this.#log.value, Heads: heads.seq, Changes: heads.changeNo }
  }

  onEvent(frame: TabEvent): void {
    if (this.#isFetchingSnapshot) this.#keep({ ...this.#placeOf(frame), run: () => this.#apply(frame) })
    else this.#apply(frame)
  }

  /** The answer to an own send: it names the conversation and the number. */
  ownStored(message: Message, convId: number, seq: number): void {
    const id = message.conversationID
    const run = (): void => {
      const record = this.#options.list.ensureNumber(id, convId)
      if (!record) return
      this.#options.inbox.placeOwn(record, message)
      this.#options.inbox.deliver(record, record.log.arrive(seq, { is: 'own' }))
      this.#options.inbox.flush()
      this.#soon(record)
    }
    if (this.#isFetchingSnapshot) this.#keep({ id, seq, run })
    else run()
  }

  get #isUp(): boolean {
    return this.#state.at !== 'cold' && this.#state.at !== 'stale'
  }

  get #isNewEpoch(): boolean {
    return this.#nextEpoch !== this.#epoch
  }

  get #isFetchingSnapshot(): boolean {
    return this.#state.at === 'cold' || this.#state.at === 'snapshot'
  }

  #keep(frame: Buffered): void {
    if (this.#buffer.length < BUFFERED_FRAMES) this.#buffer.push(frame)
  }

  #take(input: SyncInput): void {
    const { state, effects } = syncStep(this.#state, input, () => this.#options.clock.random())
    this.#cancelRetry?.()
    this.#state = state
    for (const effect of effects) this.#act(effect)
  }

  #act(effect: SyncEffect): void {
    switch (effect.do) {
      case 'fetchPage':
        void this.#fetch(run => this.#fetchPage(effect.cursor, run))
        return
      case 'fetchChanges':
        void this.#fetch(run => this.#fetchChanges(run))
        return
      case 'retryIn':
        this.#cancelRetry = this.#options.clock.after(effect.ms, () => this.#take({ is: 'timer' }))
        return
      case 'completed':
        this.#complete()
    }
  }

  async #fetch(work: (run: number) => Promise<void>): Promise<void> {
    this.#run += 1
    const run = this.#run
    try {
      await work(run)
    } catch (cause) {
      if (run !== this.#run) return
      if (this.#isUp) this.#options.emit({ name: EVENT.ERROR, data: describe(cause) })
      this.#take({ is: 'failed' })
    }
  }

  async #fetchPage(cursor: string, run: number): Promise<void> {
    const reply = await this.#options.call('sync/snapshot', cursor === '' ? {} : { Cursor: cursor }, {
      resend: false,
    })
    if (run !== this.#run) return
    if (cursor === '') this.#beginSnapshot(reply)
    for (const item of (reply.Items ?? []) as readonly WireConversation[]) this.#applySnapshotItem(item)
    const next = String(reply.NextCursor ?? '')
    if (!this.#isReady) {
      this.#isReady = true
      this.#options.onReady()
    }
    if (next !== '') this.#options.inbox.emitList()
    this.#take({ is: 'page', next })
  }

  #beginSnapshot(reply: ReplyBody): void {
    this.#nextEpoch = String(reply.StoreEpoch ?? '')
    this.#isCompleted = false
    this.#named = new Set()
    this.#log.reset(Number(reply.LogNo) || 0)
    if (this.#isNewEpoch) this.#options.list.restartAll()
    this.#options.list.setGroups((reply.Groups ?? []) as readonly WireContactGroup[])
  }

  #applySnapshotItem(item: WireConversation): void {
    const { list } = this.#options
    const id = conversationIdOfItem(item)
    const isNew = list.get(id)?.convId !== item.ConvId
    const record = list.ensureNumber(id, item.ConvId)
    this.#named.add(id)
    if (!record) {
      list.noteFormer(item)
      return
    }
    // What was sent before this login is history, not news.
    if (isNew && this.#isNewEpoch) record.log = new ConversationLog(item.HeadSeq, item.ChangeNo)
    this.#applyItem(record, item)
  }

  #complete(): void {
    const { list, inbox } = this.#options
    for (const record of list.all()) {
      if (!record.isLocal && !this.#named.has(record.id)) list.remove(record.id)
    }
    this.#isCompleted = true
    const buffered = this.#buffer
    this.#buffer = []
    if (this.#isNewEpoch) this.#stepBack(buffered)
    this.#epoch = this.#nextEpoch
    inbox.emitList()
    inbox.emitTotal()
    for (const frame of buffered) frame.run()
    for (const record of list.all()) this.#soon(record)
    this.#options.onLive(this.#isFirst)
    this.#isFirst = false
  }

  #applyItem(record: ConversationRecord, item: WireConversation): void {
    const { inbox } = this.#options
    const wasMember = record.isMember
    inbox.applyItem(record, item)
    if (item.Group?.Member === 1) {
      const joinSeq = item.Group.JoinSeq ?? (wasMember ? record.joinSeq : item.ReadSeq)
      // What was before this person came is history, not news.
      if (!wasMember || joinSeq > record.joinSeq)
        inbox.deliver(record, record.log.pulled([], joinSeq, item.ChangeNo))
      record.joinSeq = Math.max(record.joinSeq, joinSeq)
    }
    record.log.sawHead(item.HeadSeq, item.ChangeNo)
  }

  #soon(record: ConversationRecord): void {
    if (record.awaitsItem) this.#awaitItem()
    else this.#puller.soon(record)
  }

  /** A message of a group that the server has not described yet, or not since this person came back: its item is on its way, or was lost. */
  #awaitItem(): void {
    this.#cancelItemGrace ??= this.#options.clock.after(GAP_GRACE, () => {
      this.#cancelItemGrace = undefined
      const isMissing = this.#options.list.all().some(it => it.awaitsItem && !it.isLocal)
      if (isMissing) this.#take({ is: 'gap' })
    })
  }

  /**
   * A message that came live while the snapshot was fetched is news also when the snapshot contains it: its
   * conversation's log begins just below the first of them.
   */
  #stepBack(buffered: readonly Buffered[]): void {
    for (const { id, seq } of buffered) {
      const record = id === undefined ? undefined : this.#options.list.get(id)
      if (!record || !seq || seq > record.log.seq) continue
      const head = Math.max(record.log.seq, record.itemSeq)
      const log = new ConversationLog<Arrival>(seq - 1, record.log.changeNo)
      log.sawHead(head, record.log.changeNo)
      record.log = log
    }
  }

  async #fetchChanges(run: number): Promise<void> {
    const { list, inbox, call } = this.#options
    const marks = resumeMarks(list)
    const reply = await call(
      'sync/resume',
      { Epoch: this.#epoch, LogNo: this.#log.value, Marks: marks },
      { resend: false },
    )
    if (run !== this.#run) return
    if (reply.Snapshot === 1) {
      this.#take({ is: 'forget' })
      return
    }
    this.#epoch = String(reply.StoreEpoch ?? this.#epoch)
    if (Array.isArray(reply.Groups)) this.#applyGroups(reply.Groups)
    const moved: ConversationRecord[] = []
    for (const item of (reply.Items ?? []) as readonly WireConversation[]) {
      const record = list.ensureNumber(conversationIdOfItem(item), item.ConvId)
      if (!record) {
        list.noteFormer(item)
        continue
      }
      this.#applyItem(record, item)
      moved.push(record)
    }
    this.#log.advance(Number(reply.LogNo) || 0)
    await Promise.all(moved.map(record => this.#puller.now(record)))
    if (run !== this.#run) return
    inbox.flush()
    this.#take({ is: 'resumed', more: reply.More === 1 })
    this.#options.onLive(false)
  }

  /** Of the message that the frame tells of, if it does. */
  #placeOf(frame: TabEvent): { readonly id?: string; readonly seq?: number } {
    if (frame.ev === 'message') return { id: this.#idOf(frame.m), seq: frame.m.Seq ?? 0 }
    return frame.ev === 'ownStored' ? { id: ownStoredId(frame), seq: frame.Seq } : {}
  }

  #apply(frame: TabEvent): void {
    const { list, inbox } = this.#options
    switch (frame.ev) {
      case 'message': {
        if (this.#isOfRoom(frame.m)) {
          inbox.deliverOnline(frame.m)
          break
        }
        const record = list.ensureNumber(this.#idOf(frame.m), frame.m.ConvId)
        if (record) this.#arrive(record, frame.m.Seq ?? 0, { is: 'message', m: frame.m })
        break
      }
      case 'ownStored': {
        const record = list.ensureNumber(ownStoredId(frame), frame.ConvId)
        if (!record) break
        record.log.sawHead(frame.Seq, record.log.changeNo)
        this.#soon(record)
        break
      }
      case 'online':
        inbox.deliverOnline(frame.m)
        break
      case 'change': {
        if (this.#isOfRoom(frame.m)) {
          inbox.applyRoomChange(frame.m)
          break
        }
        const record = list.ensureNumber(this.#idOf(frame.m), frame.m.ConvId)
        if (!record) break
        if (record.log.arriveChange(frame.m.ChangeNo ?? 0)) inbox.applyChange(record, frame.m, frame.kind)
        this.#soon(record)
        break
      }
      case 'extension': {
        const [first, second] = frame.Peer
        const peer = conversationIdOf(first === this.#options.me ? second : first)
        const id = frame.GroupId ? groupConversationIdOf(frame.GroupId) : peer
        const record = list.ensureNumber(id, frame.ConvId)
        if (!record) break
        if (record.log.arriveChange(frame.ChangeNo)) inbox.applyExtension(id, frame)
        this.#soon(record)
        break
      }
      case 'cover': {
        const record = list.all().find(it => it.convId === frame.ConvId)
        if (!record) break
        if (frame.Seq !== undefined) this.#arrive(record, frame.Seq, { is: 'cover' })
        if (frame.ChangeNo !== undefined) record.log.arriveChange(frame.ChangeNo)
        this.#soon(record)
        break
      }
      case 'head': {
        const record = list.all().find(it => it.convId === frame.ConvId)
        if (record) {
          record.log.sawHead(frame.Seq, record.log.changeNo)
          // The server has waited for frames that were on their way.
          void this.#puller.now(record)
        } else this.#take({ is: 'gap' })
        break
      }
      case 'conversation': {
        const record = list.ensureNumber(conversationIdOfItem(frame.c), frame.c.ConvId)
        if (record) {
          this.#applyItem(record, frame.c)
          this.#soon(record)
        }
        break
      }
      case 'contactGroups':
        this.#applyGroups(frame.Groups)
        break
      default:
        this.#options.onGroupEvent(frame)
    }
    // Also for events that this version does not know: their number is one of the own log.
    if ('LogNo' in frame && typeof frame.LogNo === 'number') this.#logged(frame.LogNo)
    inbox.flush()
  }

  #arrive(record: ConversationRecord, seq: number, arrival: Arrival): void {
    this.#options.inbox.deliver(record, record.log.arrive(seq, arrival))
    this.#soon(record)
  }

  #logged(logNo: number): void {
    this.#log.saw(logNo)
    if (!this.#log.isBehind || this.#cancelLogGrace) return
    this.#cancelLogGrace = this.#options.clock.after(GAP_GRACE, () => {
      this.#cancelLogGrace = undefined
      if (this.#log.isBehind) this.#take({ is: 'gap' })
    })
  }

  #applyGroups(groups: readonly WireContactGroup[]): void {
    const { list, emit } = this.#options
    const before = JSON.stringify(list.groups)
    list.setGroups(groups)
    if (JSON.stringify(groups) === before) return
    emit({ name: EVENT.CONVERSATION_GROUP_LIST_UPDATED, data: groups.map(group => group.GroupName) })
    for (const record of list.all()) if (record.contactGroupIds.length > 0) this.#options.inbox.touch(record)
  }

  #idOf(m: WireMessage): string {
    return conversationIdOfMessage(m, this.#options.me)
  }

  /** Large rooms have no conversation, whose numbers would have to be complete. */
  #isOfRoom(m: WireMessage): boolean {
    return m.GroupId !== undefined && (m.ConvId === 0 || this.#options.groups.isRoom(m.GroupId))
  }
}

function ownStoredId(frame: OwnStored): string {
  return frame.GroupId ? groupConversationIdOf(frame.GroupId) : conversationIdOf(frame.To_Account)
}

function describe(cause: unknown): { code: number; message: string } {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown }
  return { code: typeof code === 'number' ? code : 0, message: String(message ?? cause) }
}
