import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Audience, type Move } from './audience.ts'

const ALICE = 1

test('a later change wins over an earlier one that is told after it', () => {
  const audience = new Audience()
  audience.move(ALICE, 'left', 8)
  audience.claim(8, 1)
  expect(audience.move(ALICE, 'joined', 7)).toBe(false)
  expect(audience.has(ALICE)).toBe(false)
  expect(audience.move(ALICE, 'joined', 9)).toBe(true)
  expect(audience.has(ALICE)).toBe(true)
})

test('a row that was read does not undo a change that came after it', () => {
  const audience = new Audience()
  audience.move(ALICE, 'left', 8)
  expect(audience.found(ALICE, 7)).toBe(false)
  expect(audience.found(ALICE, 9)).toBe(true)
})

test('a state is known when nothing is missing before it, or once all that was committed until then was told', () => {
  const audience = new Audience()
  audience.claim(5, 100)
  expect([audience.knows(5, 99), audience.knows(5, 100), audience.knows(6, 100)]).toEqual([
    false,
    true,
    false,
  ])
  audience.changed(6, 200)
  expect(audience.knows(6, 0)).toBe(true)
  audience.changed(8, 300)
  expect([audience.knows(8, 299), audience.knows(6, 299), audience.knows(8, 300)]).toEqual([
    false,
    true,
    true,
  ])
})

test('once everything was told, the audience is what the changes in their order make it, and nothing more is kept', () => {
  const change = fc.record({
    account: fc.integer({ min: 1, max: 3 }),
    move: fc.constantFrom<Move>('joined', 'left'),
    delay: fc.integer({ min: 0, max: 5 }),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.integer({ min: 0, max: 40 }), (list, readAt) => {
      const numbered = list.map((it, index) => ({ ...it, no: index + 1 }))
      const stateAt = (no: number) => {
        const members = new Set<number>()
        for (const it of numbered.slice(0, no))
          if (it.move === 'joined') members.add(it.account)
          else members.delete(it.account)
        return members
      }
      const audience = new Audience()
      const told = numbered.toSorted((a, b) => a.no + a.delay - (b.no + b.delay))
      for (const [at, it] of told.entries()) {
        audience.move(it.account, it.move, it.no)
        audience.changed(it.no, at)
        // A login reads all that is committed; what it reads may not have been told yet.
        if (at === readAt) {
          for (const account of stateAt(numbered.length)) audience.found(account, numbered.length)
          audience.claim(numbered.length, at)
        }
      }
      const end = numbered.length
      audience.knows(end, end)
      expect([...audience.members].sort()).toEqual([...stateAt(end)].sort())
      expect(audience.isNeeded).toBe(audience.size > 0)
    }),
  )
})

test('who came in after a frame was judged is known', () => {
  const audience = new Audience()
  audience.move(ALICE, 'joined', 3)
  audience.move(2, 'joined', 5)
  expect([audience.joinedAfter(2), audience.joinedAfter(3), audience.joinedAfter(5)]).toEqual([
    [ALICE, 2],
    [2],
    [],
  ])
  audience.drop(2)
  expect(audience.joinedAfter(3)).toEqual([])
})

test('a dismissed group is joined by nobody', () => {
  const audience = new Audience()
  audience.dismiss()
  expect([audience.move(ALICE, 'joined', 2), audience.found(ALICE, 3)]).toEqual([false, false])
})

test('only members can want no messages, and no longer than they are members', () => {
  const audience = new Audience()
  audience.setReception(ALICE, 'none')
  expect(audience.hearing(ALICE)).toBe('all')
  audience.move(ALICE, 'joined', 1)
  audience.setReception(ALICE, 'none')
  expect(audience.hearing(ALICE)).toBe('numbers')
  audience.move(ALICE, 'left', 2)
  audience.move(ALICE, 'joined', 3)
  expect(audience.hearing(ALICE)).toBe('all')
})

test('who chose for a topic, or wants mentions only, is told by itself', () => {
  const audience = new Audience()
  audience.move(ALICE, 'joined', 1)
  audience.setReception(ALICE, 'none', 50)
  expect([audience.hearing(ALICE), [...audience.choosing]]).toEqual(['apart', [ALICE]])
  expect([audience.reception(ALICE, 50), audience.reception(ALICE, 51)]).toEqual(['none', 'all'])
  audience.setReception(ALICE, 'mentions')
  expect([audience.reception(ALICE, 50), audience.reception(ALICE, 51)]).toEqual(['none', 'mentions'])
  audience.move(ALICE, 'left', 2)
  expect([...audience.choosing]).toEqual([])
})
