// @ts-check
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { aptInstall, isDebianRoot } from './debian.mjs'

const startLimitMs = 60_000
const stopLimitMs = 10_000

/**
 * @typedef {object} TestServers
 * @property {NodeJS.ProcessEnv} env where tests find them
 * @property {boolean} hasPostgres
 * @property {() => Promise<void>} stop
 */

/** @param {string} program */
function isOnPath(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0
}

function hasPostgres() {
  if (isOnPath('initdb')) return true
  try {
    return readdirSync('/usr/lib/postgresql').length > 0
  } catch {
    return false
  }
}

function installMissing() {
  const missing = [
    ...(hasPostgres() ? [] : ['postgresql']),
    ...(isOnPath('nats-server') || isOnPath('/usr/sbin/nats-server') ? [] : ['nats-server']),
  ]
  if (missing.length === 0) return
  if (isDebianRoot()) {
    console.error(`Installing ${missing.join(' and ')} for the tests (first run, about 30 s; apt-get) …`)
    const problem = aptInstall(missing)
    if (problem === undefined) return
    console.error(problem)
  }
  console.error(
    `Not installed: ${missing.join(', ')}; the tests that need it are skipped. On Debian: apt-get install ${missing.join(' ')}`,
  )
}

/**
 * Starts one PostgreSQL and one NATS on loopback for the tests of this run, those of both that can be had. They end with this
 * process at the latest.
 * @param {string} root
 * @param {string} bun
 * @returns {Promise<TestServers>}
 */
export async function startTestServers(root, bun) {
  if (process.platform !== 'linux') {
    console.error('PostgreSQL and NATS are started on Linux only; the tests that need them are skipped.')
    return { env: {}, hasPostgres: false, stop: async () => undefined }
  }
  installMissing()
  const child = spawn(bun, [join(root, 'scripts', 'serve-test-servers.mjs')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const timer = setTimeout(() => child.kill('SIGKILL'), startLimitMs)
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line').then(([line]) => String(line)), ended])
  clearTimeout(timer)
  if (typeof first !== 'string')
    throw new Error('PostgreSQL and NATS did not start for the tests; see above.')
  const urls = /** @type {{ postgres?: string, nats?: string }} */ (JSON.parse(first))
  return {
    env: {
      ...(urls.postgres && { ROOKERY_TEST_POSTGRES: urls.postgres }),
      ...(urls.nats && { ROOKERY_TEST_NATS: urls.nats }),
    },
    hasPostgres: urls.postgres !== undefined,
    async stop() {
      child.stdin.end()
      const late = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await ended
      clearTimeout(late)
    },
  }
}
