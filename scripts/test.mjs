// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bunPath } from './bun-binary.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensureInstalledOrExit, projectRoot } from './ensure-installed.mjs'
import { runForeground } from './foreground.mjs'
import { chooseFiles, engineNeutral, isTestFile, sourceFiles, splitArguments } from './test-files.mjs'
import { startTestServers } from './test-servers.mjs'
import { together } from './test-summary.mjs'

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
const endsAt = Date.now() + wholeRunMinutes * 60_000
/** Ctrl-C and its like, as in a shell. */
const interrupted = (/** @type {number} */ code) => [129, 130, 143].includes(code)

/**
 * @param {readonly string[]} chosen
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [title]
 * @returns {Promise<import('./test-summary.mjs').Run>}
 */
async function run(chosen, env, title) {
  const report = join(reports, `${title ?? 'junit'}.xml`)
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
  const { code, timedOut } = await runForeground(bunPath(projectRoot), args, {
    cwd: projectRoot,
    env: { ...process.env, ...(chromium && { CHROMIUM_PATH: chromium }), ...env },
    limitMs: Math.max(1, endsAt - Date.now()),
  })
  return {
    junit: existsSync(report) ? readFileSync(report, 'utf8') : '',
    exitCode: code,
    files: chosen,
    ci,
    byName: given(['-t', '--test-name-pattern', '--only']),
    partial: given(['--bail', '--changed', '--shard']),
    ...(title && { title: `${title}:` }),
    ...(timedOut && {
      trouble: `The run was ended after ${wholeRunMinutes} minutes (ROOKERY_TEST_MINUTES sets the limit).`,
    }),
  }
}

try {
  if (files.length === 0) {
    console.log(`\nNo test file matches: ${filters.join(', ')}\n0 passed, 1 failed`)
    process.exitCode = 1
  } else {
    const onBoth = engineNeutral(files, file => readFileSync(join(projectRoot, file), 'utf8'))
    const needServers = files.some(file => /^(?:packages\/server|tests\/(?:contract|cluster))\//.test(file))
    const servers = needServers ? await startTestServers(projectRoot, bunPath(projectRoot)) : undefined
    try {
      const runs = [await run(files, servers?.env ?? {})]
      if (onBoth.length > 0 && !interrupted(runs[0]?.exitCode ?? 0)) {
        if (servers?.hasPostgres) {
          console.log('\nThe tests of the server again, on PostgreSQL:')
          runs.push(await run(onBoth, { ...servers.env, ROOKERY_TEST_ENGINE: 'postgres' }, 'On PostgreSQL'))
        } else
          runs.push({ junit: '', exitCode: 0, files: onBoth, ci, leftOut: true, title: 'On PostgreSQL:' })
      }
      const { line, notes, exitCode } = together(runs)
      console.log(['', ...notes, line].join('\n'))
      process.exitCode = exitCode
    } finally {
      await servers?.stop()
    }
  }
} finally {
  rmSync(reports, { recursive: true, force: true })
}
