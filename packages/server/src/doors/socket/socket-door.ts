import { ErrorCode } from '@rookery/protocol/error-code'
import { CloseCode } from '@rookery/protocol/wire'
import { CommandError } from '../../commands/command-error.ts'
import type { CommandTable } from '../../commands/command-table.ts'
import { execute, failure } from '../../commands/execute.ts'
import { familyOf } from '../../commands/families.ts'
import { requestChecker, withinDepth } from '../../commands/request-check.ts'
import type { Services } from '../../commands/services.ts'
import { checkTicket } from '../../login/check-ticket.ts'
import { disconnectSession, expireSession, logoutSession, renewSession } from '../../login/end-session.ts'
import type { FailureLimit } from '../../login/failure-limit.ts'
import type { SessionControl } from '../../login/session-control.ts'
import { memberText } from '../../messages/message-body.ts'
import { DeviceSocket, type LiveSession, type Socket } from './device-socket.ts'
import { kickedFrame, type SocketHub } from './socket-hub.ts'
import { loginRequest, overFailureLimit, socketLogin } from './socket-login.ts'
import { TimerWheel } from './timer-wheel.ts'

/** The warning comes this long before the end at most, and in the last tenth of a short session. */
const WARN_SECONDS = 600
const WARN_SHARE = 0.1
/** Frames of a socket that waits for its login; a client sends one. */
const PENDING_LOGIN_FRAMES = 1

interface RequestFrame {
  readonly id: number
  readonly cmd: string
  readonly body: unknown
}

const checkLogin = requestChecker({
  schema: loginRequest,
  badParameter: ErrorCode.ACCOUNT_PARAMETER_INVALID,
  spellings: {},
})

export interface SocketDoorParts {
  readonly services: Services
  readonly table: CommandTable
  readonly hub: SocketHub
  readonly failures: FailureLimit
}

/**
 * The WebSocket door (docs/wire-protocol.md): login first, then commands of the table that are open to it. Everything that a
 * client can make the server hold is bounded by `session.*` settings (DESIGN-SECURITY 6).
 */
export class SocketDoor implements SessionControl {
  readonly #services: Services
  readonly #table: CommandTable
  readonly #hub: SocketHub
  readonly #failures: FailureLimit
  readonly #wheel = new TimerWheel()
  readonly #bySession = new Map<string, DeviceSocket>()
  /** Sockets that are open, logged in or not. */
  readonly #open = new Set<DeviceSocket>()
  #draining = false

  constructor(parts: SocketDoorParts) {
    this.#services = parts.services
    this.#table = parts.table
    this.#hub = parts.hub
    this.#failures = parts.failures
  }

  opened(socket: Socket): void {
    const device = socket.data
    device.socket = socket
    this.#open.add(device)
    device.wake = now => this.#wake(device, now)
    this.#wheel.schedule(device, device.openedAt + this.#services.settings['session.loginSeconds'])
    this.#services.metrics.sockets.inc({ state: 'open' })
  }

  closed(socket: Socket): void {
    const device = socket.data
    this.#open.delete(device)
    this.#wheel.remove(device)
    this.#services.metrics.sockets.dec({ state: 'open' })
    device.socket = undefined
    const session = device.last
    device.state = { kind: 'closing' }
    if (session) this.#detach(device, session)
  }

  async received(socket: Socket, data: string | Buffer): Promise<void> {
    const device = socket.data
    this.#services.metrics.frames.inc({ direction: 'in' })
    if (device.state.kind === 'closing') return
    const text = typeof data === 'string' ? data : undefined
    const frame = text === undefined ? undefined : readFrame(text)
    if (text === undefined || !frame) {
      device.close(
        CloseCode.BAD_FRAME,
        'a frame is one JSON text {"id":number,"cmd":string,"body":object}, nested at most 32 levels',
      )
      return
    }
    const now = Math.floor(Date.now() / 1000)
    device.lastFrameAt = now
    if (device.state.kind === 'live') await this.#command(device, device.state.session, frame, text, now)
    else await this.#login(device, frame, text)
  }

