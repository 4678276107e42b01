import { expect, test } from 'bun:test'
import { SendTurns } from './send-turns.ts'

/** Sends that take a given number of steps to be looked up, in the order in which they went. */
async function order(lookups: readonly { readonly steps: number; readonly judgement: number }[]) {
  const turns = new SendTurns()
  const went: number[] = []
  await Promise.all(
    lookups.map(async ({ steps, judgement }, index) => {
      const turn = turns.begin('alice to bob')
      try {
        for (let step = 0; step < steps; step++) await Bun.sleep(0)
        while (!turn.isNext(judgement)) await turn.waited()
        turn.go(judgement)
        went.push(index)
        await Bun.sleep(1)
      } finally {
        turn.end()
      }
    }),
  )
  expect(turns.size).toBe(0)
  return went
}

test('whatever the lookups take, sends go in their order', async () => {
  const lookups = [5, 0, 9, 1, 0, 3].map(steps => ({ steps, judgement: 7 }))
  expect(await order(lookups)).toEqual([0, 1, 2, 3, 4, 5])
})

test('who was judged anew goes after those that were judged before are settled', async () => {
  const turns = new SendTurns()
  const [first, second] = [turns.begin('k'), turns.begin('k')]
  expect(first.isNext(1)).toBe(true)
  first.go(1)
  expect(second.isNext(1)).toBe(true)
  expect(second.isNext(2)).toBe(false)
  const waited = second.waited()
  first.end()
  await waited
  expect(second.isNext(2)).toBe(true)
  second.end()
  expect(turns.size).toBe(0)
})

test('a send that failed holds up nobody', async () => {
  const turns = new SendTurns()
  const [first, second] = [turns.begin('k'), turns.begin('k')]
  const waited = second.waited()
  first.end()
  await waited
  expect(second.isNext(1)).toBe(true)
  expect(turns.size).toBe(1)
})
