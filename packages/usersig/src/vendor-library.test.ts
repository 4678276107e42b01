import { expect, test } from 'bun:test'
import { createRequire } from 'node:module'
import { unpack } from '../test/handmade-ticket.ts'
import { HMAC_KEY, SDK_APP_ID } from '../test/vectors.ts'
import { decodeRoomRights, signPrivateMapKey } from './private-map-key.ts'
import { sign } from './sign.ts'
import { decode, verify } from './verify.ts'

interface VendorApi {
  genUserSig(userId: string, expire: number): string
  genPrivateMapKey(userId: string, expire: number, room: number, privilege: number): string
  genPrivateMapKeyWithStringRoomID(userId: string, expire: number, room: string, privilege: number): string
}

// The package names its main file twice, and Bun takes the first name, of a file that is not there.
const { Api } = createRequire(import.meta.url)('tls-sig-api-v2/TLSSigAPIv2.js') as {
  Api: new (sdkAppId: number, key: string) => VendorApi
}
const vendor = new Api(SDK_APP_ID, HMAC_KEY)
const keys = [{ id: 'k', kind: 'hmac', key: HMAC_KEY }] as const

/** The issue time of a vendor ticket, to make our own of the same second. */
function issuedAt(ticket: string): number {
  const said = decode(ticket)
  if (!said.ok) throw new Error(said.detail)
  return said.time
}

test('tickets of the public npm generator verify, and ours carry the same document', () => {
  for (const userId of ['alice', 'bob+1/x@ex_am-ple', '10001', '用户', 'q"uote\\', 'x'.repeat(32)]) {
    for (const expire of [1, 86400, 15552000, 3_150_000_000]) {
      const theirs = vendor.genUserSig(userId, expire)
      expect(verify(theirs, { userId, sdkAppId: SDK_APP_ID, keys })).toMatchObject({
        ok: true,
        userId,
        expire,
      })
      const ours = sign({ sdkAppId: SDK_APP_ID, userId, key: HMAC_KEY, expire, now: issuedAt(theirs) })
      expect(unpack(ours)).toBe(unpack(theirs))
    }
  }
})

test('room tickets of the public npm generator verify, and ours carry the same document', () => {
  const theirs = vendor.genPrivateMapKey('alice', 300, 10000, 255)
  const named = vendor.genPrivateMapKeyWithStringRoomID('alice', 300, 'room-A1', 42)
  const base = { sdkAppId: SDK_APP_ID, userId: 'alice', key: HMAC_KEY, expire: 300 }
  const cases = [
    [theirs, 10000, 255],
    [named, 'room-A1', 42],
  ] as const
  for (const [ticket, room, privilege] of cases) {
    const result = verify(ticket, { userId: 'alice', sdkAppId: SDK_APP_ID, keys })
    expect(result.ok && decodeRoomRights(result.userbuf!)).toMatchObject({ userId: 'alice', room, privilege })
    expect(unpack(signPrivateMapKey({ ...base, room, privilege, now: issuedAt(ticket) }))).toBe(
      unpack(ticket),
    )
  }
})

test('a lifetime that the npm generator signs as text but writes as a number gives 70009', () => {
  for (const expire of ['086400', 86400.5]) {
    const ticket = vendor.genUserSig('alice', expire as number)
    expect(verify(ticket, { userId: 'alice', sdkAppId: SDK_APP_ID, keys })).toMatchObject({
      ok: false,
      code: 70009,
    })
  }
})
