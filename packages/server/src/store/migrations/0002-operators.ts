import { type Kysely, sql } from 'kysely'
import { engineOf } from './engine.ts'

/** The people of the console: operators, what they may do in which app, their logins, and the links that let them in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, keyed, numberSources } = engineOf(db)
  const statements = [
    ...numberSources('operator'),
    `create table operator (operator_id bigint primary key, name ${text} not null, password_hash ${text} not null,
      role ${text} not null, created bigint not null, created_by ${text} not null, last_login bigint)`,
    `create unique index operator_name on operator (name)`,
    `create table operator_app (operator_id bigint not null, app_id bigint not null, role ${text} not null,
      primary key (operator_id, app_id))${keyed}`,
    `create table operator_session (token_hash ${text} primary key, operator_id bigint not null, network ${text} not null,
      created bigint not null, seen bigint not null, expires bigint not null)${keyed}`,
    `create index operator_session_owner on operator_session (operator_id, created)`,
    `create table setup_token (token_hash ${text} primary key, name ${text} not null, role ${text} not null, created_by ${text} not null,
      created bigint not null, expires bigint not null, used bigint)${keyed}`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
