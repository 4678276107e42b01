import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockDataFolder } from './data-folder-lock.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Another process that holds the folder until it is killed. */
async function holder(path: string) {
  const module = join(import.meta.dir, 'data-folder-lock.ts')
  const script = `
    const { lockDataFolder } = await import(${JSON.stringify(module)})
    await lockDataFolder(${JSON.stringify(path)}, { as: 'server' })
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
  const { value } = await child.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('held\n')
  return child
}

test('a second process is refused with a message that names the first one', async () => {
  const child = await holder(folder)
  try {
    await expect(lockDataFolder(folder, { as: 'command' })).rejects.toThrow(
      `a Rookery server with process id ${child.pid}`,
    )
  } finally {
    child.kill(9)
    await child.exited
  }
})

test('the lock of a process that was killed with signal 9 is taken over', async () => {
  const child = await holder(folder)
  child.kill(9)
  await child.exited
  const lock = await lockDataFolder(folder, { as: 'server', waitMs: 2000 })
  lock.release()
})

test('who waits gets the folder when the other is done', async () => {
  const first = await lockDataFolder(folder, { as: 'command' })
  const second = lockDataFolder(folder, { as: 'server', waitMs: 5000 })
  first.release()
  first.release()
  ;(await second).release()
})

test('the same process cannot hold a folder twice', async () => {
  const lock = await lockDataFolder(folder, { as: 'server' })
  await expect(lockDataFolder(folder, { as: 'server' })).rejects.toThrow(`process id ${process.pid}`)
  lock.release()
})

test('a folder that is missing is made for its owner only', async () => {
  const path = join(folder, 'a/b')
  const lock = await lockDataFolder(path, { as: 'server' })
  expect(statSync(path).mode & 0o777).toBe(0o700)
  lock.release()
})
