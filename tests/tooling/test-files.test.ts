import { describe, expect, test } from 'bun:test'
import { chooseFiles, engineNeutral, isTestFile, splitArguments } from '../../scripts/test-files.mjs'

const files = ['packages/chat/src/a.test.ts', 'packages/server/src/chat.test.ts', 'tests/flow/chat.test.ts']
const choose = (...filters: readonly string[]) => chooseFiles(files, filters, '/project')

describe('what follows `npm test --`', () => {
  test('runs everything when there is no filter', () => {
    expect(choose()).toEqual(files)
  })

  test('chooses the files whose path contains a filter', () => {
    expect(choose('chat')).toEqual(files)
    expect(choose('server', 'flow')).toEqual([files[1] ?? '', files[2] ?? ''])
    expect(choose('nothing')).toEqual([])
  })

  test('chooses what lies under a filter that is a path', () => {
    expect(choose('./packages/chat')).toEqual([files[0] ?? ''])
    expect(choose('/project/tests/')).toEqual([files[2] ?? ''])
    expect(choose('./pack')).toEqual([])
  })

  test('goes to bun when it is an option, together with its value', () => {
    expect(splitArguments(['chat', '-t', 'a name', '--bail', '--timeout=9', './tests'])).toEqual({
      filters: ['chat', './tests'],
      options: ['-t', 'a name', '--bail', '--timeout=9'],
    })
  })

  test('finds the names that bun takes for tests', () => {
    expect(files.every(isTestFile)).toBe(true)
    expect(['a.spec.tsx', 'a_test.mjs'].every(isTestFile)).toBe(true)
    expect(['latest.ts', 'a.test.md', 'test.ts'].some(isTestFile)).toBe(false)
  })
})

test('on PostgreSQL run the tests of the server that use a store, except those about one engine and browsers', () => {
  const texts: Readonly<Record<string, string>> = {
    'packages/server/src/login/kick.test.ts': `import { startTestServer } from '../testing/test-server.ts'`,
    'packages/server/src/apps/apps.test.ts': `import { openTestStore } from '../testing/test-store.ts'`,
    'packages/server/src/doors/token-bucket.test.ts': `import { TokenBucket } from './token-bucket.ts'`,
    'packages/server/src/store/sqlite/a.test.ts': `import { openTestStore } from '../../testing/test-store.ts'`,
    'packages/server/src/observability/full-disk.test.ts': `import { startTestServer } from '../testing/test-server.ts'`,
    'packages/server/src/bus/cluster.test.ts': `import { findPostgres } from '../testing/postgres-server.ts'
      import { TestServer } from '../testing/test-server.ts'`,
    'packages/chat/src/chat.e2e.test.ts': `import { startTestServer } from '../../server/src/testing/test-server.ts'`,
  }
  expect(engineNeutral(Object.keys(texts), file => texts[file] ?? '')).toEqual([
    'packages/server/src/login/kick.test.ts',
    'packages/server/src/apps/apps.test.ts',
  ])
})
