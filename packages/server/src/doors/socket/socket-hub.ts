import { CloseCode, type KickType } from '@rookery/protocol/wire'
import type { Bus, Push } from '../../bus/bus.ts'
import type { Change } from '../../store/change.ts'
import type { DeliveredHeads } from './delivered-heads.ts'
import type { DeviceSocket } from './device-socket.ts'
import { type EndChange, isMeant, isStale, RecentEnds, type ReplacedChange } from './recent-ends.ts'

/** The live sockets of this gateway by account, and what commits do to them. */
export class SocketHub {
  /** By app, then by account: the keys stay numbers, which every frame looks up. */
  readonly #byApp = new Map<number, Map<number, Set<DeviceSocket>>>()
  readonly #ends = new RecentEnds()
  readonly #interest: Pick<Bus, 'watch' | 'unwatch'>
  #count = 0

  /** @param interest told which accounts have a socket here. */
  constructor(interest: Pick<Bus, 'watch' | 'unwatch'>) {
    this.#interest = interest
  }

  get size(): number {
    return this.#count
  }

  /** False when the session ended, or went on to a newer socket, before it came here: it was told, and is closed. */
  add(socket: DeviceSocket): boolean {
    const session = socket.live
    if (!session) return false
    const end = this.#ends.of(session)
    if (end) {
      if (end.kind === 'end') kick(socket, end)
      else socket.close(CloseCode.REPLACED, REPLACED)
      return false
    }
    const { app, accountId, sessionId } = session.caller
    for (const other of this.of(app.id, accountId)) {
      if (other.live?.caller.sessionId !== sessionId) continue
      const stale = other.live.generation < session.generation ? other : socket
      stale.close(CloseCode.REPLACED, REPLACED)
      if (stale === socket) return false
    }
    let accounts = this.#byApp.get(app.id)
    if (!accounts) {
      accounts = new Map()
      this.#byApp.set(app.id, accounts)
    }
    const sockets = accounts.get(accountId)
    if (sockets) sockets.add(socket)
    else {
      accounts.set(accountId, new Set([socket]))
      this.#interest.watch(app.id, accountId)
    }
    this.#count++
    return true
  }

  remove(socket: DeviceSocket, app: number, account: number): void {
    const accounts = this.#byApp.get(app)
    const sockets = accounts?.get(account)
    if (!accounts || !sockets?.delete(socket)) return
    this.#count--
    if (sockets.size === 0) {
      accounts.delete(account)
      this.#interest.unwatch(app, account)
    }
    if (accounts.size === 0) this.#byApp.delete(app)
  }

  has(app: number, account: number): boolean {
    return this.#byApp.get(app)?.has(account) ?? false
  }

  of(app: number, account: number): Iterable<DeviceSocket> {
    return this.#byApp.get(app)?.get(account) ?? NOBODY
  }

  *all(): Iterable<DeviceSocket> {
    for (const accounts of this.#byApp.values()) for (const sockets of accounts.values()) yield* sockets
  }

  /**
   * One encoded frame to every device of the accounts.
   * @param heads learns what was told to all devices of an account. A session that is left out may have moved here before it
   * got its answer, so that counts as not told.
   */
  push(push: Push, heads?: DeliveredHeads): void {
    const { app, frame, except, head } = push
    for (const account of push.to) {
      let isToldToAll = true
      for (const socket of this.of(app, account))
        if (except === undefined || socket.live?.caller.sessionId !== except) socket.send(frame)
        else isToldToAll = false
      if (head && heads && isToldToAll && this.has(app, account))
        heads.note(head.conv, account, head.seq, Date.now())
    }
  }

  /** Carries out what a commit decided about sockets; its frames go to `deliver`. */
  apply(change: Change, deliver: (push: Push) => void): void {
    if (change.kind === 'end') this.#end(change)
    else if (change.kind === 'replaced') this.#replace(change)
    else if (change.kind === 'expiry') this.#expire(change)
    else if (change.kind === 'push') deliver(change)
  }

  #end(change: EndChange): void {
    this.#ends.note(change, Date.now())
    const candidates = change.account === undefined ? this.all() : this.of(change.app, change.account)
    for (const socket of [...candidates])
      if (socket.live && isMeant(change, socket.live)) kick(socket, change)
  }

  #replace(change: ReplacedChange): void {
    this.#ends.note(change, Date.now())
    for (const socket of [...this.of(change.app, change.account)])
      if (socket.live && isStale(change, socket.live)) socket.close(CloseCode.REPLACED, REPLACED)
  }

  #expire(change: Extract<Change, { kind: 'expiry' }>): void {
    for (const socket of this.all()) {
      const session = socket.live
      if (!session || session.caller.app.id !== change.app || session.keyId !== change.key) continue
      if (session.expires <= change.at) continue
      session.expires = change.at
      session.warned = false
    }
  }
}

const NOBODY: readonly DeviceSocket[] = []
const REPLACED = 'the session continues on another socket'

function kick(socket: DeviceSocket, change: EndChange): void {
  if (change.type !== 'logout') socket.send(kickedFrame(change.type, change.info))
  socket.close(CloseCode.ENDED, change.type)
}

export function kickedFrame(type: KickType, info: string): string {
  return JSON.stringify({ ev: 'kicked', Type: type, Info: info })
}
