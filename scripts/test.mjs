// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bunPath } from './bun-binary.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensureInstalledOrExit, projectRoot } from './ensure-installed.mjs'
import { runForeground } from './foreground.mjs'
import { chooseFiles, isTestFile, sourceFiles, splitArguments } from './test-files.mjs'
import { verdict } from './test-summary.mjs'

const perTestMs = 30_000
const wholeRunMinutes = Number(process.env.ROOKERY_TEST_MINUTES) || 20
// Two at least: only with two or more does bun give files processes of their own, so that one which crashes
// or calls process.exit() is reported and does not end the run.
const workers = Math.max(2, Math.min(4, availableParallelism()))

await ensureInstalledOrExit()

const { filters, options } = splitArguments(process.argv.slice(2))
const given = (/** @type {readonly string[]} */ names) =>
  options.some(option => names.some(name => option === name || option.startsWith(`${name}=`)))
const sources = sourceFiles(projectRoot)
const files = chooseFiles(sources.filter(isTestFile), filters, projectRoot)
const ci = !['', '0', 'false'].includes(process.env.CI ?? '')
const chromium = ensureChromium(projectRoot, sources)
const reports = mkdtempSync(join(tmpdir(), 'rookery-test-'))
const report = join(reports, 'junit.xml')

/** @param {readonly string[]} chosen */
function runBun(chosen) {
  const args = [
    '--no-orphans',
    'test',
    ...(given(['--timeout']) ? [] : [`--timeout=${perTestMs}`]),
    ...(given(['--parallel', '--isolate', '--no-isolate']) ? [] : [`--parallel=${workers}`]),
    ...options,
    '--reporter=junit',
    `--reporter-outfile=${report}`,
    ...chosen.map(file => `./${file}`),
  ]
  const env = chromium ? { ...process.env, CHROMIUM_PATH: chromium } : process.env
  return runForeground(bunPath(projectRoot), args, {
    cwd: projectRoot,
    env,
    limitMs: wholeRunMinutes * 60_000,
  })
}

try {
  const { code, timedOut } = files.length > 0 ? await runBun(files) : { code: 1, timedOut: false }
  const { line, notes, exitCode } = verdict({
    junit: existsSync(report) ? readFileSync(report, 'utf8') : '',
    exitCode: code,
    files,
    ci,
    byName: given(['-t', '--test-name-pattern', '--only']),
    partial: given(['--bail', '--changed', '--shard']),
    ...(timedOut
      ? {
          trouble: `The run was ended after ${wholeRunMinutes} minutes (ROOKERY_TEST_MINUTES sets the limit).`,
        }
      : {}),
  })
  const nothing =
    filters.length > 0 && files.length === 0 ? [`No test file matches: ${filters.join(', ')}`] : []
  console.log(['', ...nothing, ...notes, line].join('\n'))
  process.exitCode = exitCode
} finally {
  rmSync(reports, { recursive: true, force: true })
}
