import { ErrorCode } from '@rookery/protocol/error-code'
import type { KickType, LoginAnswer } from '@rookery/protocol/wire'
import type { WireGroup } from '@rookery/protocol/wire-group'
import { CACHED_MESSAGES, LOGIN_TIMEOUT } from '../bounds.ts'
import { ChatError } from '../chat-error.ts'
import type { Clock } from '../clock.ts'
import { Connection, type EndReason } from '../connection/connection.ts'
import type { Line } from '../connection/line.ts'
import { kickTypeOf } from '../connection/login-verdict.ts'
import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import type { GetUserSig } from '../connection/user-sig.ts'
import { WakeWatch } from '../connection/wake-watch.ts'
import { EVENT } from '../constants/event.ts'
import { ConversationActions } from '../conversations/conversation-actions.ts'
import { ConversationGroups } from '../conversations/conversation-groups.ts'
import { groupConversationIdOf } from '../conversations/conversation-id.ts'
import { ConversationList } from '../conversations/conversation-list.ts'
import { ReadReports } from '../conversations/read-reports.ts'
import type { ChatEvent } from '../emitter.ts'
import { GroupLoader } from '../groups/group-loader.ts'
import { Groups } from '../groups/groups.ts'
import { Notices } from '../groups/notices.ts'
import { History } from '../messages/history.ts'
import { Inbox } from '../messages/inbox.ts'
import type { LocalFiles } from '../messages/local-files.ts'
import type { Message } from '../messages/message.ts'
import { MessageActions } from '../messages/message-actions.ts'
import { MessageCache } from '../messages/message-cache.ts'
import { MessageExtensions } from '../messages/message-extensions.ts'
import { type Author, NOBODY } from '../messages/message-factory.ts'
import { Outbox } from '../messages/outbox.ts'
import { Profiles } from '../profiles/profiles.ts'
import { Sync } from '../sync/sync.ts'
import { SharedConnection } from '../tabs/shared-connection.ts'
import type { TabEvent, Tabs } from '../tabs/tabs.ts'
import type { Transport } from '../transport/transport.ts'

export interface SessionOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly tabs?: Tabs | undefined
  readonly url: string
  readonly sdkAppId: number
  readonly userID: string
  readonly userSig: string
  readonly platform: string
  readonly getUserSig: GetUserSig | undefined
  readonly files: LocalFiles
  readonly emit: (event: ChatEvent) => void
  readonly isHeard: (name: string) => boolean
  /** The session is over after it had begun, and not by the app's own wish. */
  readonly onEnd: (end: SessionEnd) => void
}

export interface SessionEnd {
  /** One of the reasons 3000 to 3006 of code 2999. */
  readonly reason: number
  readonly kick: KickType | undefined
  readonly error: ChatError | undefined
}

const REASON_OF_KICK: Readonly<Record<KickType, number>> = {
  multipleDevice: ErrorCode.NOT_READY_KICKED_DEVICE,
  multipleAccount: ErrorCode.NOT_READY_KICKED_INSTANCE,
  userSigExpired: ErrorCode.NOT_READY_USERSIG_EXPIRED,
  REST_API_Kick: ErrorCode.NOT_READY_KICKED_REST,
}

