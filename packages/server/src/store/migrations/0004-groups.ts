import { type Kysely, sql } from 'kysely'
import { engineOf } from './engine.ts'

/** Groups with their members, what is asked of them and told by them; conversations of groups beside those of pairs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, keyed, numberSources } = engineOf(db)
  const statements = [
    `create table chat_group (app_id bigint not null, group_no bigint not null, name ${text} not null, type ${text} not null,
      conv_id bigint not null, community_no bigint not null default 0, title ${text} not null,
      introduction ${text} not null default '', notification ${text} not null default '', face_url ${text} not null default '',
      owner_id bigint not null default 0, created bigint not null, create_time bigint not null,
      info_seq bigint not null default 0, info_time bigint not null, auth_no bigint not null default 0,
      member_count bigint not null default 0, max_members bigint not null default 0, apply_option ${text} not null,
      invite_option ${text} not null, mute_all integer not null default 0, history_before_join integer not null default 0,
      support_topic integer not null default 0, enable_permission integer not null default 0,
      default_permission ${text} not null default '0', custom ${text} not null default '[]',
      custom_string ${text} not null default '', active integer not null default 1, dismissed bigint not null default 0,
      primary key (app_id, group_no))${keyed}`,
    `create unique index chat_group_name on chat_group (app_id, name) where dismissed = 0`,
    `create index chat_group_created on chat_group (app_id, created) where dismissed = 0`,
    // Groups that are dismissed but whose members were not all told yet.
    `create index chat_group_leaving on chat_group (app_id, group_no) where dismissed > 0 and member_count > 0`,
    `create table group_member (app_id bigint not null, group_no bigint not null, account_id bigint not null,
      role integer not null, join_time bigint not null, join_seq bigint not null default 0, name_card ${text} not null default '',
      custom ${text} not null default '[]', receive_option ${text} not null, primary key (app_id, group_no, account_id))${keyed}`,
    `create index group_member_account on group_member (app_id, account_id)`,
    `create index group_member_order on group_member (app_id, group_no, join_time, account_id)`,
    `create table group_mute (app_id bigint not null, group_no bigint not null, account_id bigint not null,
      until bigint not null, primary key (app_id, group_no, account_id))${keyed}`,
    `create table group_ban (app_id bigint not null, group_no bigint not null, account_id bigint not null,
      until bigint not null, description ${text} not null default '', primary key (app_id, group_no, account_id))${keyed}`,
    `create table group_application (app_id bigint not null, group_no bigint not null, kind integer not null,
      applicant_id bigint not null, user_id bigint not null, msg_key bigint not null, token ${text} not null,
      note ${text} not null default '', user_field ${text} not null default '', time bigint not null,
      handled integer not null default 0, handler_id bigint not null default 0, handled_text ${text} not null default '',
      handled_time bigint not null default 0, primary key (app_id, group_no, kind, applicant_id, user_id))${keyed}`,
    `create index group_application_applicant on group_application (app_id, applicant_id)`,
    `create index group_application_user on group_application (app_id, user_id) where user_id > 0`,
    `create table group_notice (app_id bigint not null, account_id bigint not null, notice_no bigint not null,
      time bigint not null, body ${text} not null, primary key (app_id, account_id, notice_no))${keyed}`,
    `create table group_notice_head (app_id bigint not null, account_id bigint not null, notice_no bigint not null,
      primary key (app_id, account_id))${keyed}`,
    `create table group_departure (app_id bigint not null, account_id bigint not null, primary key (app_id, account_id))${keyed}`,
    `create index chat_group_owner on chat_group (app_id, owner_id) where owner_id > 0`,
    `alter table user_conversation add column kind integer not null default 0`,
    `alter table user_conversation add column from_seq bigint not null default 0`,
    `alter table user_conversation add column to_seq bigint not null default -1`,
    `alter table user_conversation add column sent_no bigint not null default 0`,
    `alter table user_conversation add column last_sent bigint not null default 0`,
    ...numberSources('group'),
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
