import { randomBytes } from 'node:crypto'
import { DEFAULT_MIGRATION_LOCK_TABLE, DEFAULT_MIGRATION_TABLE, MIGRATION_LOCK_ID } from 'kysely'
import { type MigrationState, migrationState } from '../migrations/migration-state.ts'
import { migrations } from '../migrations/migrations.ts'
import { CONNECTION_LIMITS, PgConnection } from './connection.ts'
import { kyselyOn } from './dialect.ts'
import type { PgSession } from './session.ts'
import { isConflict, sqlState } from './sql-state.ts'

/** An index over a large table takes its time. */
const STATEMENT_MS = 3_600_000
/** The table, or the type that comes with it. */
const EXISTS = ['42P07', '42710']

/**
 * Brings the schema up to date, all pending migrations in one transaction. Several nodes may do so at once: the first to lock the
 * row of Kysely's lock table migrates, the others wait and find nothing to do. Tables are Kysely's own, so its tools can read
 * them. Migrations of a later version are left alone: they must let the version before go on (docs/operations.md).
 * @returns how the tables were found
 */
export async function migrate(url: string): Promise<MigrationState> {
  const limits = {
    ...CONNECTION_LIMITS,
    answerMs: STATEMENT_MS,
    statementMs: STATEMENT_MS,
    lockMs: STATEMENT_MS,
  }
  const session = await PgConnection.open({ url, limits })
  try {
    await prepareTables(session)
    return await migrateOn(session)
  } finally {
    session.drop('Migrated.')
  }
}

async function prepareTables(session: PgSession): Promise<void> {
  const statements = [
    `create table if not exists ${DEFAULT_MIGRATION_TABLE} (name varchar(255) primary key, timestamp varchar(255) not null)`,
    `create table if not exists ${DEFAULT_MIGRATION_LOCK_TABLE} (id varchar(255) primary key, is_locked integer not null default 0)`,
    `insert into ${DEFAULT_MIGRATION_LOCK_TABLE} (id) values ('${MIGRATION_LOCK_ID}') on conflict do nothing`,
  ]
  for (const statement of statements)
    try {
      await session.run(statement)
    } catch (error) {
      // Another node made it at the same moment; `if not exists` does not see a table that is being made.
      if (!isConflict(error) && !EXISTS.includes(sqlState(error) ?? '')) throw error
    }
}

async function migrateOn(session: PgConnection): Promise<MigrationState> {
  const db = kyselyOn(session)
  await session.run('begin')
  try {
    await session.run(`select id from ${DEFAULT_MIGRATION_LOCK_TABLE} where id = $1 for update`, [
      MIGRATION_LOCK_ID,
    ])
    const state = await migrationState(db)
    for (const name of state.pending) {
      await migrations[name]?.up(db)
      await session.run(`insert into ${DEFAULT_MIGRATION_TABLE} (name, timestamp) values ($1, $2)`, [
        name,
        new Date().toISOString(),
      ])
    }
    await session.run(
      `insert into meta (name, value) values ('store_epoch', $1) on conflict (name) do nothing`,
      [randomBytes(8).toString('hex')],
    )
    const { command } = await session.execute('commit')
    if (command !== 'COMMIT') throw new Error('The database did not commit the migrations.')
    return state
  } catch (error) {
    if (!session.lost) await session.run('rollback')
    throw error
  }
}
