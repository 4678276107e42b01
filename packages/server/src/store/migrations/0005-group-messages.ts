import { type Kysely, sql } from 'kysely'
import { engineOf } from './engine.ts'

/** What messages of groups need beside those of pairs: whom they mean, floors, pins and receipts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, keyed } = engineOf(db)
  const statements = [
    `alter table message add column to_ids ${text} not null default ''`,
    `alter table message add column at_info ${text} not null default ''`,
    // How many own messages lie above a read mark, without a look at those of others.
    `create index message_own on message (app_id, conv_id, sender_id, seq) where own_no > 0 and (flags & 512) <> 0`,
    `create table message_mention (app_id bigint not null, conv_id bigint not null, account_id bigint not null,
      seq bigint not null, primary key (app_id, conv_id, account_id, seq))${keyed}`,
    `create table message_receipt (app_id bigint not null, conv_id bigint not null, seq bigint not null,
      account_id bigint not null, read_time bigint not null,
      primary key (app_id, conv_id, seq, account_id))${keyed}`,
    `create table group_pin (app_id bigint not null, conv_id bigint not null, seq bigint not null,
      operator_id bigint not null, time bigint not null, primary key (app_id, conv_id, seq))${keyed}`,
    `alter table conversation add column clear_seq bigint not null default 0`,
    `alter table conversation add column clear_count bigint not null default 0`,
    `alter table conversation add column reset_no bigint not null default 0`,
    `alter table conversation add column reset_seq bigint not null default 0`,
    `alter table conversation add column reset_count bigint not null default 0`,
    `alter table conversation add column rate_time bigint not null default 0`,
    `alter table conversation add column rate_upper bigint not null default 0`,
    `alter table conversation add column rate_lower bigint not null default 0`,
    `alter table user_conversation add column to_count bigint not null default 0`,
    `alter table user_conversation add column to_change bigint not null default 0`,
    `alter table user_conversation add column join_seq bigint not null default 0`,
    `alter table user_conversation add column to_title ${text} not null default ''`,
    `alter table user_conversation add column to_face ${text} not null default ''`,
    `alter table user_conversation add column to_info bigint not null default 0`,
    `alter table user_conversation add column mark_no bigint not null default 0`,
    `alter table user_conversation add column base_no bigint not null default 0`,
    `alter table user_conversation add column base_own bigint not null default 0`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
