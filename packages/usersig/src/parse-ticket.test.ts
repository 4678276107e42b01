import { expect, test } from 'bun:test'
import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { pack, unpack, v2Document } from '../test/handmade-ticket.ts'
import { ISSUED_AT, SDK_APP_ID, V1_VECTORS, V2_VECTORS } from '../test/vectors.ts'
import { parseTicket } from './parse-ticket.ts'

const V1 = V2_VECTORS[0]!.ticket

function failure(ticket: string | null | undefined): string {
  const result = parseTicket(ticket)
  return result.ok ? 'read' : `${result.code} ${result.check}: ${result.detail}`
}

function failureOf(document: unknown): string {
  return failure(pack(JSON.stringify(document)))
}

function without(name: string, from: Record<string, unknown> = v2Document()): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name))
}

test('every vector is read, with the fields that its document has', () => {
  for (const vector of V2_VECTORS) {
    const result = parseTicket(vector.ticket)
    if (!result.ok) throw new Error(`${vector.name}: ${result.detail}`)
    expect(result.ticket).toMatchObject({
      version: 'v2',
      userId: vector.userId,
      sdkAppId: SDK_APP_ID,
      time: ISSUED_AT,
      expire: vector.expire,
      expiresAt: ISSUED_AT + vector.expire,
      signature: vector.signature,
    })
    const userbuf = result.ticket.userbuf && Buffer.from(result.ticket.userbuf).toString('hex')
    expect(userbuf).toBe(vector.userbufHex)
  }
  for (const vector of V1_VECTORS) {
    const result = parseTicket(vector.ticket)
    if (!result.ok) throw new Error(`${vector.name}: ${result.detail}`)
    expect(result.ticket).toMatchObject({
      version: 'v1',
      userId: vector.userId,
      sdkAppId: SDK_APP_ID,
      time: ISSUED_AT,
      expire: vector.expire,
    })
    if (vector.signedText !== undefined) expect(result.ticket.signedTexts).toContain(vector.signedText)
  }
})

test('a v1 document without appid_at_3rd has two texts that may have been signed', () => {
  const result = parseTicket(V1_VECTORS[3]!.ticket)
  const texts = result.ok ? result.ticket.signedTexts : []
  expect(texts).toHaveLength(2)
  expect(texts[1]).toBe(`TLS.appid_at_3rd:\n${texts[0]}`)
})

test('no ticket gives 70002', () => {
  for (const empty of ['', ' ', '\r\n\t ', null, undefined])
    expect(failure(empty)).toStartWith('70002 present')
})

test('white space around a pasted ticket does no harm, whatever its length', () => {
  for (const ticket of [V1, V1.replaceAll('_', ''), ...V2_VECTORS.map(vector => vector.ticket)]) {
    for (const space of [' ', '  ', '   ', '    ', '\n', ' \r\n', '\t ']) {
      expect(failure(`${space}${ticket}${space}`)).toBe('read')
    }
  }
})

test('text that is not base64, or too long, or no text at all gives 70003', () => {
  expect(failure('%%%')).toStartWith('70003 encoding')
  expect(failure(`${V1}$`)).toStartWith('70003 encoding')
  expect(failure(V1.slice(0, -3))).toStartWith('70003 encoding')
  expect(failure('票据')).toStartWith('70003 encoding')
  expect(failure('A'.repeat(8193))).toBe(
    '70003 encoding: The UserSig has 8193 characters, at most 8192 are accepted.',
  )
  expect(failure('A'.repeat(8192))).toStartWith('70004 inflate')
  expect(failure(42 as unknown as string)).toStartWith('70003 encoding')
  expect(failure({} as unknown as string)).toStartWith('70003 encoding')
})

test('the first generation, plain JSON, gives 70003 and says so', () => {
  expect(failure('{"TLS.account_type":"0"}')).toMatch(/^70003 encoding: .*plain JSON/)
})

test('a ticket that is cut anywhere gives 70003 or 70004', () => {
  for (let length = 1; length < V1.length - 2; length++) {
    expect(failure(V1.slice(0, length))).toMatch(/^7000[34] /)
  }
  expect(failure(V1.slice(0, -10))).toMatch(/^7000[34] /)
})

