import { PROTOCOL_VERSION } from '@rookery/protocol/wire'
import { END_GRACE } from '../bounds.ts'
import { ChatError } from '../chat-error.ts'
import { accepted, type ConnectionOptions, type EndReason, sessionOver } from '../connection/connection.ts'
import type { NetState } from '../connection/connection-state.ts'
import type { Line } from '../connection/line.ts'
import { type CallOptions, type ReplyBody, RequestTable } from '../connection/request-table.ts'
import { Follower } from './follower.ts'
import { Leader } from './leader.ts'
import type { SharedEnd, TabChannel, TabMessage, Tabs } from './tabs.ts'

export interface SharedConnectionOptions extends ConnectionOptions {
  readonly tabs: Tabs
}

/** Raised when tabs of two versions of this package could misunderstand each other. */
const TABS_VERSION = 1

/**
 * One socket for all tabs of a browser profile that are on the same server, app, user, platform and version
 * (DESIGN-SECURITY 4). Whoever holds the lock has the socket; the others follow. When the leader's tab closes, the browser
 * gives the lock to the next, which comes back as the same session and sends again what was not answered.
 */
export class SharedConnection implements Line {
  readonly #options: SharedConnectionOptions
  readonly #name: string
  readonly #tab: string
  readonly #table: RequestTable
  readonly #hooks: ConnectionOptions['hooks']
  #follower: Follower | undefined
  #leader: Leader | undefined
  #channel: TabChannel | undefined
  #giveUpLock: (() => void) | undefined
  #releaseLock: (() => void) | undefined
  #net: NetState = 'disconnected'
  #isOver = false

  constructor(options: SharedConnectionOptions) {
    this.#options = options
    const { url, sdkAppId, userId, platform } = options
    this.#name = JSON.stringify(['rookery', TABS_VERSION, PROTOCOL_VERSION, url, sdkAppId, platform, userId])
    this.#tab = options.tabs.newId()
    this.#table = new RequestTable(options.clock)
    this.#hooks = {
      ...options.hooks,
      onNet: state => this.#tellNet(state),
      onEnd: end => this.#finish(end),
    }
  }

  start(): void {
    const { tabs } = this.#options
    this.#channel = tabs.channel(this.#name, message => this.#onMessage(message))
    this.#follower = new Follower({ ...this.#shared(), post: message => this.#post(message) })
    this.#follower.start()
    this.#giveUpLock = tabs.lock(
      this.#name,
      () =>
        new Promise<void>(resolve => {
          this.#releaseLock = resolve
          this.#lead()
        }),
      () => this.#lead(),
    )
  }

  stop(): void {
    if (this.#leader) this.#leader.connection.stop()
    else this.#finish({ why: 'stopped' })
  }

  async logout(): Promise<void> {
    const leader = this.#leader
    // With others on it the session goes on: closing the socket is all, the next tab comes back as the same session.
    const goesOn = leader?.hasFollowers && (await this.#options.tabs.isAwaited(this.#name).catch(() => false))
    if (leader && !goesOn) await leader.connection.logout()
    else this.stop()
  }

  wake(): void {
    if (this.#leader) this.#leader.connection.wake()
    else this.#follower?.wake()
  }

  async call(cmd: string, body: unknown, options?: CallOptions): Promise<ReplyBody> {
    const reply = await this.#table.call(cmd, body, {
      ...options,
      onReply: reply => {
        options?.onReply?.(reply)
        this.#leader?.answered(this.#tab, cmd, body, reply)
      },
    })
    return accepted(reply)
  }

  serverNow(): number {
    if (this.#leader) return this.#leader.connection.serverNow()
    return this.#options.clock.now() + (this.#follower?.serverOffset ?? 0)
  }

  #shared() {
    return { ...this.#options, hooks: this.#hooks, tab: this.#tab, table: this.#table }
  }

  /** The lock is ours: the socket is to be opened here. */
  #lead(): void {
    if (this.#isOver || this.#leader) {
      this.#releaseLock?.()
      return
    }
    const follower = this.#follower
    this.#follower = undefined
    follower?.stop()
    const userSig = follower?.userSig ?? this.#options.userSig
    this.#leader = new Leader(
      { ...this.#shared(), userSig, post: message => this.#post(message) },
      follower?.login,
    )
    this.#leader.connection.start()
  }

  #onMessage(message: TabMessage): void {
    if (this.#isOver) return
    if (this.#leader) this.#leader.onMessage(message)
    else if (message.is === 'ended') {
      if (this.#follower?.login) this.#finish(endOf(message.end))
    } else this.#follower?.onMessage(message)
  }

  #post(message: TabMessage): void {
    this.#channel?.post(message)
  }

  #tellNet(state: NetState): void {
    if (state === this.#net) return
    this.#net = state
    this.#options.hooks.onNet(state)
  }

  #finish(end: EndReason): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#follower?.stop()
    this.#giveUpLock?.()
    // The others hear that the session is over before one of them could take it over.
    if (end.why === 'stopped') this.#releaseLock?.()
    else this.#options.clock.after(END_GRACE, () => this.#releaseLock?.())
    this.#channel?.close()
    this.#options.hooks.onEnd(end)
    this.#table.end(sessionOver())
  }
}

function endOf(end: SharedEnd): EndReason {
  return end.why === 'kicked' ? end : { why: end.why, error: new ChatError(end.code, end.text) }
}
