import { expect, test } from 'bun:test'
import { ERROR_CATALOGUE, errorEntry } from './error-catalogue.ts'
import { ErrorCode, isRetryable } from './error-code.ts'
import { SETTING_KEYS } from './limits.ts'

const sentences = ERROR_CATALOGUE.flatMap(({ name, meaning, remedy }) => [
  { name, text: meaning },
  { name, text: remedy },
])

test('the catalogue has one row for each code, under the same name', () => {
  const rows = Object.fromEntries(ERROR_CATALOGUE.map(entry => [entry.name, entry.code]))
  expect(rows).toEqual({ ...ErrorCode })
  expect(ERROR_CATALOGUE.length).toBe(Object.keys(ErrorCode).length)
})

test('meaning and remedy are one sentence each', () => {
  expect(sentences.filter(({ text }) => !/^[A-Z`].{7,}[^.]\.$/.test(text) || /\. [A-Z]/.test(text))).toEqual(
    [],
  )
})

test('a setting that a text tells the operator to change exists', () => {
  const named = sentences.flatMap(({ text }) =>
    [...text.matchAll(/`([a-z]+(?:\.[a-zA-Z]+)+)`/g)].map(m => m[1]!),
  )
  expect(named.length).toBeGreaterThan(20)
  const known = (key: string) =>
    SETTING_KEYS.some(setting => setting === key || setting.startsWith(`${key}.`))
  expect(named.filter(key => !known(key))).toEqual([])
})

test('a row is found by its number and says whether to try again', () => {
  expect(errorEntry(60022)).toMatchObject({ name: 'SERVICE_OVERLOAD', code: 60022, retryable: true })
  expect(errorEntry(70001)).toMatchObject({ name: 'USERSIG_EXPIRED', retryable: false })
  expect(ERROR_CATALOGUE.filter(entry => entry.retryable !== isRetryable(entry.code))).toEqual([])
})

test('a code of the app or an unknown one has no row', () => {
  expect([0, 10150, 120042, 38001, 10099].map(errorEntry)).toEqual(Array(5).fill(undefined))
})
