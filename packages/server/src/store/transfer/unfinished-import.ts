import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import { IMPORT_POSITION, TransferError } from './transfer-database.ts'

/** A half of somebody's data must not be served. Throws a {@link TransferError} when an import was interrupted. */
export async function refuseUnfinishedImport(db: Kysely<Schema>): Promise<void> {
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('name', '=', IMPORT_POSITION)
    .executeTakeFirst()
  if (row)
    throw new TransferError(
      'An import into this database was not finished. Go on with "rookery import FILE" and the same file, or make the database anew.',
    )
}
