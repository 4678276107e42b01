import { ErrorCode } from '@rookery/protocol/error-code'
import type { LoginAnswer } from '@rookery/protocol/wire'
import { JOIN_PAUSE, OPEN_TIMEOUT } from '../bounds.ts'
import type { Cancel } from '../clock.ts'
import { backOff } from '../connection/back-off.ts'
import type { ConnectionOptions } from '../connection/connection.ts'
import { accepted, refusal } from '../connection/connection.ts'
import { Heartbeat } from '../connection/heartbeat.ts'
import type { SharedLogin } from '../connection/line.ts'
import { verdictOf } from '../connection/login-verdict.ts'
import type { ReplyBody, RequestTable } from '../connection/request-table.ts'
import { fetchUserSig } from '../connection/user-sig.ts'
import type { TabMessage } from './tabs.ts'

export interface FollowerOptions extends ConnectionOptions {
  readonly tab: string
  readonly table: RequestTable
  readonly post: (message: TabMessage) => void
}

/** A tab on another tab's socket: asks to be let in with its own UserSig, then sends its requests that way. */
export class Follower {
  readonly #options: FollowerOptions
  readonly #heartbeat: Heartbeat
  #userSig: string
  /** The newest login that the leader told of; its credentials are for whoever takes over. */
  #login: SharedLogin | undefined
  #serverOffset = 0
  #isJoined = false
  #isStopped = false
  #hasRefreshed = false
  #attempt = 0
  #cancelJoin: Cancel | undefined

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#userSig = options.userSig
    const { clock, table, hooks } = options
    this.#heartbeat = new Heartbeat({
      clock,
      call: async (cmd, body) =>
        accepted(await table.call(cmd, body, { urgent: true, timeout: OPEN_TIMEOUT })),
      waitingSince: () => table.waitingSince,
      hello: () => hooks.hello(),
      onAnswer: reply => {
        this.#serverOffset = Number(reply.ServerTimeMs) - clock.now()
        if (reply.Lag === 1) hooks.onLag()
      },
      onStale: () => {
        this.#down()
        this.#join()
      },
    })
    table.through(text => {
      options.post({ is: 'request', tab: options.tab, text })
      this.#heartbeat.watch()
    })
  }

  /** Set once this tab was let in, also while the leader's socket is lost. */
  get login(): SharedLogin | undefined {
    return this.#login
  }

  get userSig(): string {
    return this.#login?.credentials.userSig ?? this.#userSig
  }

  get serverOffset(): number {
    return this.#serverOffset
  }

  start(): void {
    this.#options.hooks.onNet('connecting')
    this.#join()
  }

  /** The requests in flight are queued again or rejected; somebody else sends what follows. */
  stop(): void {
    this.#isStopped = true
    this.#cancelJoin?.()
    this.#down()
  }

  wake(): void {
    if (this.#isJoined) this.#heartbeat.probe()
    else this.#join()
  }

  onMessage(message: TabMessage): void {
    const { tab, table, hooks } = this.#options
    switch (message.is) {
      case 'up':
        this.#down()
        this.#join()
        return
      case 'down':
        this.#down()
        return
      case 'welcome':
        if (message.tab === tab) this.#welcome(message.login)
        return
      case 'refused':
        if (message.tab === tab) void this.#refused(message.reply)
        return
      case 'credentials':
        if (this.#login) this.#login = message.login
        return
      case 'reply':
        if (message.tab !== tab || !this.#isJoined) return
        this.#heartbeat.heard()
        table.onReply(message.frame)
        return
      case 'event':
        if (message.except === tab || !this.#isJoined) return
        this.#heartbeat.heard()
        try {
          hooks.onEvent(message.frame)
        } catch (cause) {
          hooks.onBadFrame(cause)
        }
        return
      default:
    }
  }

  /** Nobody may be there to answer yet: it is asked again, and the lock tells when nobody will. */
  #join(): void {
    this.#cancelJoin?.()
    if (this.#isJoined || this.#isStopped) return
    this.#options.post({ is: 'join', tab: this.#options.tab, usersig: this.userSig })
    this.#cancelJoin = this.#options.clock.after(JOIN_PAUSE, () => this.#join())
  }

  #welcome(login: SharedLogin): void {
    if (this.#isJoined || this.#isStopped) return
    this.#cancelJoin?.()
    this.#isJoined = true
    this.#hasRefreshed = false
    this.#attempt = 0
    this.#login = login
    this.#serverOffset = login.serverOffset
    const { answer }: { readonly answer: LoginAnswer } = login
    this.#options.table.opened(answer.MaxFrameBytes)
    this.#heartbeat.start(answer.HelloInterval, answer.SilenceLimit)
    this.#options.hooks.onNet('connected')
    this.#options.hooks.onOnline(answer)
  }

  async #refused(reply: ReplyBody): Promise<void> {
    const { clock, userId, getUserSig, hooks } = this.#options
    if (this.#isJoined || this.#isStopped) return
    this.#cancelJoin?.()
    const afterMs = reply.ErrorDetail?.retryAfterMs ?? 0
    const verdict = verdictOf(reply.ErrorCode, afterMs, getUserSig !== undefined)
    if (verdict === 'retry' || reply.ErrorCode === ErrorCode.SDK_REQUEST_TIMEOUT) {
      this.#attempt += 1
      const pause = Math.max(afterMs, backOff(this.#attempt, clock.random()))
      this.#cancelJoin = clock.after(pause, () => this.#join())
      return
    }
    if (verdict === 'final' || this.#hasRefreshed) {
      hooks.onEnd({ why: 'refused', error: refusal(reply) })
      return
    }
    this.#hasRefreshed = true
    try {
      this.#userSig = await fetchUserSig(getUserSig, userId, clock)
      this.#login = undefined
      this.#join()
    } catch {
      hooks.onEnd({ why: 'refused', error: refusal(reply) })
    }
  }

  #down(): void {
    if (!this.#isJoined) return
    this.#isJoined = false
    this.#heartbeat.stop()
    this.#options.table.lost()
    this.#options.hooks.onNet('connecting')
    this.#options.hooks.onOffline()
  }
}
