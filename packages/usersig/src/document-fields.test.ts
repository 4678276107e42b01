import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { NumberSource, readDocumentFields, UNUSABLE } from './document-fields.ts'

test('keeps strings decoded and numbers as they are written', () => {
  const fields = readDocumentFields(
    ' {"a":"x\\u00e9\\/\\n","b":9223372036854775807, "c":-1.50e2,"d":null,"e":true,"f":[1,{}]} \n',
  )
  expect(fields).toEqual(
    new Map<string, unknown>([
      ['a', 'xé/\n'],
      ['b', new NumberSource('9223372036854775807')],
      ['c', new NumberSource('-1.50e2')],
      ['d', null],
      ['e', UNUSABLE],
      ['f', UNUSABLE],
    ]) as never,
  )
})

test('reads every object that JSON.parse reads, and the same strings and numbers', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 })), object => {
      const text = JSON.stringify(object)
      const fields = readDocumentFields(text)
      if (typeof fields === 'string') throw new Error(`${fields}: ${text}`)
      const parsed = JSON.parse(text) as Record<string, unknown>
      expect([...fields.keys()].sort()).toEqual(Object.keys(parsed).sort())
      for (const [name, value] of fields) {
        const expected = parsed[name]
        if (typeof expected === 'string') expect(value).toBe(expected)
        else if (typeof expected === 'number') expect(Number((value as NumberSource).text)).toBe(expected)
        else expect(value).toBe(expected === null ? null : UNUSABLE)
      }
    }),
    { numRuns: 500 },
  )
})

test('refuses every text that JSON.parse refuses', () => {
  const base = '{"TLS.ver":"2.0","n":-12.5e3,"s":"a\\u0041\\\\","o":{"x":[1,null,true]}}'
  fc.assert(
    fc.property(
      fc.nat(base.length),
      fc.nat(3),
      fc.constantFrom(...'{}[]",:\\0-.eEntfu \n\u0001'),
      (at, cut, insert) => {
        const text = base.slice(0, at) + insert + base.slice(at + cut)
        const fields = readDocumentFields(text)
        if (typeof fields === 'string') return
        expect(() => JSON.parse(text)).not.toThrow()
      },
    ),
    { numRuns: 3000 },
  )
})

test('says why a text is not a document', () => {
  const reason = (text: string) => readDocumentFields(text)
  expect(reason('[1]')).toBe('it is not a JSON object')
  expect(reason('')).toBe('it is not a JSON object')
  expect(reason('{"a":1}x')).toBe('something follows the JSON object')
  expect(reason('{"a":1,"a":1}')).toBe('the name "a" occurs twice')
  expect(reason('{"a":"')).toBe('a JSON string is not closed or holds a control character')
  expect(reason('{"a":"\\q"}')).toBe('a JSON string has an escape that JSON does not know')
  expect(reason('{"a":01}')).toBe('it is not valid JSON')
  expect(reason('{"a":1,}')).toBe('it is not valid JSON')
})

test('deep nesting is refused without using up the stack', () => {
  const deep = `{"a":${'['.repeat(200_000)}`
  expect(readDocumentFields(deep)).toBe('it is nested deeper than 16 levels')
  expect(readDocumentFields(`{"a":${'{"b":'.repeat(50_000)}`)).toBe('it is nested deeper than 16 levels')
})

test('names of object internals are plain entries', () => {
  const fields = readDocumentFields('{"__proto__":{"x":1},"constructor":"c","toString":"t"}') as Map<
    string,
    unknown
  >
  expect(fields.get('__proto__')).toBe(UNUSABLE)
  expect(fields.get('constructor')).toBe('c')
  expect(({} as Record<string, unknown>).x).toBeUndefined()
})
