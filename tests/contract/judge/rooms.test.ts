import { describe, expect, test } from 'bun:test'
import type { Entry } from '../history/entry.ts'
import { judge } from './judge.ts'
import { ANA, BO, sampleGroupHistory } from './sample-group-history.ts'

const APP = { user: 'administrator', device: 'REST', session: 0 }
const ROOM = 'room'

/** What the judge finds in the sample with these steps before its final state. */
function found(...steps: readonly (readonly Entry[])[]): string[] {
  const entries = sampleGroupHistory()
  entries.splice(
    entries.findIndex(it => it.t === 'view'),
    0,
    ...steps.flat(),
  )
  return [...new Set(judge(entries).map(it => it.rule))]
}

let calls = 10_000

function done(call: object, ok = true): readonly Entry[] {
  const number = ++calls
  const end = ok ? { ok } : { ok, code: 10_007, info: '' }
  return [
    { t: 'call', at: 9_000, call: number, room: ROOM, ...call } as Entry,
    { t: 'return', at: 9_000, call: number, ...end } as Entry,
  ]
}

type Who = typeof ANA
const enter = (who: Who) => done({ op: 'enter', ...who })
const leave = (who: Who) => done({ op: 'leave', ...who })
const say = (who: Who, id: string) => done({ op: 'room-send', ...who, id, text: id })
const ban = (target: string, on = true) => done({ op: 'room-ban', ...APP, target, on })
const hear = (who: Who, id: string): readonly Entry[] => [{ t: 'heard', at: 9_000, ...who, room: ROOM, id }]

const inside = [enter(ANA), enter(BO)]

test('a room in which everybody hears what is said is judged clean, and so is one that loses messages', () => {
  expect(found(...inside, say(ANA, 'r1'), hear(BO, 'r1'), say(ANA, 'r2'), hear(BO, 'r2'))).toEqual([])
  expect(found(...inside, say(ANA, 'r1'), say(ANA, 'r2'), hear(BO, 'r2'))).toEqual([])
})

describe('in a room the judge finds', () => {
  test.each([
    ['a message that is heard twice', [...inside, say(ANA, 'r1'), hear(BO, 'r1'), hear(BO, 'r1')]],
    ['a message that nobody said', [...inside, hear(BO, 'r1')]],
    [
      'messages of one device in another order',
      [...inside, say(ANA, 'r1'), say(ANA, 'r2'), hear(BO, 'r2'), hear(BO, 'r1')],
    ],
    ['a message that is heard outside', [enter(ANA), say(ANA, 'r1'), hear(BO, 'r1')]],
    ['a message that is heard after leaving', [...inside, say(ANA, 'r1'), leave(BO), hear(BO, 'r1')]],
    ['a message that is said and heard after a ban', [...inside, ban('bo'), say(ANA, 'r1'), hear(BO, 'r1')]],
    ['somebody who enters in spite of a ban', [ban('bo'), enter(BO)]],
    ['somebody who speaks in spite of a ban', [...inside, ban('bo'), say(BO, 'r1')]],
  ])('%s', (_name, steps) => {
    expect(found(...steps)).toEqual(['rooms'])
  })

  test('nothing in a message that was said before a ban and comes after it, nor in who came back after it was lifted', () => {
    expect(found(...inside, say(ANA, 'r1'), ban('bo'), hear(BO, 'r1'))).toEqual([])
    const back = [ban('bo'), ban('bo', false), enter(BO), say(ANA, 'r1'), hear(BO, 'r1')]
    expect(found(...inside, ...back)).toEqual([])
    expect(found(...inside, leave(BO), enter(BO), say(ANA, 'r1'), hear(BO, 'r1'))).toEqual([])
  })
})
