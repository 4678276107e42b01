import { ErrorCode } from '@rookery/protocol/error-code'
import type { EventFrame, KickType, LoginAnswer, ReplyFrame } from '@rookery/protocol/wire'
import { LOGOUT_TIMEOUT, OPEN_TIMEOUT } from '../bounds.ts'
import { ChatError } from '../chat-error.ts'
import type { Cancel, Clock } from '../clock.ts'
import { isContent } from '../messages/content.ts'
import type { TabEvent } from '../tabs/tabs.ts'
import type { Link, Transport } from '../transport/transport.ts'
import { type Effect, type Input, type NetState, netStateOf, type State, step } from './connection-state.ts'
import { Heartbeat, type HelloBody } from './heartbeat.ts'
import type { Credentials, Line } from './line.ts'
import { verdictOf } from './login-verdict.ts'
import { Renewal } from './renewal.ts'
import { type CallOptions, type ReplyBody, RequestTable } from './request-table.ts'
import { fetchUserSig, type GetUserSig } from './user-sig.ts'

/** Why a connection is over for good. */
export type EndReason =
  | { readonly why: 'stopped' }
  | { readonly why: 'kicked'; readonly type: KickType; readonly info: string }
  | { readonly why: 'refused'; readonly error: ChatError }
  | { readonly why: 'closed'; readonly error: ChatError }

export interface ConnectionHooks {
  onNet(state: NetState): void
  /** Logged in, for the first time or again. */
  onOnline(answer: LoginAnswer): void
  onOffline(): void
  onEvent(frame: TabEvent): void
  /** What `session/hello` compares; undefined before the first synchronisation. */
  hello(): HelloBody | undefined
  /** The server has more than this client knows. */
  onLag(): void
  onEnd(reason: EndReason): void
  /** A frame that is not of this protocol's shape was dropped. */
  onBadFrame(cause: unknown): void
  /** What it takes to come back as this session changed. */
  onCredentials?(): void
}

export interface ConnectionOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly url: string
  readonly sdkAppId: number
  readonly userId: string
  readonly userSig: string
  readonly platform: string
  readonly getUserSig: GetUserSig | undefined
  /** Requests that were made before this connection; default none. */
  readonly table?: RequestTable
  /** A session to come back to; default none. */
  readonly session?: Credentials['session']
  readonly hooks: ConnectionHooks
}

/** First close code after which a client must not come back by itself (wire.ts). */
const FINAL_CLOSE = 4500

const KICK_TYPES: readonly KickType[] = [
  'multipleAccount',
  'multipleDevice',
  'userSigExpired',
  'REST_API_Kick',
]

