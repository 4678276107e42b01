import { expect, test } from 'bun:test'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { deflate } from './deflate.ts'
import { inflateInto } from './inflate.ts'

test('node:zlib and our own reader get back what was written', () => {
  const repetitive = fc
    .array(fc.constantFrom(97, 98, 99, 250), { maxLength: 3000 })
    .map(list => Uint8Array.from(list))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 2000 }), repetitive), bytes => {
      const packed = deflate(bytes)
      expect(new Uint8Array(inflateSync(packed))).toEqual(new Uint8Array(bytes))
      const output = new Uint8Array(bytes.length)
      expect(inflateInto(packed, packed.length, output)).toBe(bytes.length)
      expect(output).toEqual(new Uint8Array(bytes))
    }),
    { numRuns: 400 },
  )
})

test('long runs and far repetitions survive', () => {
  const noise = Uint8Array.from({ length: 9000 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 255)
  for (const bytes of [new Uint8Array(16000), Uint8Array.from([...noise, ...noise])]) {
    expect(new Uint8Array(inflateSync(deflate(bytes)))).toEqual(bytes)
  }
  expect(deflate(new Uint8Array(16000)).length).toBeLessThan(200)
})
