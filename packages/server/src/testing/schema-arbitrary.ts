import { MESSAGE_ELEMENTS } from '@rookery/protocol/elements'
import fc from 'fast-check'

interface AnySchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly AnySchema[]
  readonly allOf?: readonly AnySchema[]
  readonly properties?: Readonly<Record<string, AnySchema>>
  readonly required?: readonly string[]
  readonly items?: AnySchema
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

const NAMES = ['alice', 'bob', 'nobody', 'Alice', 'bob ', "o'hara", '@TLS#x', '*', '>', '']
/** Where a wrong value is more telling than a right one. */
const STRANGE: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, -1, 1e308, 2 ** 53, 0.5, '', '0', '-1', '1e3', [], {}, [[]], { __proto__: null }),
  fc.string({ unit: 'binary', maxLength: 50 }),
)

/** Elements of all kinds; those inside of a merged message are not made from this again. */
const element: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  element: fc.oneof(
    ...Object.entries(MESSAGE_ELEMENTS).map(([MsgType, content]) =>
      fc.record({
        MsgType: fc.constant(MsgType),
        MsgContent: valueFor(content as AnySchema, '', tie('text')),
      }),
    ),
    STRANGE,
  ),
  text: fc.record({
    MsgType: fc.constant('TIMTextElem'),
    MsgContent: fc.record({ Text: fc.string({ unit: 'grapheme' }) }),
  }),
})).element

/** Requests that mostly follow a schema: right values, wrong values, and fields that are missing or too many. */
export function requestFor(schema: object): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [] } = schema as AnySchema
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      fc.oneof({ weight: 12, arbitrary: valueFor(field, name, element) }, { weight: 1, arbitrary: STRANGE }),
    ]),
  )
  // Most requests have what they need; some lack any of it.
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(fields, { requiredKeys: [...required] }) },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.dictionary(fc.string({ maxLength: 8 }), STRANGE, { maxKeys: 5 }) },
  )
}

function valueFor(schema: AnySchema, name: string, ofMessages: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (name === 'MsgBody') return fc.array(ofMessages, { maxLength: 3 })
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(part => valueFor(part, name, ofMessages)))
  if (schema.allOf) return valueFor(Object.assign({}, ...schema.allOf) as AnySchema, name, ofMessages)
  switch (schema.type) {
    case 'string':
      return text(schema)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 10_000_000 })
    case 'number':
      return fc.double({ noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, '', ofMessages), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3 + (schema.minItems ?? 0)),
      })
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([field, value]) => [
            field,
            valueFor(value, field, ofMessages),
          ]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      )
    default:
      return STRANGE
  }
}

function text(schema: AnySchema): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 1, arbitrary: fc.stringMatching(/^\d{1,3}_\d{1,9}_1[67]\d{8}$/) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'grapheme', maxLength: Math.min(schema.maxLength ?? 60, 60) }),
    },
  )
}
