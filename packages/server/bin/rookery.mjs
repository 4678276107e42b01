#!/usr/bin/env node
// @ts-check
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The server is TypeScript for Bun; this lets plain Node (`npx rookery`, `npm start`) start it.

const entry = fileURLToPath(new URL('../src/cli/rookery.ts', import.meta.url))

function findBun() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('bun/package.json')), 'bin', 'bun.exe')
  } catch {
    return 'bun'
  }
}

/**
 * @param {string} message
 * @param {number} code
 */
function fail(message, code) {
  console.error(message)
  process.exit(code)
}

if (!existsSync(entry)) {
  fail(
    `The server's program ${entry} is missing: this copy of Rookery is incomplete. Clone or unpack it again.`,
    1,
  )
}

// Bun ends itself when this process is killed without a chance to pass the signal on.
const child = spawn(findBun(), ['--no-orphans', entry, ...process.argv.slice(2)], { stdio: 'inherit' })

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    // A terminal's Ctrl-C has reached the server already; a second one would read as "do not drain".
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  })
}

// `npm start` that is sent SIGTERM passes it to its shell only and ends; this process then has another parent.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 250)
  watch.unref()
}

child.once('error', error =>
  fail(
    `Bun could not be started: ${error.message}\nRun \`npm install\` in the folder of Rookery, then try again.`,
    127,
  ),
)
child.once('close', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)))
