import { ErrorCode } from '@rookery/protocol/error-code'
import { CloseCode, type RequestFrame } from '@rookery/protocol/wire'
import { CommandError } from '../../commands/command-error.ts'
import type { CommandTable } from '../../commands/command-table.ts'
import { type Executed, execute, failure } from '../../commands/execute.ts'
import { type Family, familyOf } from '../../commands/families.ts'
import { requestChecker } from '../../commands/request-check.ts'
import type { Services } from '../../commands/services.ts'
import type { FailureLimit } from '../../login/failure-limit.ts'
import { memberText } from '../../messages/message-body.ts'
import { behindError } from '../behind.ts'
import { DeviceSocket, type LiveSession, type Peer, type Socket } from './device-socket.ts'
import type { LiveSessions } from './live-sessions.ts'
import { exceeds, idOfLargeFrame, readFrame } from './request-frame.ts'
import { countFrame, frameTooLarge, overBudget } from './session-budget.ts'
import { loginRequest, socketLogin } from './socket-login.ts'

const checkLogin = requestChecker({
  schema: loginRequest,
  badParameter: ErrorCode.ACCOUNT_PARAMETER_INVALID,
  spellings: {},
})

const LOGIN_FAMILY = familyOf('session/login')
const BAD_FRAME =
  'a frame is one JSON text {"id":number,"cmd":string,"body":object}, nested at most 32 levels'
const closeNames = new Map<number, string>(
  Object.entries(CloseCode).map(([name, code]) => [code, name.toLowerCase()]),
)

export interface SocketDoorParts {
  readonly services: Services
  readonly table: CommandTable
  readonly sessions: LiveSessions
  readonly failures: FailureLimit
}

/**
 * The WebSocket door (docs/wire-protocol.md): login first, then commands of the table that are open to it. Everything that a
 * client can make the server hold is bounded by `session.*` settings (DESIGN-SECURITY 6).
 */
export class SocketDoor {
  readonly #services: Services
  readonly #table: CommandTable
  readonly #sessions: LiveSessions
  readonly #failures: FailureLimit
  /** Sockets that are open, logged in or not. */
  readonly #open = new Set<DeviceSocket>()
  #drainFrame: string | undefined

  constructor(parts: SocketDoorParts) {
    this.#services = parts.services
    this.#table = parts.table
    this.#sessions = parts.sessions
    this.#failures = parts.failures
  }

