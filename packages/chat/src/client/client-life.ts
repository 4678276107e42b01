import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError, ok, type Result } from '../chat-error.ts'
import type { Clock } from '../clock.ts'
import { fetchUserSig, type GetUserSig } from '../connection/user-sig.ts'
import { EVENT } from '../constants/event.ts'
import { Emitter, type Handler, type LooseHandler } from '../emitter.ts'
import type { EventData, TypedEvent } from '../event-data.ts'
import { Log } from '../log.ts'
import { textOf } from '../messages/content.ts'
import { LocalFiles } from '../messages/local-files.ts'
import type { Message } from '../messages/message.ts'
import { type Author, NOBODY } from '../messages/message-factory.ts'
import type { Tabs } from '../tabs/tabs.ts'
import { endpointOf } from '../transport/endpoint.ts'
import type { Transport } from '../transport/transport.ts'
import type { LooseText, Untyped } from '../untyped.ts'
import { experimentalApi } from './experimental-api.ts'
import { Session, type SessionEnd } from './session.ts'

/** Options of `create`. Kits pass many more: unknown ones are ignored. */
export interface CreateOptions {
  readonly SDKAppID: number
  /** Where the server is: `wss://host`, `ws://host:port`, or the same with `https` or `http`. */
  readonly proxyServer?: LooseText | undefined
  /** Taken and not needed yet: the base of uploads, the host of downloads, a tag for the vendor's statistics. */
  readonly fileUploadProxy?: LooseText | undefined
  readonly fileDownloadProxy?: LooseText | undefined
  readonly scene?: LooseText | undefined
  /** Not in the original: asked for a new UserSig when the running one nears its end or is refused. */
  readonly getUserSig?: GetUserSig | undefined
  /** Not in the original: what the multi-device rules see, default `Web`. */
  readonly platform?: 'Web' | 'Android' | 'iPhone' | 'iPad' | 'Windows' | 'Mac' | 'Linux' | undefined
}

/** How the client reaches the world. */
export interface Runtime {
  readonly transport: Transport
  readonly clock: Clock
  /** Undefined: this client has a socket of its own. */
  readonly tabs?: Tabs | undefined
}

export interface LoginData {
  readonly actionStatus: 'OK'
  readonly errorCode: 0
  readonly errorInfo: string
  /** This user was logged in already: nothing was done. */
  readonly repeatLogin: boolean
  readonly tinyID: string
}

const REASONS: Readonly<Record<number, string>> = {
  [ErrorCode.NOT_READY_LOGGING_IN]: 'the login is still running: wait for the event SDK_READY',
  [ErrorCode.NOT_READY_LOGIN_FAILED]: 'the login failed: log in again',
  [ErrorCode.NOT_READY_KICKED_DEVICE]: 'this account logged in on another terminal: log in again',
  [ErrorCode.NOT_READY_KICKED_INSTANCE]: 'this account logged in on another web page: log in again',
  [ErrorCode.NOT_READY_USERSIG_EXPIRED]: 'the UserSig ended: log in with a new one',
  [ErrorCode.NOT_READY_LOGGED_OUT]: 'logged out: log in again',
  [ErrorCode.NOT_READY_KICKED_REST]: 'an app admin ended the session: log in again',
}

const CANCELLED = 'The login was cancelled by logout or destroy.'

