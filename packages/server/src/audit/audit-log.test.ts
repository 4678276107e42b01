import { afterEach, beforeEach, expect, test } from 'bun:test'
import { openTestStore, type TestStore } from '../testing/test-store.ts'
import { auditedApps, readAudit, verifyAudit } from './audit-log.ts'
import { recordAudit } from './audit-row.ts'

let at: TestStore

beforeEach(async () => {
  at = await openTestStore()
})
afterEach(() => at.close())

const record = (app: number, target: string) =>
  at.store.mutate(recordAudit, {
    app,
    actor: 'rest:admin',
    action: 'history/read',
    target,
    detail: { rows: 3 },
  })

test('rows are numbered and chained per app, and read newest first in pages', async () => {
  await Promise.all(Array.from({ length: 25 }, (_, n) => record(1, `t${n}`)))
  await record(2, 'other')
  const first = await readAudit(at.store.read, { app: 1, limit: 10 })
  expect(first.rows.map(row => row.no)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16])
  expect(first.next).toBe(16)
  const last = await readAudit(at.store.read, { app: 1, limit: 100, before: 16 })
  expect(last.rows.map(row => row.no)).toEqual(Array.from({ length: 15 }, (_, n) => 15 - n))
  expect(last.next).toBeUndefined()
  expect(first.rows[9]?.previous_hash).toBe(last.rows[0]?.hash ?? '')
  expect(await auditedApps(at.store.read)).toEqual([1, 2])
})

test('an untouched chain verifies, over several pages of rows', async () => {
  for (let round = 0; round < 13; round++)
    await Promise.all(Array.from({ length: 93 }, (_, n) => record(1, `t${round}-${n}`)))
  const { rows } = await readAudit(at.store.read, { app: 1, limit: 1 })
  expect(await verifyAudit(at.store.read, 1)).toEqual({ app: 1, rows: 1209, head: rows[0]?.hash ?? '' })
  expect(await verifyAudit(at.store.read, 9)).toMatchObject({ rows: 0 })
})

test.each([
  ["update audit set target = 'someone else' where no = 3", 3, 'its content was changed'],
  ['update audit set time_ms = time_ms + 1 where no = 1', 1, 'its content was changed'],
  ['delete from audit where no = 2', 3, 'missing'],
  ["update audit set previous_hash = '' where no = 4", 4, 'does not follow'],
])('%s is found out', async (statement, no, reason) => {
  for (const target of ['a', 'b', 'c', 'd', 'e']) await record(1, target)
  await at.database.edit(run => run(statement))
  const state = await verifyAudit(at.store.read, 1)
  expect(state.broken?.no).toBe(no)
  expect(state.broken?.reason).toContain(reason)
})
