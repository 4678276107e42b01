import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { numbersLiteral, numbersOf, textsLiteral } from './append-literals.ts'

test('an array literal escapes quotes and backslashes of any text and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), texts => {
      const literal = texts.map(text => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')
      expect(textsLiteral(texts)).toBe(`{${literal}}`)
    }),
  )
  expect(textsLiteral(['a\n\u0001"\\', '\ud800', '😀'])).toBe('{"a\n\u0001\\"\\\\","\ud800","😀"}')
})

test('numbers come back from the array literal that they were written as', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), numbers => {
      expect(numbersOf(numbersLiteral(numbers))).toEqual(numbers.map(number => number + 0))
    }),
  )
  expect(numbersOf(null)).toEqual([])
})
