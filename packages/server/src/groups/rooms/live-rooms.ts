import type { DeviceSocket } from '../../doors/socket/device-socket.ts'
import type { Change } from '../../store/change.ts'
import type { GroupAudiences } from '../audience/group-audiences.ts'
import type { Topics } from '../audience/topics.ts'
import type { GroupRow } from '../group-rows.ts'
import { broadcastIn } from './broadcast.ts'

/** Somebody in a live room, on this node. */
export interface Visitor {
  readonly account: number
  /** Unix seconds. */
  readonly joinTime: number
}

interface Present extends Visitor {
  /** With the second (Unix) at which one without a socket is out; undefined while it has one. */
  readonly sessions: Map<string, number | undefined>
}

interface Room {
  readonly group: GroupRow
  /** In the order of joining. */
  readonly visitors: Map<number, Present>
  /** The latest messages, oldest first. */
  recent: string[]
  /** Kept of them: `live.recentMax` of the app. */
  recentMax: number
}

export interface RoomParts {
  readonly audiences: Pick<GroupAudiences, 'enter' | 'leave'>
  readonly topics: Pick<Topics, 'subscribe' | 'unsubscribe' | 'publish'>
  readonly deviceOf: (session: string) => DeviceSocket | undefined
  /** Somebody is out, by himself or because no session of his came back in time; not told of who was taken out. */
  readonly onLeft: (group: GroupRow, account: number) => void
  readonly nowSeconds?: () => number
}

export interface Entry {
  readonly group: GroupRow
  readonly account: number
  readonly session: string
  readonly recentMax: number
  /** Leaves every other room that the session is in. */
  readonly alone: boolean
}

/** Seconds for which an audience outlives its connections (rest-2 section 1.8). */
const GRACE_SECONDS = 20

/**
 * Who is in the live rooms through this node, by session; nothing of it is stored (DESIGN-DATA 7). A lost session that comes
 * back to this node in time is in its room again.
 */
export class LiveRooms {
  readonly #parts: RoomParts
  readonly #now: () => number
  readonly #rooms = new Map<string, Room>()
  readonly #bySession = new Map<string, Set<string>>()
  readonly #leaving = new Map<Present, Room>()
  readonly #timer: ReturnType<typeof setInterval>

  constructor(parts: RoomParts) {
    this.#parts = parts
    this.#now = parts.nowSeconds ?? (() => Math.floor(Date.now() / 1000))
    this.#timer = setInterval(() => this.turn(), 1000)
    this.#timer.unref()
  }

