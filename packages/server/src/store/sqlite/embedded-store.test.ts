import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppendItem } from '../append.ts'
import { EmbeddedStore } from './embedded-store.ts'
import { openDatabase } from './open-database.ts'

let folder: string
let store: EmbeddedStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-store-'))
  store = await EmbeddedStore.open({ folder, onDefect: text => expect(text).toBe('') })
  const database = openDatabase(folder, 'write')
  for (const id of [1, 2])
    database
      .query('insert into account (app_id, account_id, user_id, created) values (7, ?, ?, 0)')
      .run(id, `u${id}`)
  database.close()
})

afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const item = (random: number, over: Partial<AppendItem> = {}): AppendItem => ({
  app: 7,
  sender: 1,
  receiver: 2,
  msgSeq: 1,
  random,
  clientTime: 100,
  flags: 0,
  body: `[{"n":${random}}]`,
  custom: '',
  pushInfo: '',
  key: { kind: 'client', hash: `h${random}` },
  importTime: 0,
  ...over,
})

test('messages that are sent at once get dense numbers in one conversation, whoever sends', async () => {
  const results = await Promise.all(
    Array.from({ length: 300 }, (_, n) => store.append(item(n, n % 2 ? { sender: 2, receiver: 1 } : {}))),
  )
  expect(results.map(result => result.outcome === 'stored' && result.seq)).toEqual(
    Array.from({ length: 300 }, (_, n) => n + 1),
  )
  const head = await store.read.selectFrom('conversation').selectAll().executeTakeFirstOrThrow()
  expect(head).toMatchObject({ head_seq: 300, count_no: 300, sent_lo: 150, sent_hi: 150, list_seq: 300 })
})

test('the same client key gives the first result again, another content under it is a conflict', async () => {
  const first = await store.append(item(5))
  expect(await store.append(item(5))).toEqual({ ...first, outcome: 'duplicate' } as typeof first)
  expect(await store.append(item(5, { key: { kind: 'client', hash: 'other' } }))).toEqual({
    outcome: 'conflict',
  })
  const { n } = await store.read
    .selectFrom('message')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  expect(n).toBe(1)
})

test('a message to an account that does not exist is not stored', async () => {
  expect(await store.append(item(1, { receiver: 99 }))).toEqual({ outcome: 'gone', which: 'receiver' })
})

test('what was stored is there after closing and opening again, and numbering goes on', async () => {
  await store.append(item(1))
  await store.close()
  store = await EmbeddedStore.open({ folder, onDefect: text => expect(text).toBe('') })
  expect(await store.append(item(2))).toMatchObject({ outcome: 'stored', seq: 2 })
})
