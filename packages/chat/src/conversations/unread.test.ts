import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { UnreadCount } from './unread.ts'

/** The server's truth about one conversation. */
class Truth {
  readonly countable: boolean[] = []
  readonly recalled = new Set<number>()
  changeNo = 0
  readSeq = 0

  get unread(): number {
    return this.countable.filter((is, at) => is && at + 1 > this.readSeq && !this.recalled.has(at + 1)).length
  }

  item() {
    return {
      headSeq: this.countable.length,
      changeNo: this.changeNo,
      readSeq: this.readSeq,
      unread: this.unread,
    }
  }
}

const operations = fc.array(
  fc.oneof(
    fc.constant({ do: 'countable' as const, pick: 0 }),
    fc.constant({ do: 'own' as const, pick: 0 }),
    fc.record({ do: fc.constant('recall' as const), pick: fc.nat() }),
    fc.record({ do: fc.constant('readElsewhere' as const), pick: fc.nat() }),
    fc.constant({ do: 'readHere' as const, pick: 0 }),
    fc.constant({ do: 'item' as const, pick: 0 }),
  ),
  { maxLength: 60 },
)

describe('the unread count', () => {
  test('follows the server’s through messages, recalls, reading here and elsewhere', () => {
    fc.assert(
      fc.property(operations, plan => {
        const truth = new Truth()
        const count = new UnreadCount()
        for (const { do: what, pick } of plan) {
          const head = truth.countable.length
          if (what === 'countable' || what === 'own') {
            truth.countable.push(what === 'countable')
            if (what === 'countable') count.arrived(head + 1)
          }
          if (what === 'recall' && head > 0) {
            const seq = (pick % head) + 1
            if (truth.recalled.has(seq)) continue
            truth.recalled.add(seq)
            truth.changeNo += 1
            if (truth.countable[seq - 1]) {
              count.recalled(seq, truth.changeNo)
              count.recalled(seq, truth.changeNo)
            }
          }
          if (what === 'readElsewhere' && head > 0) {
            truth.readSeq = Math.max(truth.readSeq, (pick % head) + 1)
            count.rebase(truth.item())
          }
          if (what === 'readHere') {
            truth.readSeq = head
            count.read(head)
          }
          if (what === 'item') count.rebase(truth.item())
          expect(count.value).toBe(truth.unread)
        }
      }),
    )
  })

  test('that was read here does not come back with an older number of the server', () => {
    const count = new UnreadCount()
    const before = { headSeq: 5, changeNo: 0, readSeq: 0, unread: 5 }
    count.rebase(before)
    count.read(5)
    count.rebase(before)
    expect(count.value).toBe(0)
    count.rebase({ headSeq: 7, changeNo: 0, readSeq: 0, unread: 7 })
    expect(count.value).toBe(2)
  })

  test('of thousands is exact and keeps little in memory', () => {
    const count = new UnreadCount()
    for (let seq = 1; seq <= 5_000; seq += 1) count.arrived(seq)
    expect(count.value).toBe(5_000)
    count.read(5_000)
    expect(count.value).toBe(0)
  })
})
