import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { decodeBase64, encodeBase64, encodeTicketBase64 } from './base64.ts'

const decoded = (text: string) => {
  const bytes = decodeBase64(text)
  return bytes && Buffer.from(bytes).toString('latin1')
}

test('writes what Buffer writes, and reads it back in both alphabets, with and without padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const standard = Buffer.from(bytes).toString('base64')
      expect(encodeBase64(bytes)).toBe(standard)
      const ticket = encodeTicketBase64(bytes)
      expect(ticket).toBe(standard.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_'))
      for (const text of [standard, ticket, standard.replaceAll('=', ''), ticket.replaceAll('_', '')]) {
        expect(Buffer.from(decodeBase64(text)!)).toEqual(Buffer.from(bytes))
      }
    }),
  )
})

test('skips line breaks and tabs, and takes a space for the + that a query string ate', () => {
  expect(decoded('aGVs\r\nbG8=')).toBe('hello')
  expect(decoded('aGVs\tbG8')).toBe('hello')
  expect(decoded('  -w')).toBe(decoded('++/w'))
})

test('refuses what is not base64: other characters, a lone last character, text after padding, too much padding', () => {
  for (const text of [
    'aGV$',
    'aGVsbA.',
    'aGVsb',
    'aGVsbG8=x',
    'aGVsbG8===',
    'é',
    '\u0000',
    'aGVs\u{1F600}',
  ]) {
    expect(decoded(text)).toBeUndefined()
  }
})