/** The life of a client: login and logout, listeners, and the session in between. Sources: sdk-1 sections 2 and 3. */
export class ClientLife {
  readonly #sdkAppId: number
  readonly #runtime: Runtime
  readonly #onDestroy: () => void
  readonly #log = new Log()
  readonly #emitter = new Emitter((name, cause) => {
    this.#log.error(`a listener of ${name} threw (${ErrorCode.CALLBACK_THREW})`, cause)
  })
  readonly #getUserSig: GetUserSig | undefined
  readonly #platform: string
  protected readonly files = new LocalFiles()
  #proxyServer: unknown
  #session: Session | undefined
  #isLoggingIn = false
  /** Counts logins and logouts: a login that another call overtook ends. */
  #lastLogin = 0
  #leaving: Promise<void> | undefined
  #loginUser = ''
  /** Why there is no session: a reason of 2999, or undefined before the first login. */
  #absence: number | undefined

  constructor(options: CreateOptions, runtime: Runtime, onDestroy: () => void) {
    this.#sdkAppId = Number(options.SDKAppID) || 0
    this.#proxyServer = options.proxyServer?.valueOf()
    this.#getUserSig = typeof options.getUserSig === 'function' ? options.getUserSig : undefined
    this.#platform = textOf(options.platform) || 'Web'
    this.#runtime = runtime
    this.#onDestroy = onDestroy
  }

  /** A later `create` may bring the address that the first did not have. */
  adopt(options: CreateOptions | undefined): void {
    this.#proxyServer ||= options?.proxyServer?.valueOf()
  }

  // Life

  /** Resolves before SDK_READY. Rejects 2000, 2002, 2003, 2025, 2801, or with the server's code. */
  async login(options: { readonly userID: string; readonly userSig?: string }): Promise<Result<LoginData>> {
    const userID = textOf(options?.userID)
    if (!this.#sdkAppId) {
      throw new ChatError(
        ErrorCode.SDKAPPID_MISSING,
        'SDKAppID is missing: create({ SDKAppID: <number of your app> }).',
      )
    }
    if (userID === '')
      throw new ChatError(ErrorCode.USERID_MISSING, 'userID is missing: login({ userID, userSig }).')
    let userSig = textOf(options.userSig)
    if (userSig === '' && !this.#getUserSig) {
      throw new ChatError(
        ErrorCode.USERSIG_MISSING,
        'userSig is missing. Let your own server sign one for this userID.',
      )
    }
    if (this.#isLoggingIn) {
      throw new ChatError(ErrorCode.LOGIN_IN_PROGRESS, 'A login is already running. Wait until it is done.')
    }
    if (this.#session?.userID === userID) return ok(loginData(this.#session.author.tinyID, true))
    const url = endpointOf(this.#proxyServer)
    this.#isLoggingIn = true
    const login = ++this.#lastLogin
    try {
      if (this.#session) await this.#leave()
      this.#absence = ErrorCode.NOT_READY_LOGGING_IN
      await this.#leaving
      if (userSig === '') userSig = await fetchUserSig(this.#getUserSig, userID, this.#runtime.clock)
      if (login !== this.#lastLogin) throw new ChatError(ErrorCode.NOT_LOGGED_IN, CANCELLED)
      return await this.#enter(userID, userSig, url)
    } catch (cause) {
      if (login === this.#lastLogin) this.#absence = ErrorCode.NOT_READY_LOGIN_FAILED
      throw cause
    } finally {
      this.#isLoggingIn = false
    }
  }

  async #enter(userID: string, userSig: string, url: string): Promise<Result<LoginData>> {
    const session: Session = new Session({
      ...this.#runtime,
      url,
      sdkAppId: this.#sdkAppId,
      userID,
      userSig,
      platform: this.#platform,
      getUserSig: this.#getUserSig,
      files: this.files,
      emit: event => {
        if (this.#session === session) this.#emitter.emit(event)
      },
      isHeard: name => this.#emitter.has(name),
      onEnd: end => this.#ended(session, end),
    })
    this.#absence = ErrorCode.NOT_READY_LOGGING_IN
    this.#session = session
    try {
      const answer = await session.login()
      if (this.#session === session) this.#loginUser = userID
      return ok(loginData(answer.TinyID, false))
    } catch (cause) {
      if (this.#session === session) this.#session = undefined
      throw cause
    }
  }

  /** Resolves `{code: 0, data: {}}`, which the original declares void. Leaves with this instance only. Emits SDK_NOT_READY when there was a session. */
  async logout(): Promise<Untyped> {
    // A login that waits for a UserSig is cancelled too.
    this.#lastLogin += 1
    await this.#leave()
    return ok({})
  }

  async #leave(): Promise<void> {
    if (this.#absence !== undefined) this.#absence = ErrorCode.NOT_READY_LOGGED_OUT
    const session = this.#session
    if (!session) return
    this.#session = undefined
    this.#loginUser = ''
    this.#leaving = session.logout().then(() => this.#emitter.emit({ name: EVENT.SDK_NOT_READY }))
    await this.#leaving
  }

  /** Logs out and frees the instance: the next `create` makes a new one. */
  async destroy(): Promise<Untyped> {
    this.#onDestroy()
    await this.logout()
    this.#absence = undefined
    this.#emitter.clear()
    return ok({})
  }

  #ended(session: Session, end: SessionEnd): void {
    if (this.#session !== session) return
    this.#session = undefined
    this.#loginUser = ''
    this.#absence = end.reason
    if (end.error) {
      this.#emitter.emit({ name: EVENT.ERROR, data: { code: end.error.code, message: end.error.message } })
    }
    if (end.kick) this.#emitter.emit({ name: EVENT.KICKED_OUT, data: { type: end.kick } })
    this.#emitter.emit({ name: EVENT.SDK_NOT_READY })
  }

  isReady(): boolean {
    return this.#session?.isReady ?? false
  }

  getLoginUser(): string {
    return this.#loginUser
  }

  /** Unix seconds. */
  getServerTime(): number {
    return Math.floor((this.#session?.serverNow ?? this.#runtime.clock.now()) / 1000)
  }

  /** `handler` is called with `context` as `this` and one argument, `{name, data}`. Nothing is replayed. */
  on<N extends keyof EventData>(name: N, handler: (event: TypedEvent<N>) => void, context?: unknown): void
  on(name: string, handler: LooseHandler, context?: unknown): void
  on(name: string, handler: LooseHandler, context?: unknown): void {
    this.#emitter.on(name, handler as Handler, context)
  }

  off<N extends keyof EventData>(name: N, handler: (event: TypedEvent<N>) => void, context?: unknown): void
  off(name: string, handler: LooseHandler, context?: unknown): void
  off(name: string, handler: LooseHandler, context?: unknown): void {
    this.#emitter.off(name, handler as Handler, context)
  }

  /** Accepted and not needed: everything is in this package. */
  registerPlugin(_plugins?: unknown): void {}

  /** Accepted and not needed: everything is in this package. */
  use(_plugin?: unknown, _subPlugins?: unknown): void {}

  setLogLevel(level: number): void {
    this.#log.setLevel(level)
  }

  /** Never throws. A plain boolean for `canIUseModule`, a promise of `{code, data}` for all else. */
  callExperimentalAPI(key: string, argument?: unknown): unknown {
    return experimentalApi(key, argument)
  }

  protected get session(): Session | undefined {
    return this.#session
  }

  protected get author(): Author {
    return this.#session?.author ?? NOBODY
  }

  /** Throws 2024 before the first login, else 2999 with the reason. */
  protected ready(message?: Message): Session {
    const session = this.#session
    if (session?.isReady) return session
    const data = message === undefined ? {} : { message }
    const absence = session ? ErrorCode.NOT_READY_LOGGING_IN : this.#absence
    if (absence === undefined) {
      throw new ChatError(
        ErrorCode.NOT_LOGGED_IN,
        'Not logged in: call login, then wait for the event SDK_READY.',
        data,
      )
    }
    throw new ChatError(ErrorCode.SDK_NOT_READY, `The SDK is not ready (${absence}): ${REASONS[absence]}.`, {
      ...data,
      reason: absence,
    })
  }
}

function loginData(tinyID: string, repeatLogin: boolean): LoginData {
  const errorInfo = repeatLogin ? 'This user is already logged in on this instance.' : ''
  return { actionStatus: 'OK', errorCode: 0, errorInfo, repeatLogin, tinyID }
}
