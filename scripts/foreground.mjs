// @ts-check
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const forwarded = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Runs a command in the terminal's foreground until it ends.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string, readonly env?: NodeJS.ProcessEnv, readonly limitMs?: number }} [options]
 *   after `limitMs` the command is sent SIGTERM, and SIGKILL 5 s later
 * @returns {Promise<{ readonly code: number, readonly timedOut: boolean }>} code is 128 + n for signal n, as in
 *   a shell, and 127 when the command could not be started
 */
export function runForeground(command, args, { cwd, env, limitMs } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: 'inherit', cwd, env })
    let timedOut = false
    const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
      // A terminal's Ctrl-C has reached the child already; a second one would read as "do not wait".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    }
    for (const signal of forwarded) process.on(signal, onSignal)
    const limit =
      limitMs &&
      setTimeout(() => {
        timedOut = true
        child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), 5_000).unref()
      }, limitMs)
    const finish = (/** @type {number} */ code) => {
      if (limit) clearTimeout(limit)
      for (const signal of forwarded) process.off(signal, onSignal)
      resolve({ code, timedOut })
    }
    child.once('error', error => {
      console.error(`${command} could not be started: ${error.message}`)
      finish(127)
    })
    child.once('close', (code, signal) => finish(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}
