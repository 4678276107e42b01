import { afterEach, beforeEach, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withInstallLock } from '../../scripts/install-lock.mjs'

let folder = ''
let lock = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-lock-'))
  lock = join(folder, 'lock')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const notCalled = (pid: number) => {
  throw new Error(`waited for ${pid}`)
}

test('two installs at once run one after the other, and the second says whom it waits for', async () => {
  const events: string[] = []
  const mayEnd = Promise.withResolvers<void>()
  const first = withInstallLock(lock, notCalled, async () => {
    events.push('first starts')
    await mayEnd.promise
    events.push('first ends')
  })
  const second = withInstallLock(
    lock,
    pid => {
      events.push(`waits for ${pid === process.pid ? 'the first' : pid}`)
      mayEnd.resolve()
    },
    async () => {
      events.push('second starts')
    },
  )
  await Promise.all([first, second])
  expect(events).toEqual(['first starts', 'waits for the first', 'first ends', 'second starts'])
})

test('a lock that a dead process left is taken over', async () => {
  const dead = Bun.spawn(['true'])
  await dead.exited
  mkdirSync(lock)
  writeFileSync(join(lock, 'pid'), String(dead.pid))
  expect(await withInstallLock(lock, notCalled, async () => 'done')).toBe('done')
})

test('an install that fails leaves no lock behind', async () => {
  const failing = withInstallLock(lock, notCalled, async () => {
    throw new Error('no network')
  })
  await expect(failing).rejects.toThrow('no network')
  expect(existsSync(lock)).toBe(false)
})
