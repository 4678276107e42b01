import { ErrorCode } from '@rookery/protocol/error-code'
import type { LoginAnswer, RequestFrame } from '@rookery/protocol/wire'
import { TAKEOVER_GENERATIONS } from '../bounds.ts'
import { asChatError } from '../chat-error.ts'
import { Connection, type ConnectionOptions, type EndReason } from '../connection/connection.ts'
import type { SharedLogin } from '../connection/line.ts'
import type { ReplyBody, RequestTable } from '../connection/request-table.ts'
import type { OwnStored, SharedEnd, TabMessage } from './tabs.ts'

export interface LeaderOptions extends ConnectionOptions {
  readonly tab: string
  readonly table: RequestTable
  readonly post: (message: TabMessage) => void
}

/** The tab that has the socket: it lets others in and passes on what goes both ways. */
export class Leader {
  readonly connection: Connection
  readonly #options: LeaderOptions
  readonly #followers = new Set<string>()
  /** The latest answer to a login; undefined while the socket is lost. */
  #answer: LoginAnswer | undefined
  #wasUp = false

  /** `inherited`: the login of the tab that had the socket before. */
  constructor(options: LeaderOptions, inherited: SharedLogin | undefined) {
    this.#options = options
    const { hooks } = options
    const session = inherited?.credentials.session
    this.connection = new Connection({
      ...options,
      ...(inherited && { userSig: inherited.credentials.userSig }),
      ...(session && { session: { ...session, generation: session.generation + TAKEOVER_GENERATIONS } }),
      hooks: {
        ...hooks,
        onOnline: answer => {
          this.#answer = answer
          this.#wasUp = true
          hooks.onOnline(answer)
          options.post({ is: 'up' })
        },
        onOffline: () => {
          this.#answer = undefined
          options.post({ is: 'down' })
          hooks.onOffline()
        },
        onEvent: frame => {
          hooks.onEvent(frame)
          options.post({ is: 'event', frame, except: '' })
        },
        onCredentials: () => {
          const login = this.#login()
          if (login) options.post({ is: 'credentials', login })
        },
        onEnd: end => {
          if (this.#wasUp) this.#tellEnd(end)
          hooks.onEnd(end)
        },
      },
    })
  }

  /** Some tab was let in by this one. */
  get hasFollowers(): boolean {
    return this.#followers.size > 0
  }

  onMessage(message: TabMessage): void {
    if (message.is === 'join') void this.#letIn(message.tab, message.usersig)
    if (message.is === 'request' && this.#followers.has(message.tab)) this.#forward(message.tab, message.text)
  }

  /** A request of this client or of a follower was answered. */
  answered(tab: string, cmd: string, body: unknown, reply: ReplyBody): void {
    if (!SENDS.includes(cmd) || reply.ErrorCode !== 0 || !reply.Seq || !reply.ConvId) return
    const { To_Account, GroupId } = body as { readonly To_Account?: string; readonly GroupId?: string }
    const frame: OwnStored = {
      ev: 'ownStored',
      To_Account: GroupId ? '' : (To_Account ?? ''),
      ...(GroupId && { GroupId }),
      ConvId: Number(reply.ConvId),
      Seq: Number(reply.Seq),
    }
    if (tab !== this.#options.tab) this.#options.hooks.onEvent(frame)
    this.#options.post({ is: 'event', frame, except: tab })
  }

  /** Every tab shows the server a UserSig of its own, as if it had a socket of its own. */
  async #letIn(tab: string, usersig: string): Promise<void> {
    const { post } = this.#options
    if (!this.#answer) return
    const reply = await this.connection
      .request('session/verify', { usersig }, { urgent: true })
      .catch((cause): ReplyBody => {
        const { code, message } = asChatError(cause)
        return { ActionStatus: 'FAIL', ErrorCode: code, ErrorInfo: message }
      })
    // A lost socket is no verdict: when it is back, all are asked to join.
    if (reply.ErrorCode === ErrorCode.SDK_REQUEST_TIMEOUT) return
    const login = this.#login()
    if (reply.ErrorCode !== 0) post({ is: 'refused', tab, reply })
    else if (login) {
      this.#followers.add(tab)
      post({ is: 'welcome', tab, login })
    }
  }

  #forward(tab: string, text: string): void {
    const { id, cmd, body } = JSON.parse(text) as RequestFrame
    this.connection
      .request(cmd, body, {
        resend: false,
        urgent: cmd.startsWith('session/'),
        onReply: reply => {
          this.#options.post({ is: 'reply', tab, frame: { id, body: reply } })
          this.answered(tab, cmd, body, reply)
        },
      })
      // The follower's own table times its requests, and sends them again after a lost socket.
      .catch(() => undefined)
  }

  #login(): SharedLogin | undefined {
    const { connection } = this
    return (
      this.#answer && {
        answer: this.#answer,
        serverOffset: connection.serverOffset,
        credentials: connection.credentials,
      }
    )
  }

  #tellEnd(end: EndReason): void {
    this.#options.post(end.why === 'stopped' ? { is: 'down' } : { is: 'ended', end: plainEnd(end) })
  }
}

const SENDS: readonly string[] = ['openim/sendmsg', 'group_open_http_svc/send_group_msg']

function plainEnd(end: Exclude<EndReason, { readonly why: 'stopped' }>): SharedEnd {
  return end.why === 'kicked' ? end : { why: end.why, code: end.error.code, text: end.error.message }
}
