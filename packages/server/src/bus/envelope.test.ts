import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { envelopeText, groupEnvelopeText, readEnvelope, readGroupEnvelope } from './envelope.ts'

test('whatever a frame holds comes out as it went in', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          frame: fc.string({ unit: 'grapheme' }),
          except: fc.string({ minLength: 1, unit: fc.constantFrom(...'aZ09_- ') }),
          head: fc.record({
            conv: fc.integer({ min: 1, max: 9e14 }),
            seq: fc.integer({ min: 1, max: 9e14 }),
          }),
        },
        { requiredKeys: ['frame'] },
      ),
      pushed => expect(readEnvelope(envelopeText(pushed))).toEqual(pushed),
    ),
  )
})

test('so does a frame for a group', () => {
  const number = fc.integer({ min: 1, max: 9e14 })
  fc.assert(
    fc.property(
      fc.record(
        {
          frame: fc.string({ unit: 'grapheme' }),
          authNo: fc.nat(),
          head: fc.record({ conv: number, seq: number }),
        },
        { requiredKeys: ['frame', 'authNo'] },
      ),
      pushed => expect(readGroupEnvelope(groupEnvelopeText(pushed))).toEqual(pushed),
    ),
  )
})

test('what no node of this version sends is not taken for a frame', () => {
  for (const text of ['', '{"ev":"message"}', '2 1 1 \n{}', '1 1\n{}', '1 x 1 \n{}', '1 -1 1 \n{}'])
    expect([readEnvelope(text), readGroupEnvelope(text)]).toEqual([undefined, undefined])
  fc.assert(fc.property(fc.string(), text => void readEnvelope(text)))
})
