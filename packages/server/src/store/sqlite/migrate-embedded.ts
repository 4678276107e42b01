import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type MigrationState, migrationState } from '../migrations/migration-state.ts'
import { migrations } from '../migrations/migrations.ts'
import { BatchWriter } from './batch-writer.ts'
import { sqliteKysely } from './dialect.ts'
import { DATABASE_FILE, openDatabase } from './open-database.ts'

/** How far the tables of a folder's database are; nothing is made. A server may run on it. */
export async function embeddedState(folder: string): Promise<MigrationState> {
  if (!existsSync(join(folder, DATABASE_FILE)))
    return { applied: [], pending: Object.keys(migrations), unknown: [] }
  const database = openDatabase(folder, 'read')
  try {
    return await migrationState(sqliteKysely(database, { ownTransactions: false }))
  } finally {
    database.close()
  }
}

/** Brings the tables up to date, and makes the database when it is missing. The caller holds the folder's lock. */
export async function migrateEmbedded(folder: string): Promise<void> {
  const writer = new BatchWriter(openDatabase(folder, 'write'), 'migrate')
  await writer.open()
  writer.close()
}
