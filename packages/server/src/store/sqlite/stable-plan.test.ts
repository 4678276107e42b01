import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { EACH_RUN, PreparedQuery } from '../prepared.ts'
import { sqliteKysely } from './dialect.ts'
import { stablePlan } from './stable-plan.ts'

test('a value of each run is shielded from the planner, and one that never changes is written out', () => {
  const text = stablePlan({
    sql: 'select a from t where b = ? and c = ? and d = ? and e = ? limit ?',
    values: [EACH_RUN, 0, "it's", null, EACH_RUN],
  })
  expect(text).toBe("select a from t where b = +? and c = 0 and d = 'it''s' and e = null limit +?")
})

test('a question mark that is no parameter, and a value that has no text, are told', () => {
  expect(() => stablePlan({ sql: "select '?' from t where b = ?", values: [EACH_RUN] })).toThrow(
    'a question mark that is no parameter',
  )
  for (const value of [new Date(0), Number.NaN, true, 'a\0b'])
    expect(() => stablePlan({ sql: 'select ?', values: [value] })).toThrow("can't hold")
})

test('a prepared query finds the same rows whatever stands where, and uses a partial index', async () => {
  const database = new Database(':memory:')
  database.run('create table account (app_id integer, user_id text, deleted integer, nick text)')
  database.run('create unique index account_name on account (app_id, user_id) where deleted = 0')
  database.run("insert into account values (1, '7', 0, 'text'), (1, 'x', 1, 'gone'), (1, 'x', 0, 'here')")
  const db = sqliteKysely(database, { ownTransactions: false })
  const query = new PreparedQuery<{ app: number; user: string; limit: number }, { nick: string }>(
    db,
    (db, parameter) =>
      db
        .selectFrom('account')
        .select('nick')
        .where('app_id', '=', parameter('app'))
        .where('deleted', '=', 0)
        .where('user_id', '=', parameter('user'))
        .where(sql<boolean>`nick <> ${'no one'}`)
        .limit(parameter('limit')),
  )
  expect(await query.all({ app: 1, user: 'x', limit: 5 })).toEqual([{ nick: 'here' }])
  expect(await query.first({ app: 1, user: '7', limit: 5 })).toEqual({ nick: 'text' })
  expect(await query.all({ app: 1, user: 'x', limit: 0 })).toEqual([])
  const plan = database
    .query<{ detail: string }, []>(
      'explain query plan select nick from account where app_id = +1 and deleted = 0 and user_id = +2',
    )
    .all()
  expect(plan[0]?.detail).toContain('account_name')
})
