import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ErrorCode, isRetryable } from './error-code.ts'

/** Reference error-codes.md 1, without the ranges whose numbers apps choose. */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [-302, -302],
  [-20009, -10000],
  [-100005, -100000],
  [1001, 1999],
  [2000, 3200],
  [6001, 6300],
  [8010, 8020],
  [10002, 10099],
  [11000, 11000],
  [110002, 110003],
  [20001, 20040],
  [21005, 21005],
  [22001, 22006],
  [23001, 23009],
  [30001, 32218],
  [40001, 40610],
  [50001, 51013],
  [60002, 60022],
  [70001, 72012],
  [80001, 80005],
  [90001, 93000],
  [114000, 115068],
  [130001, 130014],
]

/** Reference error-codes.md 14, word for word. */
const RETRYABLE = [
  60007, 60008, 60011, 60014, 60018, 60019, 60022, 10002, 10006, 10023, 10049, 10056, 20004, 20005, 30006,
  30007, 30008, 40006, 50004, 50005, 70169, 70202, 70500, 90992, 90994, 90995, 91000, -10113, -10114, 2800,
  2801,
]

const numbers: readonly number[] = Object.values(ErrorCode)

test('no two names share a number', () => {
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.length).toBe(403)
})

test('every number lies in a range that the reference gives to the service, none in a range of the app', () => {
  expect(numbers.filter(code => !RANGES.some(([from, to]) => code >= from && code <= to))).toEqual([])
})

test('every name is in capitals', () => {
  expect(Object.keys(ErrorCode).filter(name => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name))).toEqual([])
})

test('exactly the listed codes may be tried again', () => {
  const order = (codes: readonly number[]) => codes.toSorted((a, b) => a - b)
  expect(order(numbers.filter(isRetryable))).toEqual(order(RETRYABLE))
})

test('an app-defined or unknown code is final', () => {
  expect([10150, 38001, 120042, 12345, 0].filter(isRetryable)).toEqual([])
})

test('codes that clients branch on have their documented numbers', () => {
  expect<Record<string, number>>({
    conflict: ErrorCode.MODIFY_CONFLICT,
    expired: ErrorCode.USERSIG_EXPIRED,
    ready: ErrorCode.SDK_NOT_READY,
    refused: ErrorCode.MESSAGE_REFUSED_BY_WEBHOOK,
    groupRefused: ErrorCode.GROUP_REFUSED_BY_WEBHOOK,
    hook: ErrorCode.PRE_HOOK_FAILED,
    notInGroup: ErrorCode.GROUP_PERMISSION_DENIED,
    notFriends: ErrorCode.MESSAGE_NOT_FRIENDS,
    lateRecall: ErrorCode.RECALL_TIME_LIMIT,
    lateGroupRecall: ErrorCode.GROUP_RECALL_TIME_LIMIT,
  }).toEqual({
    conflict: 2480,
    expired: 70001,
    ready: 2999,
    refused: 20006,
    groupRefused: 10016,
    hook: 80003,
    notInGroup: 10007,
    notFriends: 20009,
    lateRecall: 20016,
    lateGroupRecall: 10031,
  })
})

test('a browser bundle carries the numbers it uses and nothing else of the catalogue', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-error-code-'))
  try {
    const entry = join(folder, 'entry.ts')
    const source = join(import.meta.dir, 'error-code.ts')
    await Bun.write(
      entry,
      `import { ErrorCode, isRetryable } from ${JSON.stringify(source)}
       export const seen = (code: number) => code === ErrorCode.USERSIG_EXPIRED || isRetryable(code)`,
    )
    const built = await Bun.build({ entrypoints: [entry], minify: true, target: 'browser' })
    const text = (await built.outputs[0]?.text()) ?? ''
    expect(text).toMatch(/70001|70\.001e3/)
    expect(text).not.toContain('90054')
    expect(text.length).toBeLessThan(600)
  } finally {
    await rm(folder, { recursive: true })
  }
})
