import { mkdirSync } from 'node:fs'
import { migrate } from '../postgres/migrate.ts'
import { migrateEmbedded } from '../sqlite/migrate-embedded.ts'
import { PostgresTransfer } from './postgres-transfer.ts'
import { SqliteTransfer } from './sqlite-transfer.ts'
import type { TransferDatabase } from './transfer-database.ts'

/** Where a database is. The caller holds the lock of the folder. */
export type TransferPlace =
  | { readonly kind: 'embedded'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string }

/** For an export: as of now, nothing is changed. */
export function openSource(place: TransferPlace): Promise<TransferDatabase> {
  return place.kind === 'embedded'
    ? SqliteTransfer.open(place.folder, 'read')
    : PostgresTransfer.open(place.url, 'read')
}

/** For an import: the tables are made first. */
export async function openTarget(place: TransferPlace): Promise<TransferDatabase> {
  if (place.kind === 'postgres') {
    await migrate(place.url)
    return PostgresTransfer.open(place.url, 'write')
  }
  mkdirSync(place.folder, { recursive: true, mode: 0o700 })
  await migrateEmbedded(place.folder)
  return SqliteTransfer.open(place.folder, 'write')
}
