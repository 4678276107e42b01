// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

/** bench/ is not here: a benchmark is no test. */
export const testRoots = /** @type {const} */ (['packages', 'examples', 'tests'])

const testName = /[._](?:test|spec)\.[cm]?[jt]sx?$/
const notOurs = new Set(['node_modules', 'dist', 'coverage'])

/** Options of `bun test` whose value may be the next argument. */
const takesValue = new Set([
  '-t',
  '--test-name-pattern',
  '--timeout',
  '--rerun-each',
  '--retry',
  '--seed',
  '--coverage-reporter',
  '--coverage-dir',
  '--max-concurrency',
  '--path-ignore-patterns',
  '--preload',
  '--shard',
])

/**
 * All TypeScript and JavaScript files under the test roots, from the root, with `/`, sorted.
 * @param {string} root
 * @returns {readonly string[]}
 */
export function sourceFiles(root) {
  /** @type {string[]} */
  const files = []
  const visit = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || notOurs.has(entry.name)) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (/\.[cm]?[jt]sx?$/.test(entry.name)) files.push(relative(root, path).split(sep).join('/'))
    }
  }
  for (const folder of testRoots) if (existsSync(join(root, folder))) visit(join(root, folder))
  return files.sort()
}

const usesStore = /from '[^']*\/(?:test-server|test-store|console-client)\.ts'/
/** They choose the engine themselves. */
const namesEngine = /\/postgres-server\.ts'/
/** They are about SQLite itself: its files, its locks, its disk. A browser's tests take long and see no engine. */
const sqliteOnly = /(?:^|\/)sqlite\/|\/full-disk\.test\.|\.browser\.test\./

/**
 * The server's tests that run on either engine, so the runner runs them a second time on PostgreSQL.
 * @param {readonly string[]} files
 * @param {(file: string) => string} read the text of a file
 * @returns {readonly string[]}
 */
export function engineNeutral(files, read) {
  return files.filter(
    file =>
      file.startsWith('packages/server/') &&
      !sqliteOnly.test(file) &&
      usesStore.test(read(file)) &&
      !namesEngine.test(read(file)),
  )
}

/** @param {string} file */
export const isTestFile = file => testName.test(file)

/**
 * Splits what follows `npm test --` into filters for files and options for bun.
 * @param {readonly string[]} args
 */
export function splitArguments(args) {
  /** @type {string[]} */
  const filters = []
  /** @type {string[]} */
  const options = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (!arg.startsWith('-')) {
      filters.push(arg)
      continue
    }
    options.push(arg)
    if (takesValue.has(arg) && index + 1 < args.length) options.push(args[++index] ?? '')
  }
  return { filters, options }
}

/**
 * As in bun: a file is chosen when its path contains a filter. A filter that is a path (`./tests`, or absolute)
 * chooses what lies under it.
 * @param {readonly string[]} files
 * @param {readonly string[]} filters none: all files
 * @param {string} root
 * @returns {readonly string[]}
 */
export function chooseFiles(files, filters, root) {
  if (filters.length === 0) return files
  return files.filter(file =>
    filters.some(filter => {
      if (!/^(?:\.{0,2}[/\\]|[a-z]:)/i.test(filter)) return file.includes(filter)
      const path = relative(root, resolve(root, filter)).split(sep).join('/')
      return path === '' || file === path || file.startsWith(`${path}/`)
    }),
  )
}