test('what does not inflate gives 70004 and says why', () => {
  expect(failure(gzipSync('{}').toString('base64'))).toContain('70004 inflate: The UserSig decodes, but')
  expect(failure(Buffer.from('hello, world').toString('base64'))).toStartWith('70004 inflate')
  expect(failure(pack('x'.repeat(16385)))).toBe(
    '70004 inflate: The document in the UserSig is larger than 16384 bytes.',
  )
})

test('a decompression bomb within the length bound gives 70004 and holds on to no memory', () => {
  const bomb = deflateSync(new Uint8Array(5_900_000), { level: 9 }).toString('base64')
  expect(bomb.length).toBeLessThan(8192)
  const before = process.memoryUsage().rss
  for (let i = 0; i < 200; i++) expect(failure(bomb)).toStartWith('70004 inflate')
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
})

test('a document that is not the JSON of a ticket gives 70005', () => {
  for (const text of ['', 'null', '[]', '"x"', '{', '{}', '{"TLS.ver":"2.0"}', `{"a":${'['.repeat(16000)}`]) {
    expect(failure(pack(text))).toStartWith('70005 content')
  }
  expect(failure(pack(Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d)))).toMatch(/^70005 .*not UTF-8/)
})

test('each missing or unusable v2 field gives 70005 and is named', () => {
  for (const name of ['TLS.ver', 'TLS.identifier', 'TLS.sdkappid', 'TLS.time', 'TLS.expire', 'TLS.sig']) {
    expect(failureOf(without(name))).toMatch(new RegExp(`^70005 .*${name} is missing`))
    expect(failureOf({ ...v2Document(), [name]: true })).toMatch(new RegExp(`^70005 .*${name}`))
    expect(failureOf({ ...v2Document(), [name]: null })).toMatch(new RegExp(`^70005 .*${name} is missing`))
  }
  expect(failureOf(without('TLS.expire'))).toContain('Go generators leave it out when the lifetime is 0')
})

test('numbers out of range and texts that are no numbers give 70005', () => {
  for (const sdkappid of [0, -1, 2 ** 32, 1.5, '', '0x10', 'abc', ' 1', '1e3']) {
    expect(failureOf({ ...v2Document(), 'TLS.sdkappid': sdkappid })).toMatch(/^70005 .*TLS\.sdkappid/)
  }
  for (const time of ['', '2015-12-04T00:00:00-08:00', '123456789012345678901', 1e300, '1.5', {}]) {
    expect(failureOf({ ...v2Document(), 'TLS.time': time })).toMatch(/^70005 .*TLS\.time/)
  }
  expect(failureOf({ ...v2Document(), 'TLS.sdkappid': 2 ** 32 - 1 })).toBe('read')
})

test('the numbers of the signed text are the digits of the document', () => {
  const json = (time: string, expire: string) =>
    JSON.stringify({ ...v2Document(), 'TLS.time': '@time', 'TLS.expire': '@expire' })
      .replace('"@time"', time)
      .replace('"@expire"', expire)
  const textOf = (time: string, expire: string) => {
    const result = parseTicket(pack(json(time, expire)))
    return result.ok
      ? result.ticket.signedTexts[0].split('\n').slice(2, 4).join(' ')
      : failure(pack(json(time, expire)))
  }
  expect(textOf('1700000000', '9223372036854775807')).toBe(
    'TLS.time:1700000000 TLS.expire:9223372036854775807',
  )
  expect(textOf('"1700000000"', '"0300"')).toBe('TLS.time:1700000000 TLS.expire:0300')
  expect(textOf('1.7e9', '300.0')).toBe('TLS.time:1700000000 TLS.expire:300')
  expect(textOf('1700000000', '3150000000')).toBe('TLS.time:1700000000 TLS.expire:3150000000')
})

test('a UserID that could write lines of the signed text, or has no UTF-8 form, gives 70005', () => {
  for (const identifier of [
    'a\nTLS.sdkappid:1',
    'a\r',
    'a\u0000',
    '\u007f',
    '\u0085',
    '\ud800',
    'a\udc00b',
    '',
  ]) {
    expect(failureOf({ ...v2Document(), 'TLS.identifier': identifier })).toMatch(/^70005 .*TLS\.identifier/)
  }
  // JSON.stringify escapes half surrogates; written raw they would not even be UTF-8.
  expect(failureOf({ ...v2Document(), 'TLS.identifier': 'x'.repeat(33) })).toContain('33 bytes, at most 32')
  expect(failureOf({ ...v2Document(), 'TLS.identifier': '用户名'.repeat(4) })).toContain(
    '36 bytes, at most 32',
  )
  expect(failureOf({ ...v2Document(), 'TLS.identifier': '用户😀 ok' })).toBe('read')
})