/** Drives the state machine of `connection-state.ts` with a transport and a clock. */
export class Connection implements Line {
  readonly #options: ConnectionOptions
  readonly #table: RequestTable
  readonly #renewal: Renewal | undefined
  readonly #heartbeat: Heartbeat
  #state: State = { at: 'idle' }
  #link: Link | undefined
  #cancelTimer: Cancel | undefined
  #userSig: string
  #session: Credentials['session']
  #serverOffset = 0
  #ending: EndReason = { why: 'stopped' }
  #net: NetState = 'disconnected'
  /** The app logs out: the server closing the socket is no surprise. */
  #leaving = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#userSig = options.userSig
    this.#session = options.session
    this.#table = options.table ?? new RequestTable(options.clock)
    this.#table.through(text => {
      this.#link?.send(text)
      this.#heartbeat.watch()
    })
    this.#heartbeat = new Heartbeat({
      clock: options.clock,
      call: (cmd, body) => this.call(cmd, body, { urgent: true, timeout: OPEN_TIMEOUT }),
      waitingSince: () => this.#table.waitingSince,
      hello: () => options.hooks.hello(),
      onAnswer: reply => {
        this.#serverOffset = Number(reply.ServerTimeMs) - options.clock.now()
        if (reply.Lag === 1) options.hooks.onLag()
      },
      onStale: () => this.#take({ is: 'stale' }),
    })
    this.#renewal = options.getUserSig
      ? new Renewal({ clock: options.clock, serverNow: () => this.serverNow(), renew: () => this.#renew() })
      : undefined
  }

  /** The server's clock, Unix milliseconds, as far as its last answer told. */
  serverNow(): number {
    return this.#options.clock.now() + this.#serverOffset
  }

  start(): void {
    this.#take({ is: 'start' })
  }

  /** Ends at once, without a word to the server. */
  stop(): void {
    this.#ending = { why: 'stopped' }
    this.#take({ is: 'stop' })
  }

  /** Ends the session on the server too, when it can be reached quickly. */
  async logout(): Promise<void> {
    if (this.#state.at === 'online' || this.#state.at === 'draining') {
      this.#leaving = true
      await this.#table
        .call('session/logout', {}, { urgent: true, timeout: LOGOUT_TIMEOUT })
        .catch(() => undefined)
    }
    this.stop()
  }

  wake(): void {
    this.#heartbeat.probe()
    this.#take({ is: 'nudge' })
  }

  get credentials(): Credentials {
    return { userSig: this.#userSig, session: this.#session }
  }

  /** Milliseconds by which the server's clock is ahead. */
  get serverOffset(): number {
    return this.#serverOffset
  }

  /** The server's answer as it is, also a refusal. */
  request(cmd: string, body: unknown, options?: CallOptions): Promise<ReplyBody> {
    return this.#table.call(cmd, body, options)
  }

  /** The answer's fields, or a {@link ChatError} with the server's code. */
  async call(cmd: string, body: unknown, options?: CallOptions): Promise<ReplyBody> {
    return accepted(await this.request(cmd, body, options))
  }

  #take(input: Input): void {
    const before = this.#state
    const { state, effects } = step(before, input, () => this.#options.clock.random())
    this.#state = state
    const wasOnline = before.at === 'online' || before.at === 'draining'
    const isOnline = state.at === 'online' || state.at === 'draining'
    for (const effect of effects) this.#act(effect)
    if (before.at === 'entering' && !isOnline) this.#table.lost()
    if (wasOnline && !isOnline) {
      this.#heartbeat.stop()
      this.#table.lost()
      this.#options.hooks.onOffline()
    }
    if (state.at === 'ended') {
      if (before.at !== 'ended') this.#finish()
      return
    }
    const net = netStateOf(state)
    if (net !== this.#net) {
      this.#net = net
      this.#options.hooks.onNet(net)
    }
  }

  #act(effect: Effect): void {
    switch (effect.do) {
      case 'open':
        this.#open()
        return
      case 'close':
        this.#link?.close()
        this.#link = undefined
        return
      case 'enter':
        this.#enter()
        return
      case 'refresh':
        void this.#refresh()
        return
      case 'timer':
        this.#cancelTimer?.()
        this.#cancelTimer = this.#options.clock.after(effect.ms, () => this.#take({ is: 'timer' }))
        return
      case 'untimer':
        this.#cancelTimer?.()
    }
  }

  #open(): void {
    const link: Link = this.#options.transport.open(this.#options.url, {
      onOpen: () => {
        if (this.#link === link) this.#take({ is: 'opened' })
      },
      onFrame: text => {
        if (this.#link === link) this.#onFrame(text)
      },
      onClose: (code, reason) => {
        if (this.#link === link) this.#onClose(code, reason)
      },
    })
    this.#link = link
  }

  #onClose(code: number, reason: string): void {
    this.#link = undefined
    const final = code >= FINAL_CLOSE && code < FINAL_CLOSE + 100
    if (final && !this.#leaving && this.#ending.why === 'stopped') {
      const text = `The server ended the session (${code}${reason ? `, ${reason}` : ''}). Log in again.`
      this.#ending = { why: 'closed', error: new ChatError(ErrorCode.NETWORK_ERROR, text) }
    }
    this.#take({ is: 'closed', final })
  }

  #enter(): void {
    const { sdkAppId, userId, platform } = this.#options
    const body = {
      sdkappid: sdkAppId,
      identifier: userId,
      usersig: this.#userSig,
      platform,
      ...(this.#session && { session: this.#session }),
    }
    this.#table
      .call('session/login', body, {
        urgent: true,
        timeout: OPEN_TIMEOUT,
        onReply: reply => this.#onLoginReply(reply),
      })
      // The machine's own timer and the close event stand for a login without an answer.
      .catch(() => undefined)
    // The server raises the generation with every login; if this answer is lost, the next try must not be below it.
    if (this.#session) this.#session = { ...this.#session, generation: this.#session.generation + 1 }
  }

  #onLoginReply(reply: ReplyBody): void {
    if (this.#state.at !== 'entering') return
    if (reply.ErrorCode !== 0) {
      const kick = kickOf(reply)
      if (kick) {
        this.#onKicked(kick, reply.ErrorInfo)
        return
      }
      const afterMs = reply.ErrorDetail?.retryAfterMs ?? 0
      this.#ending = { why: 'refused', error: refusal(reply) }
      const verdict = verdictOf(reply.ErrorCode, afterMs, this.#options.getUserSig !== undefined)
      this.#take({ is: 'refused', verdict, afterMs })
      return
    }
    const answer = reply as unknown as LoginAnswer
    this.#session = { id: answer.SessionId, generation: answer.Generation, token: answer.SessionToken }
    this.#serverOffset = answer.ServerTimeMs - this.#options.clock.now()
    this.#ending = { why: 'stopped' }
    this.#renewal?.schedule({ issuedAt: answer.IssuedAt, expiresAt: answer.ExpiresAt })
    this.#take({ is: 'accepted' })
    this.#table.opened(answer.MaxFrameBytes)
    this.#heartbeat.start(answer.HelloInterval, answer.SilenceLimit)
    this.#options.hooks.onOnline(answer)
  }

  #onFrame(text: string): void {
    this.#heartbeat.heard()
    const frame = parseFrame(text)
    if (!frame) return
    try {
      this.#read(frame)
    } catch (cause) {
      this.#options.hooks.onBadFrame(cause)
    }
  }

  #read(frame: InFrame): void {
    if ('id' in frame) {
      this.#table.onReply(frame)
      return
    }
    switch (frame.ev) {
      case 'kicked':
        this.#onKicked(frame.Type, frame.Info)
        return
      case 'drain':
        this.#take({ is: 'drain', withinMs: Number(frame.ReconnectWithinMs) || 0 })
        return
      case 'expiring':
        this.#renewal?.hurry(frame.SpreadSeconds)
        return
      default:
        this.#options.hooks.onEvent(frame)
    }
  }

  #onKicked(type: KickType, info: string): void {
    this.#ending = { why: 'kicked', type, info }
    // The session is over on the server: a renewed login is a new one.
    this.#session = undefined
    const renewable = type === 'userSigExpired' && this.#options.getUserSig !== undefined
    this.#take({ is: 'kicked', renewable })
  }

  async #refresh(): Promise<void> {
    try {
      this.#userSig = await this.#fetchUserSig()
      this.#take({ is: 'ticket' })
    } catch {
      this.#take({ is: 'noTicket' })
    }
  }

  async #renew(): Promise<{ issuedAt: number; expiresAt: number }> {
    const usersig = await this.#fetchUserSig()
    // Kept even if the renewal fails: the next login brings it.
    this.#userSig = usersig
    const reply = await this.call('session/renew', { usersig }, { urgent: true })
    const serverTimeMs = Number(reply.ServerTimeMs)
    this.#serverOffset = serverTimeMs - this.#options.clock.now()
    this.#options.hooks.onCredentials?.()
    return { issuedAt: serverTimeMs / 1000, expiresAt: Number(reply.ExpiresAt) }
  }

  #fetchUserSig(): Promise<string> {
    return fetchUserSig(this.#options.getUserSig, this.#options.userId, this.#options.clock)
  }

  #finish(): void {
    this.#cancelTimer?.()
    this.#heartbeat.stop()
    this.#renewal?.stop()
    this.#link?.close()
    this.#link = undefined
    this.#options.hooks.onEnd(this.#ending)
    this.#table.end(sessionOver())
  }
}

