import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { withRules } from './rules-markdown.ts'

test('docs/groups.md shows the tables as they are', () => {
  const page = readFileSync(new URL('../../../../../docs/groups.md', import.meta.url).pathname, 'utf8')
  // Stale: run `bun packages/server/src/groups/rules/rules-markdown.ts`.
  expect(withRules(page)).toBe(page)
})
