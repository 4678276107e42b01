import { expect, test } from 'bun:test'
import { missingPaths, vendorCommands } from './vendor-commands.ts'

/** Areas that are whole. The others come with later issues. */
const WHOLE = ['accounts', 'c2c', 'conversations', 'groups']

test('every command of the areas that are whole answers, older spellings included', async () => {
  const areas = new Set((await vendorCommands()).map(({ area }) => area))
  for (const area of WHOLE) expect(areas).toContain(area)
  const missing = await missingPaths()
  expect(WHOLE.flatMap(area => missing.get(area) ?? [])).toEqual([])
})