export const sessionOver = (): ChatError =>
  new ChatError(ErrorCode.SDK_NOT_READY, 'The session is over. Log in again.')

/** A session that ended while its client was away: its login is answered with how it ended. */
function kickOf(reply: ReplyBody): KickType | undefined {
  if (reply.ErrorCode !== ErrorCode.LOGIN_STATE_INVALID) return undefined
  const ended = reply.ErrorDetail?.ended
  return KICK_TYPES.find(type => type === ended)
}

/** The answer, unless it is a refusal. */
export function accepted(reply: ReplyBody): ReplyBody {
  if (reply.ActionStatus === 'FAIL' || (reply.ErrorCode !== 0 && reply.ActionStatus !== 'OK'))
    throw refusal(reply)
  return reply
}

export function refusal(reply: ReplyBody): ChatError {
  const data = reply.ErrorDetail ? { detail: reply.ErrorDetail } : {}
  return new ChatError(
    Number(reply.ErrorCode) || ErrorCode.SDK_INTERNAL_ERROR,
    reply.ErrorInfo || `Refused with code ${reply.ErrorCode}.`,
    data,
  )
}

type InFrame = ReplyFrame | EventFrame

/** Undefined for what is no frame of this protocol: a newer server may say more than we know. */
function parseFrame(text: string): InFrame | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  if ('id' in value && typeof value.id === 'number' && 'body' in value && isContent(value.body))
    return value as ReplyFrame
  if ('ev' in value && typeof value.ev === 'string') return value as EventFrame
  return undefined
}
