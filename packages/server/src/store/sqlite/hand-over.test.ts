import { expect, test } from 'bun:test'
import type { AppendItem, AppendKey } from '../append.ts'
import type { BatchOutcome, WriteOperation } from './batch-writer.ts'
import { batchText, outcomeText, readBatch, readOutcome } from './hand-over.ts'

/** What JSON escapes, what it does not, and half of a pair. */
const TEXTS = ['', '[]', 'a\nb', '\u0000"\\', '好\u2028', '😇', '\ud83d', `[{"Text":"${'x'.repeat(500)}"}]`]
const KEYS: readonly AppendKey[] = [
  { kind: 'client', hash: '1abc' },
  { kind: 'rest', hash: '"' },
  { kind: 'import' },
]
const NUMBERS = [0, 1, 4_294_967_295, 9_007_199_254_740_991, -1]

const pick = <T>(list: readonly T[], seed: number): T => list[seed % list.length] as T

function item(seed: number): AppendItem {
  const number = (salt: number) => pick(NUMBERS, seed * 7 + salt)
  const group = {
    no: number(1),
    conv: number(2),
    audience: number(3),
    authNo: number(4),
    to: [1, 2],
    mentions: [0],
    atInfo: pick(TEXTS, seed + 3),
    activates: seed % 2 === 0,
    perSecond: number(5),
  }
  return {
    app: number(6),
    sender: number(7),
    receiver: number(8),
    msgSeq: number(9),
    random: number(10),
    clientTime: number(11),
    flags: number(12),
    importTime: number(13),
    body: pick(TEXTS, seed),
    custom: pick(TEXTS, seed + 1),
    pushInfo: pick(TEXTS, seed + 2),
    key: pick(KEYS, seed),
    ...(seed % 3 === 0 && { group }),
  }
}

test('a batch comes out as it went in, whatever its texts are', () => {
  const operations: WriteOperation[] = Array.from({ length: 120 }, (_, seed) =>
    seed % 5 === 4
      ? { kind: 'mutate', name: 'a.mutation', args: { text: pick(TEXTS, seed), list: [1, null, 0] } }
      : { kind: 'append', item: item(seed) },
  )
  for (let size = 0; size <= operations.length; size++)
    expect(readBatch(batchText(operations.slice(0, size)))).toEqual(operations.slice(0, size))
})

test('outcomes come out as they went in, also those that look like one another', () => {
  const numbers = { conv: 1, seq: 2, time: 3, msgSeq: 4, countNo: 5, flags: 6 }
  const outcome: BatchOutcome = {
    outcomes: [
      { appended: { outcome: 'stored', ...numbers } },
      { appended: { outcome: 'duplicate', ...numbers, flags: 0 } },
      { appended: { outcome: 'gone', which: 'receiver' } },
      { appended: { outcome: 'dropped', time: 7 } },
      { ok: { outcome: 'stored', ...numbers, also: 'of a mutation' } },
      { ok: null },
      { ok: 0 },
      { failure: 'a line\nand one more' },
    ],
    changes: [{ kind: 'app', app: 1 }],
  }
  expect(readOutcome(outcomeText(outcome))).toEqual(outcome)
  const failed: BatchOutcome = { outcomes: [], changes: [], storageError: 'disk full' }
  expect(readOutcome(outcomeText(failed))).toEqual(failed)
})