test('a document with the marks of both generations gives 70005 and names them', () => {
  expect(failureOf({ ...v2Document(), 'TLS.sdk_appid': '1400000001' })).toMatch(
    /^70005 .*mixes both generations/,
  )
  for (const name of ['TLS.account_type', 'TLS.appid_at_3rd', 'TLS.expire_after', 'TLS.version']) {
    expect(failureOf({ ...v2Document(), [name]: '0' })).toMatch(new RegExp(`^70005 .*mixes both.*${name}`))
  }
  const v1 = JSON.parse(unpack(V1_VECTORS[0]!.ticket)) as Record<string, unknown>
  expect(failureOf({ ...v1, 'TLS.ver': '2.0' })).toMatch(/^70005 .*mixes both/)
  expect(failureOf({ ...v1, 'TLS.expire': 1 })).toMatch(/^70005 .*mixes both/)
})

test('a version that is not 2.0 gives 70005', () => {
  for (const version of ['1.0', '3.0', '', 2]) {
    expect(failureOf({ ...v2Document(), 'TLS.ver': version })).toMatch(/^70005 .*TLS\.ver/)
  }
})

test('each missing v1 field gives 70005; numbers in place of strings are read', () => {
  const v1 = JSON.parse(unpack(V1_VECTORS[0]!.ticket)) as Record<string, unknown>
  for (const name of [
    'TLS.account_type',
    'TLS.identifier',
    'TLS.sdk_appid',
    'TLS.time',
    'TLS.expire_after',
    'TLS.sig',
  ]) {
    expect(failureOf(without(name, v1))).toMatch(new RegExp(`^70005 .*${name} is missing`))
  }
  expect(failureOf({ ...v1, 'TLS.account_type': 'a\nb' })).toMatch(/^70005 .*TLS\.account_type/)
  expect(failureOf({ ...v1, 'TLS.appid_at_3rd': '\n' })).toMatch(/^70005 .*TLS\.appid_at_3rd/)
  expect(failureOf(without('TLS.version', v1))).toBe('read')
  const numbers = { ...v1, 'TLS.account_type': 0, 'TLS.sdk_appid': 1400000001, 'TLS.time': 1700000000 }
  const result = parseTicket(pack(JSON.stringify({ ...numbers, 'TLS.identifier': 10001 })))
  expect(result.ok && result.ticket.signedTexts[0]).toContain(
    'TLS.identifier:10001\nTLS.sdk_appid:1400000001\n',
  )
})

test('a userbuf that is not base64 gives 70005; an empty one still is a line', () => {
  for (const userbuf of ['$$', 'a\nb', 7, {}]) {
    expect(failureOf({ ...v2Document(), 'TLS.userbuf': userbuf })).toMatch(
      /^70005 .*TLS\.userbuf is not base64/,
    )
  }
  const empty = parseTicket(pack(JSON.stringify({ ...v2Document(), 'TLS.userbuf': '' })))
  expect(empty.ok && empty.ticket.signedTexts[0]).toEndWith('TLS.userbuf:\n')
})

test('object internals, doubled names and nested values in the document do no harm', () => {
  const json = JSON.stringify(v2Document())
  const plus = (text: string) => failure(pack(`{${text},${json.slice(1)}`))
  expect(plus('"__proto__":{"TLS.sig":"x"}')).toBe('read')
  expect(plus('"constructor":[[[{"a":1}]]]')).toBe('read')
  expect(plus('"TLS.identifier":"bob"')).toMatch(/^70005 .*occurs twice/)
  expect(failure(pack('{"__proto__":{"TLS.ver":"2.0","TLS.identifier":"alice"}}'))).toStartWith('70005')
})

test('arbitrary text is never anything but a documented failure', () => {
  const codes = new Set([70002, 70003, 70004, 70005])
  const alphabet = fc.constantFrom(
    ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=*-_ \n',
  )
  const ticketLike = fc.string({ unit: alphabet, maxLength: 300 })
  const packedText = fc.string({ unit: 'binary', maxLength: 300 }).map(text => pack(text))
  const packedJson = fc.json().map(text => pack(text))
  const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), ticketLike, packedText, packedJson)
  fc.assert(
    fc.property(any, text => {
      const result = parseTicket(text)
      expect(!result.ok && codes.has(result.code)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})
