import type { Kysely } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'

/** Where the log of an account's own state stands. */
export interface OwnerLog {
  readonly logNo: number
  /** Its number when the groups of conversations last changed. */
  readonly groupsLogNo: number
}

const queries = perDatabase(db => ({
  log: new PreparedQuery<{ app: number; owner: number }, { log_no: number; contact_groups_log_no: number }>(
    db,
    (db, parameter) =>
      db
        .selectFrom('account')
        .select(['log_no', 'contact_groups_log_no'])
        .where('app_id', '=', parameter('app'))
        .where('account_id', '=', parameter('owner')),
  ),
}))

/** Read it before the state that it numbers: what changes in between is told again, never left out. */
export async function ownerLog(db: Kysely<Schema>, app: number, owner: number): Promise<OwnerLog> {
  const row = await queries(db).log.first({ app, owner })
  return { logNo: row?.log_no ?? 0, groupsLogNo: row?.contact_groups_log_no ?? 0 }
}
