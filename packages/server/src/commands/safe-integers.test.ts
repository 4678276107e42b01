import { expect, test } from 'bun:test'
import Type from 'typebox'
import { requestChecker } from './request-check.ts'

const schema = Type.Object({
  StartIndex: Type.Integer({ minimum: 0 }),
  Small: Type.Optional(Type.Integer({ maximum: 10 })),
  Any: Type.Optional(Type.Integer()),
  Items: Type.Optional(Type.Array(Type.Object({ Seq: Type.Union([Type.Integer(), Type.Literal('')]) }))),
  type: Type.Optional(Type.String()),
})
const check = requestChecker({ schema, badParameter: 40001, spellings: {} })
const taken = (body: object) => {
  try {
    return check(body, JSON.stringify(body))
  } catch (error) {
    return String(error)
  }
}

test('an integer without bounds takes every exact one, and nothing beyond', () => {
  for (const body of [
    { StartIndex: Number.MAX_SAFE_INTEGER, Any: Number.MIN_SAFE_INTEGER, type: 'integer' },
    { StartIndex: 0, Small: 10, Items: [{ Seq: Number.MAX_SAFE_INTEGER }, { Seq: '' as const }] },
  ])
    expect(taken(body)).toEqual(body)
  for (const body of [
    { StartIndex: 1e308 },
    { StartIndex: 2 ** 53 },
    { StartIndex: 0, Any: -1e300 },
    { StartIndex: 0, Small: 11 },
    { StartIndex: 0, Items: [{ Seq: 1e21 }] },
    { StartIndex: -1 },
  ])
    expect(taken(body)).toStartWith('CommandError')
})
