import { type Kysely, sql } from 'kysely'
import { engineOf } from './engine.ts'

/** Declared custom fields of groups and members; groups by their name. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, keyed } = engineOf(db)
  const statements = [
    `create table group_field (app_id bigint not null, subject ${text} not null, type ${text} not null, key ${text} not null,
      read_level ${text} not null, write_level ${text} not null, primary key (app_id, subject, type, key))${keyed}`,
    `create index chat_group_title on chat_group (app_id, title, group_no) where dismissed = 0 and community_no = 0`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
