import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { inspect as print } from 'node:util'
import fc from 'fast-check'
import { HMAC_KEY } from '../test/vectors.ts'
import { preparedFor, prepareKey } from './hmac-key.ts'

function mac(keyText: string, message: Uint8Array): string {
  const into = new Uint8Array(32)
  prepareKey(keyText).digestInto(into, message)
  return Buffer.from(into).toString('hex')
}

test('gives the HMAC-SHA256 that node:crypto gives, for keys shorter and longer than a block', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      fc.uint8Array({ maxLength: 300 }),
      (key, message) => {
        expect(mac(key, message)).toBe(createHmac('sha256', key).update(message).digest('hex'))
      },
    ),
    { numRuns: 300 },
  )
})

test('uses a hex key as text, without decoding it', () => {
  const message = new TextEncoder().encode('hello')
  expect(mac(HMAC_KEY, message)).toBe(
    createHmac('sha256', Buffer.from(HMAC_KEY, 'utf8')).update(message).digest('hex'),
  )
  expect(mac(HMAC_KEY, message)).not.toBe(
    createHmac('sha256', Buffer.from(HMAC_KEY, 'hex')).update(message).digest('hex'),
  )
})

test('an empty key is refused with what to do', () => {
  expect(() => prepareKey('')).toThrow('The key is empty')
})

test('a prepared key shows nothing of itself when printed, logged or serialised', () => {
  const key = prepareKey(HMAC_KEY)
  for (const shown of [String(key), JSON.stringify({ key }), print(key, { depth: 5, showHidden: true })]) {
    expect(shown).toContain('HmacKey')
    expect(shown).not.toContain(HMAC_KEY.slice(0, 8))
    expect(shown).not.toMatch(/\d{5}/)
  }
})

test('a key entry is prepared once, and again when its text is replaced', () => {
  const entry = {}
  const first = preparedFor(entry, 'one')
  expect(preparedFor(entry, 'one')).toBe(first)
  expect(preparedFor(entry, 'two')).not.toBe(first)
})
