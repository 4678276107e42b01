// @ts-check
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureBun } from './bun-binary.mjs'
import { dependencyFingerprint, dependencyState, lockFits, stampPath } from './dependency-state.mjs'
import { withInstallLock } from './install-lock.mjs'

const oldestNode = 20

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** Progress goes to stderr, so that a command's own output can be piped. */
const say = (/** @type {string} */ line) => console.error(line)

/**
 * @param {string} version as in process.versions.node
 * @returns {string | undefined} what is wrong and what to do, or undefined
 */
export function nodeProblem(version) {
  if (Number.parseInt(version, 10) >= oldestNode) return undefined
  return `Rookery needs Node.js ${oldestNode} or newer; this is ${version}. Install one from https://nodejs.org and run again.`
}

/**
 * @param {boolean} fits whether package-lock.json fits the package.json files
 * @returns {readonly string[]}
 */
export const npmArguments = fits => [
  fits ? 'ci' : 'install',
  '--no-audit',
  '--no-fund',
  '--include=dev',
  '--include=optional',
  '--loglevel=error',
]

/**
 * @param {readonly string[]} args
 * @param {string} root
 * @returns {Promise<{ readonly ended: string | undefined, readonly stderr: string }>} how it ended, if not well
 */
async function runNpm(args, root) {
  // Inside `npm test` this is the npm that the user called, which need not be the first one in PATH.
  const npmCli = process.env.npm_execpath
  const inherited = npmCli !== undefined && basename(npmCli) === 'npm-cli.js'
  const [command, first] = inherited ? [process.execPath, [npmCli]] : ['npm', []]
  const child = spawn(command, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: !inherited && process.platform === 'win32',
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  return new Promise(resolve => {
    child.once('error', error => resolve({ ended: `was not started (${error.message})`, stderr }))
    child.once('close', (code, signal) =>
      resolve({ ended: code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`, stderr }),
    )
  })
}

/** @param {string} root */
async function runInstall(root) {
  let args = npmArguments(lockFits(root))
  let run = await runNpm(args, root)
  // npm's word for a lock that does not fit in a way that only npm can tell; nothing is changed then.
  if (args[0] === 'ci' && /\bEUSAGE\b/.test(run.stderr)) {
    args = npmArguments(false)
    run = await runNpm(args, root)
  }
  process.stderr.write(run.stderr)
  if (run.ended === undefined) return
  throw new Error(
    [
      `\`npm ${args.join(' ')}\` ${run.ended}; npm's own message is above.`,
      'Usual causes: no way to the registry (`npm ping`; behind a proxy: `npm config set proxy …`), a full disk,',
      'or files in node_modules that another user owns. Then run the same command again.',
    ].join('\n'),
  )
}

/**
 * @param {string} root
 * @param {'missing' | 'outdated'} state
 */
async function install(root, state) {
  const why = state === 'missing' ? 'first run' : 'they changed'
  say(`Installing dependencies (${why}, about 15 s) …`)
  const start = Date.now()
  rmSync(stampPath(root), { force: true })
  await runInstall(root)
  ensureBun(root, say)
  writeFileSync(stampPath(root), `${dependencyFingerprint(root)}\n`)
  say(`Dependencies installed in ${((Date.now() - start) / 1000).toFixed(1)} s.`)
}

/**
 * Makes node_modules fit package-lock.json and package.json, and Bun runnable. Cheap when nothing changed.
 * @param {string} [root]
 */
export async function ensureInstalled(root = projectRoot) {
  const problem = nodeProblem(process.versions.node)
  if (problem) throw new Error(problem)
  if (dependencyState(root) !== 'current') {
    const waits = (/** @type {number} */ pid) =>
      say(`Waiting for process ${pid}, which installs dependencies …`)
    await withInstallLock(join(root, '.install-lock'), waits, async () => {
      const state = dependencyState(root)
      if (state === 'missing' || state === 'outdated') return install(root, state)
      if (state === 'unstamped') writeFileSync(stampPath(root), `${dependencyFingerprint(root)}\n`)
    })
  }
  ensureBun(root, say)
}

/** For scripts: a failure is a message and exit code 1, with no stack trace. */
export async function ensureInstalledOrExit() {
  try {
    await ensureInstalled()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await ensureInstalledOrExit()