  /** What a listener attaches to a socket that it accepts. */
  device(peer: Peer): DeviceSocket {
    return new DeviceSocket(peer, this.#services.metrics.frames, Math.floor(Date.now() / 1000))
  }

  opened(socket: Socket): void {
    const device = socket.data
    device.socket = socket
    this.#open.add(device)
    this.#sessions.expectLogin(device)
    this.#services.metrics.sockets.inc({ state: 'open' })
  }

  closed(socket: Socket, code: number): void {
    const device = socket.data
    this.#open.delete(device)
    const { metrics } = this.#services
    metrics.sockets.dec({ state: 'open' })
    metrics.socketCloses.inc({ reason: closeNames.get(code) ?? 'client' })
    device.socket = undefined
    device.state = { kind: 'closing' }
    this.#sessions.gone(device)
  }

  received(socket: Socket, data: string | Buffer): void {
    const device = socket.data
    this.#services.metrics.frames.in++
    if (device.state.kind === 'closing') return
    if (typeof data !== 'string') {
      device.close(CloseCode.BAD_FRAME, BAD_FRAME)
      return
    }
    if (device.state.kind === 'live') this.#frame(device, device.state.session, data)
    else void this.#login(device, data)
  }

  /** A WebSocket ping or pong: the connection lives. */
  pinged(socket: Socket): void {
    socket.data.heard(Math.floor(Date.now() / 1000))
  }

  /** Tells every client to go elsewhere, spread over `withinMs`. */
  drain(withinMs: number): void {
    this.#drainFrame = JSON.stringify({ ev: 'drain', ReconnectWithinMs: withinMs })
    for (const device of this.#open) device.send(this.#drainFrame)
  }

  /** The clients come back, here or elsewhere, and resume. */
  closeSockets(reason: string): void {
    for (const device of [...this.#open]) device.close(CloseCode.DRAIN, reason)
  }

  closeAll(): void {
    this.closeSockets('the server is stopping')
    this.#sessions.stop()
  }

  /** True while a command of any client is being carried out. */
  get busy(): boolean {
    for (const device of this.#open) if (device.inFlight > 0) return true
    return false
  }

  /** Before the login nobody is known, so nothing is answered but a login. */
  async #login(device: DeviceSocket, text: string): Promise<void> {
    if (device.state.kind === 'logging-in') {
      device.close(CloseCode.TOO_MUCH, 'wait for the answer to the login before the next frame')
      return
    }
    const max = this.#services.settings['session.frameBytesBeforeLogin']
    const frame = exceeds(text, max) ? undefined : readFrame(text)
    if (frame?.cmd !== 'session/login') {
      device.close(CloseCode.BAD_FRAME, `the first frame must be session/login, of at most ${max} bytes`)
      return
    }
    device.state = { kind: 'logging-in' }
    device.inFlight = 1
    try {
      const behind = behindError(this.#services.store)
      if (behind) throw behind
      const body = checkLogin(frame.body ?? {}, text) as Parameters<typeof socketLogin>[1]
      const services = this.#services
      const claimant = { app: body.sdkappid, userId: body.identifier, address: device.peer.address }
      const perMinute = services.settings['usersig.failuresPerMinute']
      const { session, answer } = await this.#failures.guard(claimant, perMinute, () =>
        socketLogin(services, body, device.peer, Date.now()),
      )
      services.metrics.logins.inc({ code: 0 })
      await this.#sessions.begin(device, session, reply(frame.id, success(answer)))
      if (this.#drainFrame) device.send(this.#drainFrame)
    } catch (error) {
      this.#refuse(device, frame.id, this.#failed(error, LOGIN_FAMILY))
    } finally {
      device.inFlight = 0
    }
  }

  #refuse(device: DeviceSocket, id: number, failed: Executed): void {
    this.#services.metrics.logins.inc({ code: failed.code })
    this.#services.log.debug({ code: failed.code, address: device.peer.address }, 'A login was refused.')
    if (!device.socket) return
    device.state = { kind: 'new' }
    device.send(reply(id, failed.text))
    // No fault of the ticket: whoever comes back after the delay is welcome.
    if (failed.code === ErrorCode.SERVICE_OVERLOAD) return
    if (++device.failedLogins >= this.#services.settings['session.failedLoginsMax'])
      device.close(CloseCode.LOGIN_REFUSED, 'too many refused logins on this connection')
  }

  #frame(device: DeviceSocket, session: LiveSession, text: string): void {
    const { settings } = this.#services
    const now = Math.floor(Date.now() / 1000)
    device.heard(now)
    if (countFrame(device, settings, now)) {
      device.close(CloseCode.TOO_MUCH, 'far too many frames in a second; reconnect later')
      return
    }
    if (exceeds(text, settings['session.frameBytes'])) {
      const id = idOfLargeFrame(text)
      if (id === undefined) device.close(CloseCode.TOO_MUCH, 'the frame is too large')
      else this.#answer(device, id, this.#failed(frameTooLarge(settings['session.frameBytes'])))
      return
    }
    const frame = readFrame(text)
    if (!frame) {
      device.close(CloseCode.BAD_FRAME, BAD_FRAME)
      return
    }
    const refusal = overBudget(device, settings) ?? behindError(this.#services.store)
    if (refusal) this.#answer(device, frame.id, this.#failed(refusal, this.#table.find(frame.cmd)?.family))
    else void this.#command(device, session, frame, text)
  }

  async #command(
    device: DeviceSocket,
    session: LiveSession,
    frame: RequestFrame,
    text: string,
  ): Promise<void> {
    const { metrics } = this.#services
    const ready = this.#table.find(frame.cmd)
    if (!ready?.checks.socket) {
      const unknown = new CommandError(
        ErrorCode.INVALID_RES,
        `${frame.cmd.slice(0, 100)} is not a command of a logged-in client; see /docs for those that are.`,
        { check: 'command' },
      )
      metrics.commands.inc({ door: 'socket', command: 'unknown', code: unknown.code })
      this.#answer(device, frame.id, this.#failed(unknown))
      return
    }
    device.inFlight++
    const start = performance.now()
    try {
      // Settings of the app may have changed since the login.
      const { apps } = this.#services
      const app = apps.known(session.caller.app.id) ?? (await apps.get(session.caller.app.id))
      if (app && app !== session.caller.app) session.caller = { ...session.caller, app }
      const request = {
        body: frame.body ?? {},
        text,
        bodyText: () => memberText(text, 'body') ?? JSON.stringify(frame.body),
        requestId: `${session.caller.sessionId}:${frame.id}`,
      }
      const done = await execute(ready, session.caller, request, this.#services)
      metrics.commands.inc({ door: 'socket', command: ready.command.name, code: done.code })
      metrics.commandSeconds.observe({ door: 'socket' }, (performance.now() - start) / 1000)
      this.#answer(device, frame.id, done)
      if (session.loggedOut) device.close(CloseCode.ENDED, 'logout')
    } catch (error) {
      this.#answer(device, frame.id, this.#failed(error, ready.family))
    } finally {
      device.inFlight--
    }
  }

  #answer(device: DeviceSocket, id: number, done: Executed): void {
    device.send(reply(id, done.text))
  }

  #failed(error: unknown, family?: Family): Executed {
    return failure(family, error, this.#services, {})
  }
}

function reply(id: number, body: string): string {
  return `{"id":${id},"body":${body}}`
}

function success(answer: object): string {
  return `{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"",${JSON.stringify(answer).slice(1)}`
}
