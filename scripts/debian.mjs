// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const stepLimitMs = 10 * 60_000

/** Whether this process may install packages of Debian. */
export function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false
  return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

/**
 * @param {readonly string[]} packages
 * @returns {string | undefined} apt-get's message when it failed
 */
export function aptInstall(packages) {
  const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends']
  return aptGet(['update', '-q']) ?? aptGet(['install', ...options, ...packages])
}

/**
 * @param {readonly string[]} args
 * @returns {string | undefined} apt-get's message when it failed
 */
function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = spawnSync('apt-get', args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: stepLimitMs,
  })
  if (run.status === 0) return undefined
  const said = `${run.error?.message ?? ''}\n${run.stderr ?? ''}`.trim()
  return `apt-get ${args.join(' ')}: ${said.split('\n').slice(-5).join('\n') || `code ${run.status}`}`
}