  /** Rooms with visitors and the visitors on this node, for the metrics. */
  get counts(): { readonly rooms: number; readonly visitors: number } {
    let visitors = 0
    for (const room of this.#rooms.values()) visitors += room.visitors.size
    return { rooms: this.#rooms.size, visitors }
  }

  /** False when the account was inside already. */
  enter({ group, account, session, recentMax, alone }: Entry): boolean {
    const key = keyOf(group.app_id, group.group_no)
    if (alone)
      for (const other of [...(this.#bySession.get(session) ?? [])])
        if (other !== key) this.#leaveRoom(other, account, session)
    let room = this.#rooms.get(key)
    if (!room) {
      room = { group, visitors: new Map(), recent: [], recentMax }
      this.#rooms.set(key, room)
    }
    room.recentMax = recentMax
    let visitor = room.visitors.get(account)
    const isNew = !visitor
    if (!visitor) {
      visitor = { account, joinTime: this.#now(), sessions: new Map() }
      room.visitors.set(account, visitor)
      this.#parts.audiences.enter(group.app_id, group.group_no, account, group.auth_no)
    }
    const isHere = visitor.sessions.has(session)
    visitor.sessions.set(session, undefined)
    const rooms = this.#bySession.get(session)
    if (rooms) rooms.add(key)
    else this.#bySession.set(session, new Set([key]))
    const device = this.#parts.deviceOf(session)
    if (device && !isHere) {
      this.#parts.topics.subscribe(device, group.app_id, group.group_no, 'all')
      const { recent } = room
      // After the answer: before it the client does not know that it is inside.
      setImmediate(() => {
        for (const frame of recent) device.send(frame)
      })
    }
    return isNew
  }

  /** The account leaves with all of its sessions here. False when it was not inside. */
  quit(app: number, group: number, account: number): boolean {
    const room = this.#rooms.get(keyOf(app, group))
    const visitor = room?.visitors.get(account)
    if (!room || !visitor) return false
    this.#remove(room, visitor)
    this.#parts.onLeft(room.group, account)
    return true
  }

  /** A socket of the session is there again. */
  attach(device: DeviceSocket, session: string): void {
    for (const key of this.#bySession.get(session) ?? []) {
      const room = this.#rooms.get(key)
      if (!room) continue
      this.#parts.topics.subscribe(device, room.group.app_id, room.group.group_no, 'all')
      room.visitors.get(device.live?.caller.accountId ?? 0)?.sessions.set(session, undefined)
    }
  }

  /** The session's socket is gone, and none took its place. @param forGood no other one will */
  detach(session: string, account: number, forGood: boolean): void {
    for (const key of this.#bySession.get(session) ?? []) {
      const room = this.#rooms.get(key)
      const visitor = room?.visitors.get(account)
      if (!room || !visitor) continue
      visitor.sessions.set(session, this.#now() + (forGood ? 0 : GRACE_SECONDS))
      this.#leaving.set(visitor, room)
    }
  }

  has(app: number, group: number, account: number): boolean {
    return this.#rooms.get(keyOf(app, group))?.visitors.has(account) ?? false
  }

  visitor(app: number, group: number, account: number): Visitor | undefined {
    return this.#rooms.get(keyOf(app, group))?.visitors.get(account)
  }

  count(app: number, group: number): number {
    return this.#rooms.get(keyOf(app, group))?.visitors.size ?? 0
  }

  /** Newest first. */
  newest(app: number, group: number, limit: number): Visitor[] {
    const visitors = this.#rooms.get(keyOf(app, group))?.visitors
    return visitors ? [...visitors.values()].slice(-limit).reverse() : []
  }

  /** Rooms that have visitors here. */
  *all(): Iterable<{ readonly group: GroupRow; readonly count: number }> {
    for (const { group, visitors } of this.#rooms.values()) yield { group, count: visitors.size }
  }

  /** Who was taken out of a room is out at once, on every node. */
  take(change: Extract<Change, { kind: 'group' }>): void {
    const room = this.#rooms.get(keyOf(change.app, change.group))
    if (!room) return
    const out = change.dismissed ? [...room.visitors.keys()] : (change.left ?? [])
    for (const account of out) {
      const visitor = room.visitors.get(account)
      if (visitor) this.#remove(room, visitor)
    }
  }

  /** Keeps the latest messages for who comes later. */
  note(app: number, group: number, frame: string): void {
    const room = this.#rooms.get(keyOf(app, group))
    if (!room || room.recentMax === 0 || !frame.startsWith('{"ev":"online"')) return
    room.recent = [...room.recent, frame].slice(-room.recentMax)
  }

  /** A frame for every room of the app. */
  broadcast(app: number, frame: string): void {
    for (const { group } of this.#rooms.values())
      if (group.app_id === app)
        this.#parts.topics.publish(app, group.group_no, broadcastIn(group.name, frame))
  }

  /** Sends away whose time is over. */
  turn(): void {
    const now = this.#now()
    for (const [visitor, room] of this.#leaving) {
      for (const [session, leaveAt] of [...visitor.sessions])
        if (leaveAt !== undefined && leaveAt <= now) {
          visitor.sessions.delete(session)
          this.#forgetSession(room, session)
        }
      if (visitor.sessions.size === 0) {
        this.#remove(room, visitor)
        this.#parts.onLeft(room.group, visitor.account)
      } else if ([...visitor.sessions.values()].every(leaveAt => leaveAt === undefined))
        this.#leaving.delete(visitor)
    }
  }

  /** Nothing that is in memory holds; the clients come back and enter again. */
  forget(): void {
    for (const room of [...this.#rooms.values()])
      for (const visitor of [...room.visitors.values()]) this.#remove(room, visitor)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #leaveRoom(key: string, account: number, session: string): void {
    const room = this.#rooms.get(key)
    const visitor = room?.visitors.get(account)
    if (!room || !visitor?.sessions.delete(session)) return
    this.#forgetSession(room, session)
    if (visitor.sessions.size > 0) return
    this.#remove(room, visitor)
    this.#parts.onLeft(room.group, account)
  }

  #remove(room: Room, visitor: Present): void {
    const { app_id: app, group_no: group } = room.group
    for (const session of visitor.sessions.keys()) this.#forgetSession(room, session)
    room.visitors.delete(visitor.account)
    this.#leaving.delete(visitor)
    this.#parts.audiences.leave(app, group, visitor.account)
    if (room.visitors.size === 0) this.#rooms.delete(keyOf(app, group))
  }

  #forgetSession({ group }: Room, session: string): void {
    const rooms = this.#bySession.get(session)
    rooms?.delete(keyOf(group.app_id, group.group_no))
    if (rooms?.size === 0) this.#bySession.delete(session)
    const device = this.#parts.deviceOf(session)
    if (device) this.#parts.topics.unsubscribe(device, group.app_id, group.group_no)
  }
}

function keyOf(app: number, group: number): string {
  return `${app}:${group}`
}
