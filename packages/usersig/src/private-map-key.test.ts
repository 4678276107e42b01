import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { unpack } from '../test/handmade-ticket.ts'
import { CLOCK, HMAC_KEY, ISSUED_AT, SDK_APP_ID, V2_VECTORS } from '../test/vectors.ts'
import { decodeRoomRights, encodeRoomRights, ROOM_PRIVILEGE, signPrivateMapKey } from './private-map-key.ts'
import { verify } from './verify.ts'

const ALICE = { sdkAppId: SDK_APP_ID, userId: 'alice', key: HMAC_KEY, now: ISSUED_AT }

test('writes the documents of the two room vectors', () => {
  expect(unpack(signPrivateMapKey({ ...ALICE, room: 10000 }))).toBe(unpack(V2_VECTORS[9]!.ticket))
  const viewer = { ...ALICE, expire: 300, room: 'room-A1', privilege: ROOM_PRIVILEGE.viewer }
  expect(unpack(signPrivateMapKey(viewer))).toBe(unpack(V2_VECTORS[10]!.ticket))
})

test('the rights add up as documented', () => {
  const { viewer, all, ...single } = ROOM_PRIVILEGE
  expect(Object.values(single)).toEqual([1, 2, 4, 8, 16, 32, 64, 128])
  expect(Object.values(single).reduce((sum, right) => sum + right, 0)).toBe(all)
  expect(single.enterRoom + single.receiveAudio + single.receiveVideo).toBe(viewer)
})

test('a verified room ticket tells its room and rights', () => {
  const ticket = signPrivateMapKey({ ...ALICE, userId: '用户', room: '会议室 A', privilege: 42 })
  const keys = [{ id: 'k', kind: 'hmac', key: HMAC_KEY }] as const
  const result = verify(ticket, { userId: '用户', sdkAppId: SDK_APP_ID, keys, now: CLOCK })
  expect(result.ok && decodeRoomRights(result.userbuf!)).toEqual({
    userId: '用户',
    sdkAppId: SDK_APP_ID,
    room: '会议室 A',
    expiresAt: ISSUED_AT + 300,
    privilege: 42,
  })
})

test('reads back every layout that it writes, and refuses every cut of it', () => {
  const uint32 = fc.integer({ min: 0, max: 0xffffffff })
  const name = fc.string({ unit: 'grapheme', maxLength: 20 }).filter(text => text.isWellFormed())
  fc.assert(
    fc.property(
      name,
      uint32,
      fc.oneof(uint32, name),
      uint32,
      uint32,
      (userId, sdkAppId, room, expiresAt, privilege) => {
        const rights = { userId, sdkAppId, room, expiresAt, privilege }
        const bytes = encodeRoomRights(rights)
        expect(decodeRoomRights(bytes)).toEqual(rights)
        for (let length = 0; length < bytes.length; length++) {
          expect(decodeRoomRights(bytes.subarray(0, length))).toBeUndefined()
        }
      },
    ),
    { numRuns: 100 },
  )
})

test('arbitrary userbufs are answered, not thrown at', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      const rights = decodeRoomRights(bytes)
      expect(rights === undefined || typeof rights.userId === 'string').toBe(true)
    }),
  )
})

test('an end beyond 32 bits wraps, as the layout says', () => {
  const bytes = encodeRoomRights({ userId: 'a', sdkAppId: 1, room: 1, expiresAt: 2 ** 32 + 5, privilege: 1 })
  expect(decodeRoomRights(bytes)?.expiresAt).toBe(5)
})

test('refuses rooms and rights that the layout cannot hold', () => {
  const refusal = (options: object) => () => signPrivateMapKey({ ...ALICE, room: 1, ...options })
  for (const room of [-1, 1.5, 2 ** 32, undefined, null]) expect(refusal({ room })).toThrow('room must be')
  expect(refusal({ room: '' })).toThrow('A room name has 1 to 65535 bytes')
  for (const privilege of [-1, 1.5, 2 ** 32]) expect(refusal({ privilege })).toThrow('privilege must be')
})
