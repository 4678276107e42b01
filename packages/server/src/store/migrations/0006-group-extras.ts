import { type Kysely, sql } from 'kysely'
import { engineOf } from './engine.ts'

/** Live rooms, attributes, counters, marks, and the permission groups of communities. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, keyed } = engineOf(db)
  const statements = [
    `create table room_audience (app_id bigint not null, group_no bigint not null, node_id ${text} not null,
      visitors bigint not null, newest ${text} not null, primary key (app_id, group_no, node_id))${keyed}`,
    `create index room_audience_node on room_audience (node_id)`,
    `create table room_mark (app_id bigint not null, group_no bigint not null, account_id bigint not null,
      mark bigint not null, time bigint not null, primary key (app_id, group_no, account_id, mark))${keyed}`,
    `create table group_attribute_head (app_id bigint not null, group_no bigint not null, attr_seq bigint not null,
      second bigint not null, writes integer not null, primary key (app_id, group_no))${keyed}`,
    `create table group_attribute (app_id bigint not null, group_no bigint not null, key ${text} not null,
      value ${text} not null, primary key (app_id, group_no, key))${keyed}`,
    `create table group_counter (app_id bigint not null, group_no bigint not null, key ${text} not null,
      value ${text} not null, primary key (app_id, group_no, key))${keyed}`,
    `create table permission_group (app_id bigint not null, group_no bigint not null, name ${text} not null,
      title ${text} not null, permission ${text} not null, custom_string ${text} not null default '',
      created bigint not null, primary key (app_id, group_no, name))${keyed}`,
    `create table permission_member (app_id bigint not null, group_no bigint not null, name ${text} not null,
      account_id bigint not null, primary key (app_id, group_no, name, account_id))${keyed}`,
    `create index permission_member_account on permission_member (app_id, group_no, account_id)`,
    `create table permission_topic (app_id bigint not null, group_no bigint not null, name ${text} not null,
      topic_no bigint not null, permission ${text} not null, primary key (app_id, group_no, name, topic_no))${keyed}`,
    `create index chat_group_topics on chat_group (app_id, community_no) where community_no > 0 and dismissed = 0`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
