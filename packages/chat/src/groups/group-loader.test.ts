import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildChat } from '../../build.ts'
import type * as Groups from './methods/group-methods.ts'

let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-groups-'))
  await buildChat(folder)
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every form of the core loads the group part from the file beside it', async () => {
  for (const name of ['chat.js', 'chat.cjs', 'chat.global.js'])
    expect([name, readFileSync(join(folder, name), 'utf8').includes('import("./groups.js")')]).toEqual([
      name,
      true,
    ])
  const part = (await import(join(folder, 'groups.js'))) as typeof Groups
  expect(typeof part.groupMethods).toBe('function')
})

test('the group part brings no copy of what the core has', () => {
  const text = readFileSync(join(folder, 'groups.js'), 'utf8')
  for (const own of ['sdkStateReady', 'TIMGroupSystemNoticeElem', 'extends Error', 'import '])
    expect([own, text.includes(own)]).toEqual([own, false])
})
