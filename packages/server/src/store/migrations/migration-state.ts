import { DEFAULT_MIGRATION_TABLE, type Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { migrations } from './migrations.ts'

export interface MigrationState {
  readonly applied: readonly string[]
  /** Known to this version and still to come. */
  readonly pending: readonly string[]
  /** Made by a later version. */
  readonly unknown: readonly string[]
}

/** How far the database's tables are, whatever made them; an empty database has nothing applied. */
export async function migrationState(db: Kysely<Schema>): Promise<MigrationState> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  const applied = tables.some(table => table.name === DEFAULT_MIGRATION_TABLE) ? await appliedTo(db) : []
  const known = Object.keys(migrations)
  return {
    applied,
    pending: known.filter(name => !applied.includes(name)),
    unknown: applied.filter(name => !known.includes(name)),
  }
}

async function appliedTo(db: Kysely<Schema>): Promise<string[]> {
  const rows = await (db as unknown as Kysely<Record<typeof DEFAULT_MIGRATION_TABLE, { name: string }>>)
    .selectFrom(DEFAULT_MIGRATION_TABLE)
    .select('name')
    .execute()
  return rows.map(row => row.name).sort()
}
