// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 250
/** An install takes seconds to a few minutes; a lock older than this belongs to a pid that was used again. */
const staleMs = 15 * 60_000

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * The pid that holds the lock, or undefined when nobody living does.
 * @param {string} lock
 */
function holder(lock) {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'))
    return isAlive(pid) && Date.now() - statSync(lock).mtimeMs < staleMs ? pid : undefined
  } catch {
    return undefined
  }
}

/** @param {string} lock */
function tryTake(lock) {
  const prepared = `${lock}.${process.pid}`
  mkdirSync(prepared, { recursive: true })
  writeFileSync(join(prepared, 'pid'), String(process.pid))
  try {
    // Atomic, and refused while the target holds a pid file: a lock is never seen without its pid.
    renameSync(prepared, lock)
    return true
  } catch {
    rmSync(prepared, { recursive: true, force: true })
    return false
  }
}

/**
 * Runs `work` while no other process of this machine holds the lock directory; a lock left by a dead process
 * is taken over.
 * @template T
 * @param {string} lock
 * @param {(pid: number) => void} onWait called once, with the pid that is waited for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withInstallLock(lock, onWait, work) {
  let told = false
  for (const start = Date.now(); !tryTake(lock); ) {
    const pid = holder(lock)
    if (pid === undefined) {
      rmSync(lock, { recursive: true, force: true })
      continue
    }
    if (Date.now() - start > staleMs) {
      throw new Error(`Process ${pid} has held ${lock} for too long. End it, remove that folder, run again.`)
    }
    if (!told) onWait(pid)
    told = true
    await sleep(pollMs)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}
