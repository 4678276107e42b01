import { expect, test } from 'bun:test'
import { takePage } from './message-list.ts'

const MAX = 300

/** Texts of one, two and three bytes a unit; some longer than a page. */
function randomTexts(seed: number): string[] {
  let state = seed
  const random = (end: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % end
  }
  return Array.from(
    { length: random(12) },
    () => ['a', 'é', '好', '😇'][random(4)]?.repeat(random(120)) ?? '',
  )
}

test('a page has what fits into its bytes, commas counted, and its first text always', async () => {
  const sizes = new Set<number>()
  for (let seed = 1; seed <= 500; seed++) {
    const texts = randomTexts(seed)
    const fits = (count: number) => Buffer.byteLength(`${texts.slice(0, count).join(',')},`) <= MAX
    let expected = Math.min(texts.length, 1)
    while (expected < texts.length && fits(expected + 1)) expected++

    const page = await takePage(texts, text => (seed % 2 ? text : Promise.resolve(text)), MAX)

    expect(page).toEqual({ texts: texts.slice(0, expected), taken: expected })
    sizes.add(expected)
  }
  // The seeds reach empty, short and long pages.
  expect(sizes.size).toBeGreaterThan(6)
})
