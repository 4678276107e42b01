import { expect, test } from 'bun:test'
import { ChangeRate } from './change-rate.ts'

test('changes count within a minute of the first one, then from nothing again', () => {
  const rate = new ChangeRate(60_000)
  rate.add('a', 1000)
  rate.add('a', 30_000)
  expect(rate.count('a', 60_999)).toBe(2)
  expect(rate.count('b', 60_999)).toBe(0)
  expect(rate.count('a', 61_000)).toBe(0)
  rate.add('a', 61_000)
  expect(rate.count('a', 61_001)).toBe(1)
})

test('what is remembered is bounded: the oldest thing is forgotten', () => {
  const rate = new ChangeRate(60_000)
  for (let n = 0; n <= 10_000; n++) rate.add(`m${n}`, 1000)
  expect(rate.count('m0', 1001)).toBe(0)
  expect(rate.count('m10000', 1001)).toBe(1)
})
