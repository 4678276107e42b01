import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { GroupPush, Push } from '../../bus/bus.ts'
import type { Change } from '../../store/change.ts'
import { DeliveredHeads, EVERYBODY } from './delivered-heads.ts'
import { HeadWatch } from './head-watch.ts'

const APP = 1400000001
const ALICE = 1
const BOB = 2
const STRANGER = 3
const GROUP = 4

const stored = (conv: number, seq: number, members: readonly number[] = [ALICE, BOB, STRANGER]): Change => ({
  kind: 'conversation',
  app: APP,
  conv,
  members,
  seq,
})

/** A watch with its own clock, on a node where Alice and Bob have sockets. */
function watched() {
  const clock = { now: 0 }
  const heads = new DeliveredHeads()
  const told: Push[] = []
  const toldGroups: GroupPush[] = []
  const watch = new HeadWatch({
    heads,
    isHere: (_, account) => account !== STRANGER,
    deliver: push => told.push(push),
    isGroupHere: (_, group) => group === GROUP,
    deliverToGroup: push => toldGroups.push(push),
    now: () => clock.now,
  })
  return {
    heads,
    told,
    toldGroups,
    watch,
    pass(ms: number) {
      clock.now += ms
      watch.turn()
    },
  }
}

test('a head that no hint brought within a moment is told to the members that are here', () => {
  const { watch, told, pass } = watched()
  watch.take([stored(5, 9)])
  pass(149)
  expect(told).toEqual([])
  pass(1)
  expect(told).toEqual([
    { app: APP, to: [ALICE, BOB], frame: '{"ev":"head","ConvId":5,"Seq":9}', head: { conv: 5, seq: 9 } },
  ])
  pass(1000)
  expect(told).toHaveLength(1)
  watch.stop()
})

test('a hint that came, before the log or after it, makes telling needless', () => {
  const { watch, told, heads, pass } = watched()
  heads.note(5, ALICE, 9, 0)
  watch.take([stored(5, 9)])
  pass(100)
  heads.note(5, BOB, 11, 100)
  pass(100)
  expect(told).toEqual([])
  watch.stop()
})

test('only who missed it is told', () => {
  const { watch, told, heads, pass } = watched()
  heads.note(5, ALICE, 9, 0)
  heads.note(5, BOB, 8, 0)
  watch.take([stored(5, 9)])
  pass(200)
  expect(told.map(push => push.to)).toEqual([[BOB]])
  watch.stop()
})

test('everybody in a group is told together, unless the hint came or nobody of it is here', () => {
  const { watch, told, toldGroups, heads, pass } = watched()
  const inGroup = (conv: number, group: number, seq: number): Change => ({
    kind: 'conversation',
    app: APP,
    conv,
    group,
    seq,
  })
  watch.take([inGroup(5, GROUP, 9), inGroup(6, GROUP, 2), inGroup(7, GROUP + 1, 1)])
  heads.note(6, EVERYBODY, 2, 0)
  pass(100)
  watch.take([inGroup(5, GROUP, 10)])
  pass(50)
  expect(toldGroups).toEqual([
    {
      app: APP,
      group: GROUP,
      frame: '{"ev":"head","ConvId":5,"Seq":10}',
      authNo: 0,
      head: { conv: 5, seq: 10 },
    },
  ])
  heads.note(5, EVERYBODY, 10, 150)
  pass(1000)
  expect(toldGroups).toHaveLength(1)
  expect(told).toEqual([])
  watch.stop()
})

test('changes without a head, and conversations of nobody here, are no matter', () => {
  const { watch, told, pass } = watched()
  watch.take([
    { kind: 'conversation', app: APP, conv: 5 },
    { kind: 'app', app: APP },
    stored(6, 1, [STRANGER]),
  ])
  pass(10_000)
  expect(told).toEqual([])
})

test('whatever comes late or never, every member ends up with every head, told only where something was missed', () => {
  const happening = fc.record({
    conv: fc.integer({ min: 1, max: 3 }),
    hint: fc.constantFrom('before', 'after', 'never'),
    ms: fc.constantFrom(0, 10, 60, 200),
  })
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), plan => {
      const { watch, told, heads, pass } = watched()
      const head = new Map<number, number>()
      const known = new Map<number, number>()
      let now = 0
      let missed = 0
      const arrive = (conv: number, seq: number) => {
        heads.note(conv, ALICE, seq, now)
        heads.note(conv, BOB, seq, now)
        known.set(conv, Math.max(known.get(conv) ?? 0, seq))
      }
      for (const { conv, hint, ms } of plan) {
        const seq = (head.get(conv) ?? 0) + 1
        head.set(conv, seq)
        if (hint === 'before') arrive(conv, seq)
        watch.take([stored(conv, seq)])
        if (hint === 'after') arrive(conv, seq)
        if (hint === 'never') missed++
        now += ms
        pass(ms)
      }
      pass(200)
      pass(200)
      for (const { frame } of told) {
        const { ConvId, Seq } = JSON.parse(frame) as { ConvId: number; Seq: number }
        known.set(ConvId, Math.max(known.get(ConvId) ?? 0, Seq))
      }
      expect(known).toEqual(head)
      expect(told.length).toBeLessThanOrEqual(missed)
      watch.stop()
    }),
  )
})

test('what waits is bounded: beyond it the oldest are told early', () => {
  const { watch, told } = watched()
  for (let conv = 1; conv <= 20_010; conv++) watch.take([stored(conv, 1)])
  expect(told).toHaveLength(10)
  watch.stop()
})

test('heads are remembered for some seconds and in a bounded number', () => {
  const heads = new DeliveredHeads()
  heads.note(1, ALICE, 5, 0)
  expect([heads.covers(1, ALICE, 5), heads.covers(1, ALICE, 6), heads.covers(1, BOB, 1)]).toEqual([
    true,
    false,
    false,
  ])
  heads.note(1, ALICE, 3, 1)
  expect(heads.covers(1, ALICE, 5)).toBe(true)
  heads.note(2, ALICE, 1, 5001)
  expect(heads.covers(1, ALICE, 5)).toBe(true)
  heads.note(3, ALICE, 1, 10_002)
  expect(heads.covers(1, ALICE, 5)).toBe(false)
  for (let conv = 10; conv < 150_000; conv++) heads.note(conv, ALICE, 1, 10_003)
  expect(heads.covers(10, ALICE, 1)).toBe(false)
  expect(heads.covers(149_999, ALICE, 1)).toBe(true)
})