/** Everything that one login knows and does; logging out drops it whole. */
export class Session {
  readonly userID: string
  readonly conversations: ConversationActions
  readonly conversationGroups: ConversationGroups
  readonly groups: Groups
  readonly outbox: Outbox
  readonly history: History
  readonly messages: MessageActions
  readonly extensions: MessageExtensions
  readonly profiles: Profiles
  readonly #options: SessionOptions
  readonly #line: Line
  readonly #wakeWatch: WakeWatch
  readonly #list = new ConversationList()
  readonly #cache = new MessageCache(CACHED_MESSAGES)
  readonly #sync: Sync
  readonly #notices: Notices
  readonly #groupLoader: GroupLoader
  readonly #inbox: Inbox
  readonly #reads: ReadReports
  #author: Author = NOBODY
  #isReady = false
  #isOver = false
  #entered: ((answer: LoginAnswer) => void) | undefined
  #refused: ((error: ChatError) => void) | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.userID = options.userID
    const { clock, emit, userID } = options
    const [list, cache] = [this.#list, this.#cache]
    const call = (cmd: string, body: unknown, how?: CallOptions): Promise<ReplyBody> =>
      this.#line.call(cmd, body, how)
    const groups = new Groups({ me: userID, list, emit, call })
    this.groups = groups
    const inbox = new Inbox({
      groups,
      me: userID,
      cache,
      list,
      emit,
      isHeard: options.isHeard,
      isSyncCompleted: () => this.#sync.isCompleted,
    })
    this.#inbox = inbox
    this.#groupLoader = new GroupLoader({ me: () => userID, clock, list, cache, inbox, groups, emit, call })
    const notices = new Notices({ me: userID, list, cache, inbox, groups, emit, call })
    this.#notices = notices
    this.#sync = new Sync({
      me: userID,
      clock,
      list,
      inbox,
      groups,
      call,
      emit,
      onReady: () => this.#becomeReady(),
      onLive: isFirst => {
        if (isFirst) notices.begin(Math.floor(this.serverNow / 1000))
        else void notices.catchUp()
        // What fails is fetched when the app asks for the list.
        if (isFirst || groups.isAnyKnown) void groups.load().catch(() => undefined)
      },
      onGroupEvent: frame => this.#groupEvent(frame),
    })
    this.#reads = new ReadReports({ clock, inbox, call })
    this.conversations = new ConversationActions({
      list,
      inbox,
      reads: this.#reads,
      describe: async groupID => groups.described(groupID) ?? (await groups.fetch(groupID)),
      call,
    })
    this.conversationGroups = new ConversationGroups({ list, inbox, emit, call })
    this.outbox = new Outbox({
      clock,
      cache,
      files: options.files,
      call,
      myTinyId: () => this.#author.tinyID,
      onStored: (message, convId, seq) => {
        if (convId !== 0) this.#sync.ownStored(message, convId, seq)
        else this.#sentToRoom(message)
      },
      checkGroup: groupID => groups.checkSend(groupID),
    })
    const isRoom = (groupID: string): boolean => groups.isRoom(groupID)
    this.history = new History({ cache, inbox, call, isRoom, notices: () => notices.list() })
    this.messages = new MessageActions({
      me: () => this.#author,
      cache,
      list,
      inbox,
      history: this.history,
      isRoom,
      call,
    })
    this.extensions = new MessageExtensions({ inbox, call })
    this.profiles = new Profiles({ call })
    const { tabs } = options
    const line = { ...options, userId: userID, hooks: this.#hooks() }
    this.#line = tabs ? new SharedConnection({ ...line, tabs }) : new Connection(line)
    this.#wakeWatch = new WakeWatch(clock, () => this.#line.wake())
  }

  get author(): Author {
    return this.#author
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get isSyncCompleted(): boolean {
    return this.#sync.isCompleted
  }

  /** Unix milliseconds. */
  get serverNow(): number {
    return this.#line.serverNow()
  }

  get totalUnread(): number {
    return this.#list.totalUnread()
  }

  findMessage(id: string): ReturnType<MessageCache['get']> {
    return this.#cache.get(id)
  }

  /** Resolves as soon as the server has let us in; SDK_READY comes later. */
  login(): Promise<LoginAnswer> {
    return new Promise<LoginAnswer>((resolve, reject) => {
      const settle = (): void => {
        cancel()
        this.#entered = undefined
        this.#refused = undefined
      }
      const cancel = this.#options.clock.after(LOGIN_TIMEOUT, () => {
        this.#refused?.(
          new ChatError(
            ErrorCode.SDK_REQUEST_TIMEOUT,
            `The server did not answer within ${LOGIN_TIMEOUT / 1000} s. Check the network and proxyServer, then log in again.`,
          ),
        )
        this.#line.stop()
      })
      this.#entered = answer => {
        settle()
        resolve(answer)
      }
      this.#refused = error => {
        settle()
        reject(error)
      }
      this.#wakeWatch.start()
      this.#line.start()
    })
  }

  /** The app leaves: the server is told if it can be reached, nothing is emitted. */
  async logout(): Promise<void> {
    this.#isOver = true
    this.#isReady = false
    this.#wakeWatch.stop()
    await this.#line.logout()
  }

  #groupEvent(frame: TabEvent): void {
    switch (frame.ev) {
      case 'group':
        this.#applyGroup(frame.g)
        break
      case 'notice':
        this.#notices.onNotice(frame.n)
        break
      case 'groupReceipt':
        this.#inbox.applyGroupReceipts(frame)
        break
      case 'groupAttr':
      case 'groupCounter':
      case 'groupPin':
        this.#groupLoader.onEvent(frame)
        break
      default:
        break
    }
  }

  /** What apps do with groups; loaded at the first use. */
  groupMethods(): ReturnType<GroupLoader['methods']> {
    return this.#groupLoader.methods()
  }

  #applyGroup(g: WireGroup): void {
    this.groups.apply(g)
    const record = this.#list.get(groupConversationIdOf(g.GroupId))
    if (record) this.#inbox.touch(record)
    else this.groups.emitTopic(g.GroupId)
    this.#inbox.flush()
  }

  #sentToRoom(message: Message): void {
    const record = this.#list.get(message.conversationID)
    if (record) this.#inbox.placeInRoom(record, message)
    this.#inbox.flush()
  }

  #hooks() {
    return {
      onNet: (state: string) => {
        if (!this.#isOver) this.#options.emit({ name: EVENT.NET_STATE_CHANGE, data: { state } })
      },
      onOnline: (answer: LoginAnswer) => {
        const { TinyID: tinyID, Nick: nick, FaceUrl: avatar } = answer
        this.#author = { userID: this.userID, tinyID, nick: nick ?? '', avatar: avatar ?? '' }
        this.#entered?.(answer)
        this.#sync.up()
        this.#reads.again()
      },
      onOffline: () => {
        this.groups.outdate()
        this.#sync.down()
      },
      onEvent: (frame: Parameters<Sync['onEvent']>[0]) => this.#sync.onEvent(frame),
      hello: () => this.#sync.hello(),
      onLag: () => this.#sync.lag(),
      onEnd: (reason: EndReason) => this.#finish(reason),
      onBadFrame: (cause: unknown) => {
        const message = `A frame of the server could not be read and was dropped: ${cause}`
        this.#options.emit({ name: EVENT.ERROR, data: { code: ErrorCode.SDK_INTERNAL_ERROR, message } })
        // What it may have told is fetched.
        this.#sync.lag()
      },
    }
  }

  #becomeReady(): void {
    if (this.#isOver) return
    this.#isReady = true
    this.#options.emit({ name: EVENT.SDK_READY })
  }

  #finish(end: EndReason): void {
    this.#wakeWatch.stop()
    this.#isReady = false
    if (this.#refused) {
      this.#refused(loginError(end))
      return
    }
    if (this.#isOver || end.why === 'stopped') return
    this.#isOver = true
    this.#options.onEnd(endOf(end))
  }
}

function loginError(end: EndReason): ChatError {
  switch (end.why) {
    case 'refused':
    case 'closed':
      return end.error
    case 'kicked':
      return new ChatError(
        ErrorCode.NETWORK_ERROR,
        `The server ended the session while logging in: ${end.info}`,
      )
    case 'stopped':
      return new ChatError(ErrorCode.NOT_LOGGED_IN, 'The login was cancelled by logout or destroy.')
  }
}

function endOf(end: Exclude<EndReason, { readonly why: 'stopped' }>): SessionEnd {
  if (end.why === 'kicked') return { reason: REASON_OF_KICK[end.type], kick: end.type, error: undefined }
  if (end.why === 'closed')
    return { reason: ErrorCode.NOT_READY_LOGGED_OUT, kick: undefined, error: end.error }
  const kick = kickTypeOf(end.error.code)
  return { reason: REASON_OF_KICK[kick], kick, error: end.error }
}
