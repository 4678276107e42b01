import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { CATCH_UP_MESSAGES } from '../bounds.ts'
import { ConversationLog } from './conversation-log.ts'

/** What a network does to the frames of one conversation. */
const fates = fc.array(fc.constantFrom('once', 'lost', 'twice', 'late', 'pull'), {
  minLength: 1,
  maxLength: 80,
})

describe('the numbers of a conversation', () => {
  test('come out once each and in order, whatever is lost, doubled, late or pulled', () => {
    fc.assert(
      fc.property(fates, fc.nat(20), fc.integer({ min: 1, max: 7 }), (plan, start, page) => {
        const log = new ConversationLog<number>(start, 0)
        const out: number[] = []
        const late: number[] = []
        let head = start
        const pull = (): void => {
          const after = log.seq
          const cover = Math.min(head, after + page)
          const messages = Array.from({ length: cover - after }, (_, i) => after + i + 1)
          out.push(
            ...log.pulled(
              messages.map(seq => [seq, seq]),
              cover,
              0,
            ),
          )
        }
        for (const fate of plan) {
          if (fate === 'pull') {
            pull()
            continue
          }
          head += 1
          if (fate === 'late') late.push(head)
          if (fate === 'once' || fate === 'twice') out.push(...log.arrive(head, head))
          if (fate === 'twice') out.push(...log.arrive(head, head))
        }
        for (const seq of late.reverse()) out.push(...log.arrive(seq, seq))
        log.sawHead(head, 0)
        for (let i = 0; i < 200 && log.behind; i += 1) pull()
        expect(log.behind).toBe(false)
        expect(out).toEqual(Array.from({ length: head - start }, (_, i) => start + i + 1))
      }),
    )
  })

  test('that the viewer does not see are covered, and what is visible still comes once and in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.array(fc.nat(59), { maxLength: 60 }),
        (visible, order) => {
          const log = new ConversationLog<number>(0, 0)
          const out: number[] = []
          for (const at of order) {
            if (visible[at]) out.push(...log.arrive(at + 1, at + 1))
          }
          const seen = visible.flatMap((isVisible, at) => (isVisible ? [at + 1] : []))
          const rest = seen.filter(seq => seq > log.seq)
          out.push(
            ...log.pulled(
              rest.map(seq => [seq, seq]),
              visible.length,
              0,
            ),
          )
          expect(out).toEqual(seen)
          expect(log.seq).toBe(Math.max(visible.length, 0))
        },
      ),
    )
  })

  test('changes are new once, and a gap among them is seen', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 120 }), numbers => {
        const log = new ConversationLog<number>(0, 0)
        const taken = numbers.filter(changeNo => log.arriveChange(changeNo))
        expect([...taken].sort((a, b) => a - b)).toEqual([...new Set(numbers)].sort((a, b) => a - b))
        const has = new Set(numbers)
        let covered = 0
        while (has.has(covered + 1)) covered += 1
        expect(log.changeNo).toBe(covered)
        expect(log.behind).toBe(covered < Math.max(0, ...numbers))
        log.pulled([], 0, 40)
        expect(log.behind).toBe(false)
      }),
    )
  })

  test('after a very long pause only the last messages are caught up', () => {
    const log = new ConversationLog<number>(10, 0)
    log.sawHead(CATCH_UP_MESSAGES + 1_000, 0)
    expect(log.seq).toBe(1_000)
    expect(log.behind).toBe(true)
  })

  test('a number that the server cannot show is not waited for forever', () => {
    const log = new ConversationLog<number>(3, 0)
    log.sawHead(9, 2)
    expect(log.behind).toBe(true)
    log.giveUp()
    expect(log.behind).toBe(false)
    expect(log.arrive(4, 4)).toEqual([4])
  })
})
