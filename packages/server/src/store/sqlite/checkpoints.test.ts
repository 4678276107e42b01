import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APP, appendItem } from '../../testing/append-engine.ts'
import { Checkpoints } from './checkpoints.ts'
import { EmbeddedStore } from './embedded-store.ts'
import { openDatabase } from './open-database.ts'

const MEBIBYTE = 1 << 20
const BODY = JSON.stringify([{ MsgType: 'TIMTextElem', MsgContent: { Text: 'x'.repeat(16_000) } }])

let folder: string
let store: EmbeddedStore
const defects: string[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-checkpoints-'))
  defects.length = 0
  store = await EmbeddedStore.open({ folder, onDefect: text => defects.push(text) })
  const database = openDatabase(folder, 'write')
  for (const id of [1, 2])
    database
      .query('insert into account (app_id, account_id, user_id, created) values (?, ?, ?, 0)')
      .run(APP, id, `u${id}`)
  database.close()
})

afterEach(() => rmSync(folder, { recursive: true }))

const size = (name: string) => statSync(join(folder, name)).size

async function send(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => store.append(appendItem(sent + at, { body: BODY }))),
    )
}

test('the log is moved into the file while messages go on, and begins anew: it does not grow with them', async () => {
  await send(6000)
  // 100 MiB were written; a log that only the writer's own bound ends would have 64.
  expect(size('rookery.db-wal')).toBeLessThan(56 * MEBIBYTE)
  expect(size('rookery.db')).toBeGreaterThan(48 * MEBIBYTE)
  await store.close()
  expect(defects).toEqual([])
  const database = openDatabase(folder, 'read')
  const row = database
    .query<{ n: number; last: number }, []>('select count(*) as n, max(seq) as last from message')
    .get()
  database.close()
  expect(row).toEqual({ n: 6000, last: 6000 })
})

test('a server that stops while the log is being moved waits for it', async () => {
  await send(1000)
  await store.close()
  expect(defects).toEqual([])
  expect(size('rookery.db')).toBeGreaterThan(15 * MEBIBYTE)
})

test('a log that cannot be moved is told, and nothing waits for it', async () => {
  await store.close()
  const told: string[] = []
  const checkpoints = new Checkpoints({
    folder: join(folder, 'missing'),
    restart: () => told.push('restart'),
    onDefect: text => told.push(text),
  })
  checkpoints.wrote(4000)
  await checkpoints.close()
  expect(told).toEqual([expect.stringContaining('could not be moved into its file')])
})
