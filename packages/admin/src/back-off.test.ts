import { expect, test } from 'bun:test'
import { backOffMs } from './back-off.ts'

test('the pause is a random part of a bound that doubles up to five seconds', () => {
  expect([1, 2, 3, 5, 6, 50].map(failures => backOffMs(failures, 0, 1))).toEqual([
    200, 400, 800, 3200, 5000, 5000,
  ])
  expect(backOffMs(3, 0, 0)).toBe(0)
  expect(backOffMs(3, 0, 0.25)).toBe(200)
})

test('a delay that the server asked for is never cut short', () => {
  expect(backOffMs(1, 1500, 0)).toBe(1500)
  expect(backOffMs(1, 1500, 1)).toBe(1700)
})
