// @ts-check

/**
 * @typedef {{ readonly file: string, readonly name: string, readonly result: 'passed' | 'failed' | 'skipped' }} TestResult
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts
 * @typedef {{ readonly line: string, readonly notes: readonly string[], readonly exitCode: 0 | 1 }} Verdict
 */

const listedMost = 50
const entities = /** @type {Readonly<Record<string, string>>} */ ({
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
})

/** @param {string} text */
function unescapeXml(text) {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal))
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16))
    return entities[name] ?? whole
  })
}

/**
 * @param {string} attributes
 * @param {string} name
 */
function attribute(attributes, name) {
  return unescapeXml(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')
}

/**
 * Every test in a JUnit report, in order. The report's own totals are not used: the tests are counted.
 * @param {string} xml
 * @returns {readonly TestResult[]}
 */
export function readJunit(xml) {
  /** @type {TestResult[]} */
  const results = []
  /** @type {string[]} */
  const suites = []
  let file = ''
  let name = ''
  /** @type {TestResult['result']} */
  let result = 'passed'
  const close = () => results.push({ file, name, result })
  for (const [, slash, tag, attributes = '', alone] of xml.matchAll(
    /<(\/?)(testsuite|testcase|failure|error|skipped)(?=[\s/>])([^>]*?)(\/?)>/g,
  )) {
    if (tag === 'testsuite') {
      if (slash) suites.pop()
      else if (!alone) suites.push(attribute(attributes, 'name'))
    } else if (tag === 'testcase') {
      if (slash) {
        close()
        continue
      }
      file = attribute(attributes, 'file')
      name = [...suites.slice(1), attribute(attributes, 'name')].join(' > ')
      result = 'passed'
      if (alone) close()
    } else if (!slash) {
      result = tag === 'skipped' ? 'skipped' : 'failed'
    }
  }
  return results
}

/** @param {Counts} counts */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * @param {string} title
 * @param {readonly string[]} items
 */
function list(title, items) {
  if (items.length === 0) return []
  const rest = items.length - listedMost
  const shown = items.slice(0, listedMost).map(item => `  ${item}`)
  return [title, ...shown, ...(rest > 0 ? [`  … and ${rest} more`] : [])]
}

/**
 * @typedef {object} Run
 * @property {string} [title] says in the notes which run it was, where there are several
 * @property {string} junit the report, or '' when bun wrote none
 * @property {number} exitCode bun's
 * @property {readonly string[]} files the test files that bun was given, from the root, with `/`
 * @property {boolean} ci a skipped test is a failure
 * @property {boolean} [byName] tests were chosen by name: bun reports all others as skipped
 * @property {boolean} [partial] bun was told that it need not run all files
 * @property {boolean} [leftOut] bun did not run: each file counts as a skipped test
 * @property {string} [trouble] what went wrong outside the tests, such as a time limit
 */

/**
 * What a run of `bun test` came to. A file that left no result failed: it did not load, ended the process
 * (`bun test` then exits with 0), or holds no test.
 * @param {Run} run
 * @returns {Verdict}
 */
export function verdict(run) {
  return together([run])
}

/**
 * What several runs came to, as one.
 * @param {readonly Run[]} runs
 * @returns {Verdict}
 */
export function together(runs) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  /** @type {string[]} */
  const notes = []
  for (const run of runs) {
    const judged = judge(run)
    counts.passed += judged.counts.passed
    counts.failed += judged.counts.failed
    counts.skipped += judged.counts.skipped
    if (judged.notes.length > 0) notes.push(...(run.title ? [run.title] : []), ...judged.notes)
  }
  return { line: summaryLine(counts), notes, exitCode: counts.failed > 0 ? 1 : 0 }
}

/**
 * @param {Run} run
 * @returns {{ readonly counts: Counts, readonly notes: readonly string[] }}
 */
function judge({ junit, exitCode, files, ci, byName = false, partial = false, leftOut = false, trouble }) {
  const results = readJunit(junit)
  const named = (/** @type {TestResult['result']} */ wanted) =>
    results.filter(({ result }) => result === wanted).map(({ file, name }) => `${file}: ${name}`)
  const reported = new Set(results.map(({ file }) => file))
  const silent = partial || leftOut ? [] : files.filter(file => !reported.has(file))
  const skipped = leftOut ? files : byName ? [] : named('skipped')
  const failed = named('failed')
  const passed = named('passed').length
  const forbidden = ci ? skipped : []
  const sum = failed.length + silent.length + forbidden.length
  const other = trouble ? [trouble] : []
  if (other.length === 0 && passed + sum + skipped.length === 0) other.push('No test ran.')
  if (other.length === 0 && sum === 0 && exitCode !== 0) {
    other.push(`bun test ended with code ${exitCode}, though no test failed.`)
  }
  return {
    counts: { passed, failed: sum + other.length, skipped: ci ? 0 : skipped.length },
    notes: [
      ...list('Failed:', failed),
      ...list('Failed, no result: it did not load, ended the process, or holds no test:', silent),
      ...list(ci ? 'Failed, for in CI (env CI) a skipped test is a failure:' : 'Skipped:', skipped),
      ...other,
    ],
  }
}
