import { systemClock } from './clock-text.ts'
import { type SignOptions, sign } from './sign.ts'

/** Rights in a room, to be added up (login-usersig 1.5). */
export const ROOM_PRIVILEGE = {
  createRoom: 1,
  enterRoom: 2,
  sendAudio: 4,
  receiveAudio: 8,
  sendVideo: 16,
  receiveVideo: 32,
  /** Sub-stream: screen sharing. */
  sendSubStream: 64,
  receiveSubStream: 128,
  /** Enter, and receive audio and video. */
  viewer: 42,
  all: 255,
} as const

const DEFAULT_ROOM_EXPIRE_SECONDS = 300
const UINT32 = 0x1_0000_0000
const NUMERIC_ROOM = 0
const STRING_ROOM = 1
const MAX_ROOM_NAME_BYTES = 0xffff

export interface PrivateMapKeyOptions extends Omit<SignOptions, 'userbuf'> {
  /** A number for a numeric room (0 … 2^32 − 1), a string for a named one. */
  readonly room: number | string
  /** Sum of `ROOM_PRIVILEGE` values; all rights when left out. */
  readonly privilege?: number
}

/** What the userbuf of a room ticket says. */
export interface RoomRights {
  readonly userId: string
  readonly sdkAppId: number
  readonly room: number | string
  /** Unix seconds, modulo 2^32. */
  readonly expiresAt: number
  readonly privilege: number
}

function isUint32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < UINT32
}

/** The userbuf of a room ticket; big-endian throughout, lengths in UTF-8 bytes (login-usersig 1.5). */
export function encodeRoomRights(rights: RoomRights): Uint8Array {
  const encoder = new TextEncoder()
  const account = encoder.encode(rights.userId)
  const name = typeof rights.room === 'string' ? encoder.encode(rights.room) : undefined
  const bytes = new Uint8Array(23 + account.length + (name === undefined ? 0 : 2 + name.length))
  const view = new DataView(bytes.buffer)
  view.setUint8(0, name === undefined ? NUMERIC_ROOM : STRING_ROOM)
  view.setUint16(1, account.length)
  bytes.set(account, 3)
  const after = 3 + account.length
  view.setUint32(after, rights.sdkAppId)
  view.setUint32(after + 4, typeof rights.room === 'number' ? rights.room : 0)
  view.setUint32(after + 8, rights.expiresAt % UINT32)
  view.setUint32(after + 12, rights.privilege)
  if (name !== undefined) {
    view.setUint16(after + 20, name.length)
    bytes.set(name, after + 22)
  }
  return bytes
}

/** Reads the userbuf of a room ticket; undefined when the bytes have another layout. */
export function decodeRoomRights(userbuf: Uint8Array): RoomRights | undefined {
  if (userbuf.length < 23) return undefined
  const view = new DataView(userbuf.buffer, userbuf.byteOffset, userbuf.byteLength)
  const kind = view.getUint8(0)
  const after = 3 + view.getUint16(1)
  const fixedEnd = after + 20
  if (kind > STRING_ROOM || userbuf.length < fixedEnd + (kind === STRING_ROOM ? 2 : 0)) return undefined
  const nameLength = kind === STRING_ROOM ? view.getUint16(fixedEnd) : 0
  if (userbuf.length !== fixedEnd + (kind === STRING_ROOM ? 2 + nameLength : 0)) return undefined
  const decoder = new TextDecoder()
  return {
    userId: decoder.decode(userbuf.subarray(3, after)),
    sdkAppId: view.getUint32(after),
    room: kind === STRING_ROOM ? decoder.decode(userbuf.subarray(fixedEnd + 2)) : view.getUint32(after + 4),
    expiresAt: view.getUint32(after + 8),
    privilege: view.getUint32(after + 12),
  }
}

function checkRoom(room: number | string, privilege: number): void {
  if (typeof room === 'number' ? !isUint32(room) : typeof room !== 'string') {
    throw new RangeError(
      `room must be a whole number from 0 to ${UINT32 - 1}, or a string, not ${String(room)}.`,
    )
  }
  const nameBytes = typeof room === 'string' ? new TextEncoder().encode(room).length : 1
  if (nameBytes < 1 || nameBytes > MAX_ROOM_NAME_BYTES) {
    throw new RangeError(`A room name has 1 to ${MAX_ROOM_NAME_BYTES} bytes, not ${nameBytes}.`)
  }
  if (!isUint32(privilege)) {
    throw new RangeError(`privilege must be a sum of ROOM_PRIVILEGE values, not ${String(privilege)}.`)
  }
}

/**
 * Makes a room ticket (PrivateMapKey): a UserSig whose userbuf also says which room, with which rights. `expire` is
 * 300 s when left out. Throws a RangeError or TypeError for values that the layout cannot hold.
 */
export function signPrivateMapKey(options: PrivateMapKeyOptions): string {
  const { sdkAppId, userId, key, room, privilege = ROOM_PRIVILEGE.all } = options
  const { expire = DEFAULT_ROOM_EXPIRE_SECONDS, now = systemClock() } = options
  checkRoom(room, privilege)
  const userbuf = encodeRoomRights({ userId, sdkAppId, room, expiresAt: now + expire, privilege })
  return sign({ sdkAppId, userId, key, expire, now, userbuf })
}