  /** Tells every client to go elsewhere, spread over `withinMs`. */
  drain(withinMs: number): void {
    this.#draining = true
    const frame = JSON.stringify({ ev: 'drain', ReconnectWithinMs: withinMs })
    for (const device of this.#open) device.send(frame)
  }

  closeAll(): void {
    for (const device of [...this.#open]) device.close(CloseCode.DRAIN, 'the server is stopping')
    this.#wheel.stop()
  }

  /** True while a command of any client is being carried out. */
  get busy(): boolean {
    for (const device of this.#open) if (device.inFlight > 0) return true
    return false
  }

  async renew(sessionId: string, userSig: string): Promise<number> {
    const device = this.#bySession.get(sessionId)
    const session = device?.live
    if (!device || !session)
      throw new CommandError(ErrorCode.LOGIN_STATE_INVALID, 'The session was ended; log in again explicitly.')
    const { caller } = session
    const now = Math.floor(Date.now() / 1000)
    const { ticket } = await this.#counted(caller.app.id, caller.userId, caller.address, () =>
      checkTicket(
        this.#services.apps,
        { app: caller.app.id, userId: caller.userId, userSig },
        { unknownApp: ErrorCode.SDKAPPID_UNKNOWN, now },
      ),
    )
    const { expires } = await this.#services.store.mutate(renewSession, {
      ticket,
      account: caller.accountId,
      session: sessionId,
    })
    session.expires = expires
    session.issued = ticket.issued
    session.keyId = ticket.keyId
    session.warned = false
    this.#wheel.schedule(device, this.#nextWake(device, session))
    return expires
  }

  async logout(sessionId: string): Promise<void> {
    const device = this.#bySession.get(sessionId)
    const session = device?.live
    if (!device || !session) return
    await this.#services.store.mutate(logoutSession, {
      app: session.caller.app.id,
      account: session.caller.accountId,
      session: sessionId,
      platform: session.platform,
    })
    session.loggedOut = true
  }

  expiresAt(sessionId: string): number {
    return this.#bySession.get(sessionId)?.live?.expires ?? 0
  }

  async #login(device: DeviceSocket, frame: RequestFrame, text: string): Promise<void> {
    const { settings } = this.#services
    if (text.length > settings['session.frameBytesBeforeLogin'] || frame.cmd !== 'session/login') {
      device.close(CloseCode.BAD_FRAME, 'the first frame must be session/login, of at most 16 KiB')
      return
    }
    if (device.state.kind === 'logging-in') {
      device.close(CloseCode.TOO_MUCH, `only ${PENDING_LOGIN_FRAMES} frame before the answer to the login`)
      return
    }
    device.state = { kind: 'logging-in' }
    device.inFlight = 1
    try {
      const body = checkLogin(frame.body ?? {}, text) as Parameters<typeof socketLogin>[1]
      const { session, answer } = await this.#counted(body.sdkappid, body.identifier, device.address, () =>
        socketLogin(this.#services, body, device.address, Date.now()),
      )
      this.#services.metrics.logins.inc({ code: 0 })
      this.#begin(device, session, reply(frame.id, success(answer)))
    } catch (error) {
      const failed = failure(familyOf('session/login'), error, this.#services, 'session/login')
      this.#services.metrics.logins.inc({ code: failed.code })
      this.#refuse(device, frame.id, failed.text)
    } finally {
      device.inFlight = 0
    }
  }

  #begin(device: DeviceSocket, session: LiveSession, answer: string): void {
    if (!device.socket) {
      this.#disconnect(session)
      return
    }
    device.state = { kind: 'live', session }
    // The answer goes first: a kick that came meanwhile follows it.
    device.send(answer)
    this.#bySession.set(session.caller.sessionId, device)
    if (!this.#hub.add(device)) return
    device.last = session
    this.#services.metrics.sockets.inc({ state: 'live' })
    if (this.#draining) device.send('{"ev":"drain","ReconnectWithinMs":1000}')
    this.#wheel.schedule(device, this.#nextWake(device, session))
  }

  #refuse(device: DeviceSocket, id: number, text: string): void {
    if (!device.socket) return
    device.state = { kind: 'new' }
    device.send(reply(id, text))
    if (++device.failedLogins >= this.#services.settings['session.failedLoginsMax'])
      device.close(CloseCode.LOGIN_REFUSED, 'too many refused logins on this connection')
  }

  async #command(
    device: DeviceSocket,
    session: LiveSession,
    frame: RequestFrame,
    text: string,
    now: number,
  ): Promise<void> {
    const refusal = this.#overBudget(device, text, now)
    if (refusal) {
      device.send(reply(frame.id, failure(undefined, refusal, this.#services, frame.cmd).text))
      return
    }
    const ready = this.#table.find(frame.cmd)
    if (!ready?.checks.socket) {
      const unknown = new CommandError(
        ErrorCode.INVALID_RES,
        `${frame.cmd.slice(0, 100)} is not a command of the SDK; see /docs for those that are.`,
      )
      device.send(reply(frame.id, failure(undefined, unknown, this.#services, frame.cmd).text))
      return
    }
    device.inFlight++
    const start = performance.now()
    try {
      const done = await execute(
        ready,
        session.caller,
        {
          body: frame.body ?? {},
          text,
          bodyText: () => memberText(text, 'body') ?? JSON.stringify(frame.body),
        },
        this.#services,
      )
      this.#services.metrics.commands.inc({ door: 'socket', command: ready.command.name, code: done.code })
      this.#services.metrics.commandSeconds.observe({ door: 'socket' }, (performance.now() - start) / 1000)
      device.send(reply(frame.id, done.text))
      if (session.loggedOut) device.close(CloseCode.ENDED, 'logout')
    } finally {
      device.inFlight--
    }
  }

  #overBudget(device: DeviceSocket, text: string, now: number): CommandError | undefined {
    const { settings } = this.#services
    if (device.second !== now) {
      device.second = now
      device.framesInSecond = 0
    }
    device.framesInSecond++
    if (device.inFlight >= settings['session.inFlightMax'])
      return new CommandError(
        ErrorCode.SERVICE_OVERLOAD,
        `${settings['session.inFlightMax']} commands of this session are under way; wait for an answer first.`,
        { check: 'in-flight', retryAfterMs: 100 },
      )
    const perSecond = settings['session.commandsPerSec']
    if (perSecond > 0 && device.framesInSecond > perSecond)
      return new CommandError(
        ErrorCode.SERVICE_OVERLOAD,
        `More than ${perSecond} commands in a second; send them slower.`,
        { check: 'commands-per-second', retryAfterMs: 1000 },
      )
    if (Buffer.byteLength(text) > settings['session.frameBytes'])
      return new CommandError(
        ErrorCode.BODY_SIZE_LIMIT,
        `A frame has at most ${settings['session.frameBytes']} bytes.`,
      )
    return undefined
  }

  /** Runs a check of a ticket; counts a refusal, and over the limit answers that instead. */
  async #counted<T>(app: number, userId: string, address: string, check: () => Promise<T>): Promise<T> {
    try {
      return await check()
    } catch (error) {
      const perMinute = this.#services.settings['usersig.failuresPerMinute']
      if (
        error instanceof CommandError &&
        this.#failures.exceeded(app, userId, address, perMinute, Date.now())
      )
        throw overFailureLimit()
      throw error
    }
  }

  #wake(device: DeviceSocket, now: number): number | undefined {
    const session = device.live
    if (!session) {
      const deadline = device.openedAt + this.#services.settings['session.loginSeconds']
      if (now < deadline) return deadline
      device.close(CloseCode.LOGIN_TIMEOUT, 'no login came in time')
      return undefined
    }
    if (now > session.expires) {
      this.#expire(device, session)
      return undefined
    }
    if (now >= device.lastFrameAt + session.silenceLimit) {
      device.close(CloseCode.SILENT, 'no frame came for too long')
      return undefined
    }
    if (!session.warned && now >= warnAt(session)) {
      session.warned = true
      const spread = Math.max(1, Math.floor((session.expires - now) / 2))
      device.send(JSON.stringify({ ev: 'expiring', ExpiresAt: session.expires, SpreadSeconds: spread }))
    }
    return this.#nextWake(device, session)
  }

  /** A rotation may bring the end nearer: look again. */
  wakeSoon(): void {
    for (const device of this.#hub.all()) {
      const session = device.live
      if (session) this.#wheel.schedule(device, this.#nextWake(device, session))
    }
  }

  #nextWake(device: DeviceSocket, session: LiveSession): number {
    const silent = device.lastFrameAt + session.silenceLimit
    return Math.min(silent, session.warned ? session.expires + 1 : warnAt(session))
  }

  #expire(device: DeviceSocket, session: LiveSession): void {
    const info = 'The UserSig ended; get a new one from the app server and log in again.'
    device.send(kickedFrame('userSigExpired', info))
    device.close(CloseCode.ENDED, 'userSigExpired')
    const { app, accountId, sessionId } = session.caller
    this.#inBackground(
      this.#services.store.mutate(expireSession, { app: app.id, account: accountId, session: sessionId }),
    )
  }

  #detach(device: DeviceSocket, session: LiveSession): void {
    const { app, accountId, sessionId } = session.caller
    this.#hub.remove(device, app.id, accountId)
    this.#services.metrics.sockets.dec({ state: 'live' })
    if (this.#bySession.get(sessionId) === device) this.#bySession.delete(sessionId)
    if (!session.loggedOut) this.#disconnect(session)
  }

  #disconnect(session: LiveSession): void {
    const { app, accountId, sessionId } = session.caller
    this.#inBackground(
      this.#services.store.mutate(disconnectSession, {
        app: app.id,
        account: accountId,
        session: sessionId,
        generation: session.generation,
        platform: session.platform,
      }),
    )
  }

  /** Nobody waits for it: the state it writes is also found out from the lease of this process. */
  #inBackground(write: Promise<unknown>): void {
    write.catch(error => this.#services.log.warn({ err: error }, 'A session change could not be stored.'))
  }
}

function warnAt(session: LiveSession): number {
  const lead = Math.min(WARN_SECONDS, Math.ceil((session.expires - session.issued) * WARN_SHARE))
  return session.expires - lead
}

function readFrame(text: string): RequestFrame | undefined {
  if (!withinDepth(text)) return undefined
  try {
    const frame = JSON.parse(text) as Partial<RequestFrame> | null
    if (typeof frame !== 'object' || frame === null) return undefined
    return Number.isSafeInteger(frame.id) && typeof frame.cmd === 'string'
      ? (frame as RequestFrame)
      : undefined
  } catch {
    return undefined
  }
}

function reply(id: number, body: string): string {
  return `{"id":${id},"body":${body}}`
}

function success(answer: object): string {
  return `{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"",${JSON.stringify(answer).slice(1)}`
}

/** A socket that a listener accepted. */
export function newDevice(address: string): DeviceSocket {
  return new DeviceSocket(address, Math.floor(Date.now() / 1000))
}
