import { ErrorCode } from '@rookery/protocol/error-code'
import { CloseCode } from '@rookery/protocol/wire'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import type { GroupAudiences } from '../../groups/audience/group-audiences.ts'
import type { LiveRooms } from '../../groups/rooms/live-rooms.ts'
import { checkTicket } from '../../login/check-ticket.ts'
import {
  disconnectSession,
  expireSession,
  logoutSession,
  noteTicket,
  renewSession,
} from '../../login/end-session.ts'
import type { FailureLimit } from '../../login/failure-limit.ts'
import type { Platform } from '../../login/multi-device.ts'
import type { SessionControl } from '../../login/session-control.ts'
import type { DeviceSocket, LiveSession } from './device-socket.ts'
import { askAt, dropAt, expiringFrame, nextWake, warnAt } from './session-times.ts'
import { kickedFrame, type SocketHub } from './socket-hub.ts'
import { TimerWheel } from './timer-wheel.ts'

const ENDED = 'The session was ended; log in again explicitly.'

export interface LiveSessionsParts {
  readonly services: Services
  readonly hub: SocketHub
  readonly failures: FailureLimit
  readonly audiences: GroupAudiences
  readonly rooms: Pick<LiveRooms, 'attach' | 'detach'>
}

/** The sessions that live on sockets of this gateway: their beginning, their end, and everything that time does to them. */
export class LiveSessions implements SessionControl {
  readonly #services: Services
  readonly #hub: SocketHub
  readonly #failures: FailureLimit
  readonly #audiences: GroupAudiences
  readonly #rooms: LiveSessionsParts['rooms']
  readonly #wheel = new TimerWheel()
  readonly #bySession = new Map<string, DeviceSocket>()

  constructor({ services, hub, failures, audiences, rooms }: LiveSessionsParts) {
    this.#services = services
    this.#hub = hub
    this.#failures = failures
    this.#audiences = audiences
    this.#rooms = rooms
  }

  /** The socket that a session lives on, when it is one of this node. */
  deviceOf(session: string): DeviceSocket | undefined {
    return this.#bySession.get(session)
  }

  /** A new socket has some seconds to log in. */
  expectLogin(device: DeviceSocket): void {
    device.wake = now => this.#wake(device, now)
    this.#wheel.schedule(device, this.#loginDeadline(device))
  }

  /**
   * The login was stored: from now on the socket is a device of its user. Its groups are known before the answer leaves, so
   * that nothing comes between what it asks for afterwards and what it is sent.
   */
  async begin(device: DeviceSocket, session: LiveSession, answer: string): Promise<void> {
    const { app, accountId } = session.caller
    try {
      await this.#audiences.load(app.id, accountId)
    } catch (error) {
      this.#disconnect(session)
      throw error
    }
    this.#enter(device, session, answer)
    this.#audiences.release(app.id, accountId)
  }

  #enter(device: DeviceSocket, session: LiveSession, answer: string): void {
    if (!device.socket || device.state.kind === 'closing') {
      this.#disconnect(session)
      return
    }
    device.state = { kind: 'live', session }
    device.heard(Math.floor(Date.now() / 1000))
    // The answer goes first: a kick that came meanwhile follows it.
    device.send(answer)
    if (!this.#hub.add(device)) return
    const { app, accountId, sessionId } = session.caller
    this.#audiences.attach(device, app.id, accountId)
    this.#bySession.set(sessionId, device)
    this.#rooms.attach(device, sessionId)
    device.last = session
    this.#services.metrics.sockets.inc({ state: 'live' })
    this.#wheel.schedule(device, nextWake(device, session))
  }

  /** The socket is closed, whoever closed it. */
  gone(device: DeviceSocket): void {
    this.#wheel.remove(device)
    const session = device.last
    if (!session) return
    const { app, accountId, sessionId } = session.caller
    this.#hub.remove(device, app.id, accountId)
    this.#audiences.detach(app.id, accountId)
    this.#services.metrics.sockets.dec({ state: 'live' })
    if (this.#bySession.get(sessionId) === device) {
      this.#bySession.delete(sessionId)
      this.#rooms.detach(sessionId, accountId, session.loggedOut === true)
    }
    if (!session.loggedOut) this.#disconnect(session)
  }

  async renew(sessionId: string, userSig: string): Promise<number> {
    const device = this.#bySession.get(sessionId)
    const session = device?.live
    if (!device || !session) throw new CommandError(ErrorCode.LOGIN_STATE_INVALID, ENDED)
    const { app, accountId: account, userId, address } = session.caller
    const perMinute = this.#services.settings['usersig.failuresPerMinute']
    const { ticket, expires } = await this.#failures.guard(
      { app: app.id, userId, address },
      perMinute,
      async () => {
        const { ticket } = await checkTicket(
          this.#services.apps,
          { app: app.id, userId, userSig },
          { unknownApp: ErrorCode.SDKAPPID_UNKNOWN, now: Math.floor(Date.now() / 1000) },
        )
        const { store } = this.#services
        const renewal = { ticket, account, session: sessionId, generation: session.generation }
        return { ticket, ...(await store.mutate(renewSession, renewal)) }
      },
    )
    session.expires = expires
    session.issued = ticket.issued
    session.keyId = ticket.keyId
    session.warned = false
    if (device.live) this.#wheel.schedule(device, nextWake(device, session))
    return expires
  }

  async verify(sessionId: string, userSig: string): Promise<void> {
    const session = this.#bySession.get(sessionId)?.live
    if (!session) throw new CommandError(ErrorCode.LOGIN_STATE_INVALID, ENDED)
    const { app, userId, address } = session.caller
    const perMinute = this.#services.settings['usersig.failuresPerMinute']
    await this.#failures.guard({ app: app.id, userId, address }, perMinute, async () => {
      const { ticket } = await checkTicket(
        this.#services.apps,
        { app: app.id, userId, userSig },
        { unknownApp: ErrorCode.SDKAPPID_UNKNOWN, now: Math.floor(Date.now() / 1000) },
      )
      await this.#services.store.mutate(noteTicket, ticket)
    })
  }

  async logout(sessionId: string): Promise<void> {
    const session = this.#bySession.get(sessionId)?.live
    if (!session) return
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

  platformOf(sessionId: string): Platform | undefined {
    return this.#bySession.get(sessionId)?.live?.platform
  }

  /** A rotation of keys may have brought the end nearer: look again. */
  wakeSoon(): void {
    for (const device of this.#hub.all()) {
      const session = device.live
      if (session) this.#wheel.schedule(device, nextWake(device, session))
    }
  }

  stop(): void {
    this.#wheel.stop()
  }

  #loginDeadline(device: DeviceSocket): number {
    return device.openedAt + this.#services.settings['session.loginSeconds']
  }

  #wake(device: DeviceSocket, now: number): number | undefined {
    const session = device.live
    if (!session) {
      const deadline = this.#loginDeadline(device)
      if (now < deadline) return deadline
      device.close(CloseCode.LOGIN_TIMEOUT, 'no login came in time')
      return undefined
    }
    if (now > session.expires) {
      this.#expire(device, session)
      return undefined
    }
    if (now >= dropAt(device, session)) {
      device.close(CloseCode.SILENT, 'no sign of life came for too long')
      return undefined
    }
    if (!device.asked && now >= askAt(device, session)) device.askForLife()
    if (!session.warned && now >= warnAt(session)) {
      session.warned = true
      device.send(expiringFrame(session, now))
    }
    return nextWake(device, session)
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
    write.catch(error => this.#services.log.debug({ err: error }, 'A session change could not be stored.'))
  }
}
