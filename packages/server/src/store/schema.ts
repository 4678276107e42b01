import type { FieldLevel, FieldSubject } from '@rookery/protocol/group-field'
import type { Generated } from 'kysely'

/**
 * The tables, as the queries see them. Every key starts with the app. Accounts and conversations have internal
 * integer numbers that are never reused; UserIDs are names (DESIGN-DATA 1). Times are Unix seconds unless the
 * column is named `_ms`. Booleans are 0 or 1 on both engines.
 */
export interface Schema {
  readonly meta: MetaTable
  readonly counter: CounterTable
  readonly app: AppTable
  readonly app_key: AppKeyTable
  readonly app_admin: AppAdminTable
  readonly account: AccountTable
  readonly retired_name: RetiredNameTable
  readonly session: SessionTable
  readonly conversation: ConversationTable
  readonly user_conversation: UserConversationTable
  readonly message: MessageTable
  readonly message_uncounted: MessageUncountedTable
  readonly message_hidden: MessageHiddenTable
  readonly message_extension: MessageExtensionTable
  readonly message_mention: MessageMentionTable
  readonly message_receipt: MessageReceiptTable
  readonly group_pin: GroupPinTable
  readonly rest_key: RestKeyTable
  readonly chat_group: ChatGroupTable
  readonly group_member: GroupMemberTable
  readonly group_field: GroupFieldTable
  readonly group_mute: GroupMuteTable
  readonly group_ban: GroupBanTable
  readonly group_application: GroupApplicationTable
  readonly group_notice: GroupNoticeTable
  readonly group_notice_head: GroupNoticeHeadTable
  readonly room_audience: RoomAudienceTable
  readonly room_mark: RoomMarkTable
  readonly group_attribute_head: GroupAttributeHeadTable
  readonly group_attribute: GroupPairTable
  readonly group_counter: GroupPairTable
  readonly permission_group: PermissionGroupTable
  readonly permission_member: PermissionMemberTable
  readonly permission_topic: PermissionTopicTable
  readonly group_departure: GroupDepartureTable
  readonly contact_group: ContactGroupTable
  readonly contact_group_member: ContactGroupMemberTable
  readonly lane: LaneTable
  readonly commit_log: CommitLogTable
  readonly audit: AuditTable
  readonly audit_head: AuditHeadTable
  readonly operator: OperatorTable
  readonly operator_app: OperatorAppTable
  readonly operator_session: OperatorSessionTable
  readonly setup_token: SetupTokenTable
}

export interface MetaTable {
  name: string
  value: string
}

/**
 * Sources of internal numbers; a row is raised in the transaction that uses the number. SQLite's only: PostgreSQL has a sequence
 * for each, `number_<name>`.
 */
export interface CounterTable {
  name: string
  value: number
}

export interface AppTable {
  app_id: number
  name: string
  /** 0 enabled, 1 disabled. */
  disabled: number
  /** Tickets issued at or before this second are refused; never falls. */
  valid_after: number
  /** JSON object of settings that differ from the defaults. */
  settings: string
  /** JSON array of origins (`https://app.example.org`, lower case) whose pages may log in over WebSocket; empty = any. */
  allowed_origins: string
  created: number
}

export interface AppKeyTable {
  app_id: number
  key_id: string
  kind: 'hmac' | 'ecdsa'
  /** `current` signs, `accepted` verifies until `accept_until`, `revoked` verifies nothing. */
  state: 'current' | 'accepted' | 'revoked'
  /** Sealed secret (hmac) or the public key's PEM (ecdsa). */
  material: string
  created: number
  /** When it stopped being current; tickets issued later than this + 300 s are refused. Null while current. */
  switched_at: number | null
  /** Last second at which it verifies. Null: no end. */
  accept_until: number | null
  /** Latest end of a ticket seen under it. */
  latest_ticket_end: number
  last_used: number | null
  /** 0: may not sign for app admins. */
  may_mint_admin: number
}

export interface AppAdminTable {
  app_id: number
  account_id: number
  /** 0 on, 1 switched off. */
  disabled: number
  /** JSON array of command families (`openim`), empty = every command. */
  scopes: string
  /** JSON array of CIDR ranges, empty = every address. */
  addresses: string
  /** Longest accepted ticket lifetime in seconds, 0 = any. */
  max_ticket_lifetime: number
  created: number
  created_by: string
}

export interface AccountTable {
  app_id: number
  account_id: number
  user_id: string
  nick: string
  face_url: string
  disabled: number
  /** 1: the name is free again and this row is only the past. */
  deleted: number
  valid_after: number
  /** Latest `TLS.time` of an accepted ticket. */
  newest_ticket: number
  /** Counts changes of the user's own state (DESIGN-DATA 2). */
  log_no: number
  contact_groups_log_no: number
  created: number
  last_login: number | null
  /** JSON: platform -> Unix seconds of the last disconnect without logout (PushOnline). */
  push_online: string
}

/** Keeps the "valid after" mark of deleted names under a keyed hash. */
export interface RetiredNameTable {
  app_id: number
  name_hash: string
  valid_after: number
}

export interface SessionTable {
  app_id: number
  account_id: number
  session_id: string
  token_hash: string
  generation: number
  platform: string
  instance: number
  /** Order of logins within the app; the lowest is evicted first. */
  rank: number
  key_id: string
  issued: number
  expires: number
  node_id: string
  /** 1: has a socket at the node; of an ended session: was kicked off its socket by another login. */
  connected: number
  /** Empty while the session lives; then the kick type, `logout` or `expired`. */
  ended: string
  seen: number
}

export interface ConversationTable {
  app_id: number
  conv_id: number
  /** The lower and the higher account number of the pair; of a group: 0 and the group's number. */
  lo_id: number
  hi_id: number
  head_seq: number
  change_no: number
  /** Cumulative number of countable messages, in all and by each side. */
  count_no: number
  sent_lo: number
  sent_hi: number
  auth_no: number
  /** Time of the newest message that was sent, not imported; never runs backwards. */
  last_time: number
  /** Number and time of the latest message that shows in conversation lists (not NO_LAST_MESSAGE). */
  list_seq: number
  list_time: number
  /** Number and time of the latest message in order, which has the highest time of all. */
  top_seq: number
  top_time: number
  /** Of a group: members see only what is above this number, at which `count_no` was `clear_count`. */
  clear_seq: Generated<number>
  clear_count: Generated<number>
  /** Of a group: everything up to `reset_seq` (`count_no` there: `reset_count`) counts as read by everybody; `reset_no` counts resets. */
  reset_no: Generated<number>
  reset_seq: Generated<number>
  reset_count: Generated<number>
  /** Of a group with a rate limit: the Unix second in which it counts, and what it stored in it by priority, two counts a number. */
  rate_time: Generated<number>
  rate_upper: Generated<number>
  rate_lower: Generated<number>
}

export interface UserConversationTable {
  app_id: number
  account_id: number
  conv_id: number
  peer_id: number
  /** `account.log_no` of the latest change of this row. */
  log_no: number
  read_seq: number
  /** `count_no` and the owner's own `sent_*` at the read mark. */
  read_count: number
  read_own: number
  peer_read_seq: number
  peer_read_time: number
  cleared_seq: number
  /** Deleted from the list while `conversation.list_seq` is not above this; -1: never deleted. */
  hidden_seq: number
  /** Unix milliseconds, 0 = not pinned. */
  pinned_ms: number
  /** Marks as a text of `0` and `1`, first = mark 1. */
  standard_mark: string
  custom_mark: string
  /** Of a topic: the owner's own choice for it (`groups/topics/topic-option.ts`), 0 = as in the community. */
  recv_opt: number
  /** Unix day of the last activity: coarse order of the list without an index write a message. */
  active_day: number
  /** {@link ConversationKind}. Of a group, `peer_id` is 0: no account is the other side. */
  kind: Generated<number>
  /** Only messages above this number are for the owner. */
  from_seq: Generated<number>
  /** Only messages up to this number are; -1: no end (the owner is a member). */
  to_seq: Generated<number>
  /** Of a group: the owner's own countable messages, and the time of the latest message, Unix seconds. */
  sent_no: Generated<number>
  last_sent: Generated<number>
  /** Where the conversation stood when the owner left: its `count_no` and `change_no`. */
  to_count: Generated<number>
  to_change: Generated<number>
  /** Of a group: its head when the owner's latest membership began. */
  join_seq: Generated<number>
  /** The group's profile then, which this conversation shows from then on: its `title`, `face_url` and `info_seq`. */
  to_title: Generated<string>
  to_face: Generated<string>
  to_info: Generated<number>
  /** `conversation.reset_no` that the read mark knew: an older reset does not move it. */
  mark_no: Generated<number>
  /** `sent_no` at the reset of that number; an older number: nothing was sent since. */
  base_no: Generated<number>
  base_own: Generated<number>
}

export const ConversationKind = { PAIR: 0, GROUP: 1 } as const

export interface MessageTable {
  app_id: number
  conv_id: number
  seq: number
  sender_id: number
  msg_seq: number
  random: number
  time: number
  client_time: number
  /** Bits of {@link MessageFlag}. */
  flags: number
  count_no: number
  /** The sender's own cumulative countable messages including this one. */
  own_no: number
  /** JSON text of MsgBody as it came in; empty once recalled. */
  body: string
  custom: string
  change_no: number
  version: number
  peer_read_time: number
  /** Account number of who recalled it; 0 = not recalled. */
  revoker_id: number
  revoke_reason: string
  ext_seq: number
  ext_clear_seq: number
  /** JSON text of OfflinePushInfo or empty. */
  push_info: string
  /** Hash of an SDK send as it was received: with sender, `client_time` and `random` its client key. Else empty. */
  client_hash: string
  /**
   * 0: in order, no earlier message of the conversation has a later time. Else it came late (an import, a batch with one time
   * for all): the number of the latest message in order before it. Messages in order can be found by time without an index.
   */
  late_after: number
  /** Of a directed message: the accounts that see it beside its sender, `,1,2,`; else empty. */
  to_ids: Generated<string>
  /** JSON text of GroupAtInfo or empty. */
  at_info: Generated<string>
}

/** Fixed at append (DESIGN-DATA 3), except RECALLED. */
export const MessageFlag = {
  /** Not in the sender's view. */
  HIDDEN_FROM_SENDER: 1,
  HIDDEN_FROM_RECEIVER: 2,
  NO_UNREAD: 4,
  NO_LAST_MESSAGE: 8,
  NEEDS_RECEIPT: 16,
  EXTENSIONS: 32,
  RECALLED: 64,
  IMPORTED: 128,
  /** Sent by an app admin over REST. */
  BY_ADMIN: 256,
  /** Of a group, and no tip. An index names its number. */
  GROUP: 512,
  /** Only for the accounts of `to_ids` and the sender. */
  DIRECTED: 1024,
  MENTIONS: 2048,
  /** Without one of these: `Normal`. */
  PRIORITY_HIGH: 4096,
  PRIORITY_LOW: 8192,
  PRIORITY_LOWEST: 16_384,
} as const

/** Countable messages that stopped counting (recalled): the exceptions above a read mark. */
export interface MessageUncountedTable {
  app_id: number
  conv_id: number
  seq: number
  sender_id: number
}

/** One-sided deletes. */
export interface MessageHiddenTable {
  app_id: number
  account_id: number
  conv_id: number
  seq: number
}

export interface MessageExtensionTable {
  app_id: number
  conv_id: number
  seq: number
  key: string
  value: string
  ext_seq: number
}

/** Whom a group message mentions; account 0 = everybody. */
export interface MessageMentionTable {
  app_id: number
  conv_id: number
  account_id: number
  seq: number
}

/** Who sent a receipt for a group message. */
export interface MessageReceiptTable {
  app_id: number
  conv_id: number
  seq: number
  account_id: number
  read_time: number
}

export interface GroupPinTable {
  app_id: number
  conv_id: number
  seq: number
  operator_id: number
  /** Unix seconds. */
  time: number
}

/** REST's duplicate windows: sends 120 s, to groups 5 minutes, imports for good. */
export interface RestKeyTable {
  app_id: number
  conv_id: number
  kind: number
  sender_id: number
  msg_seq: number
  random: number
  /** Content hash (sends) or message time (imports). */
  hash: string
  seq: number
  time: number
}

/** A group, or a topic of a community. Dismissed ones stay: their conversation's messages refer to them. */
export interface ChatGroupTable {
  app_id: number
  group_no: number
  /** GroupId or TopicId; unique among the living. */
  name: string
  type: 'Private' | 'Public' | 'ChatRoom' | 'AVChatRoom' | 'Community'
  conv_id: number
  /** Of a topic: its community's `group_no`; else 0. */
  community_no: number
  title: string
  introduction: string
  notification: string
  face_url: string
  /** 0 = nobody. */
  owner_id: number
  /** When the row was made, for the quota of a day. */
  created: number
  /** What the profile shows; an import sets it. */
  create_time: number
  /** Counts changes of the profile. */
  info_seq: number
  info_time: number
  /** Counts changes of who may do what (DESIGN-DATA 2); `conversation.auth_no` is the same number. A living topic has its community's. */
  auth_no: number
  member_count: number
  /** 0 = no limit of its own. */
  max_members: number
  apply_option: 'FreeAccess' | 'NeedPermission' | 'DisableApply'
  invite_option: 'FreeAccess' | 'NeedPermission' | 'DisableInvite'
  mute_all: number
  history_before_join: number
  support_topic: number
  enable_permission: number
  /** Decimal text of a 64-bit mask. */
  default_permission: string
  /** JSON array of {Key, Value}. */
  custom: string
  custom_string: string
  /** 0: a work group without a message so far (rest-2 section 1.7). */
  active: number
  /** When it was dismissed; 0 = it lives. */
  dismissed: number
}

/** A custom field that the app declared, in groups of one type (rest-2 section 2.4). */
export interface GroupFieldTable {
  app_id: number
  subject: FieldSubject
  type: ChatGroupTable['type']
  key: string
  read_level: FieldLevel
  write_level: FieldLevel
}

/** Deleted on leaving. */
export interface GroupMemberTable {
  app_id: number
  group_no: number
  account_id: number
  /** {@link MemberRole}. */
  role: number
  join_time: number
  /** Head of the conversation when this membership began. */
  join_seq: number
  name_card: string
  /** JSON array of {Key, Value}. */
  custom: string
  receive_option:
    | 'AcceptAndNotify'
    | 'AcceptNotNotify'
    | 'Discard'
    | 'AcceptNotNotifyExceptAt'
    | 'NotReceiveMsgExceptAt'
}

/** In the order of rank. */
export const MemberRole = { MEMBER: 200, ADMIN: 300, OWNER: 400 } as const

/** Outlives leaving and joining again (rest-2 section 5.7). */
export interface GroupMuteTable {
  app_id: number
  group_no: number
  account_id: number
  /** Last second of it; 4294967295 = for ever. */
  until: number
}

export interface GroupBanTable {
  app_id: number
  group_no: number
  account_id: number
  until: number
  description: string
}

/** One row for each who asks and who is meant; a later request takes the place of the earlier one. */
export interface GroupApplicationTable {
  app_id: number
  group_no: number
  /** {@link ApplicationKind}. */
  kind: number
  /** Who asks to join, or who invites. */
  applicant_id: number
  /** Who is invited; 0 when somebody asks for himself. */
  user_id: number
  msg_key: number
  token: string
  note: string
  user_field: string
  time: number
  /** 0 open, 1 agreed, 2 refused. */
  handled: number
  handler_id: number
  handled_text: string
  handled_time: number
}

/** sdk-2 section 2.1. */
export const ApplicationKind = { JOIN: 0, INVITE_NEEDS_ADMIN: 1, INVITE_NEEDS_CONSENT: 2 } as const

/** Notices to one person (rest-2 section 9.8). */
export interface GroupNoticeTable {
  app_id: number
  account_id: number
  notice_no: number
  time: number
  /** JSON text of the `WireGroupNotice`. */
  body: string
}

/** Deleted accounts that are still to be taken out of their groups. */
export interface GroupDepartureTable {
  app_id: number
  account_id: number
}

/** The number of a person's latest notice. */
export interface GroupNoticeHeadTable {
  app_id: number
  account_id: number
  notice_no: number
}

/** The audience of a live room on one node, some seconds old; of one process there is none. */
export interface RoomAudienceTable {
  app_id: number
  group_no: number
  node_id: string
  visitors: number
  /** JSON array of [account, join time], newest first. */
  newest: string
}

/** Marks of people in a live room; void for who entered it later. */
export interface RoomMarkTable {
  app_id: number
  group_no: number
  account_id: number
  mark: number
  /** When it was set. */
  time: number
}

export interface GroupAttributeHeadTable {
  app_id: number
  group_no: number
  /** Counts changes of the group's attributes. */
  attr_seq: number
  /** The second in which `writes` were counted. */
  second: number
  writes: number
}

/** An attribute, or a counter with the decimal text of an int64. */
export interface GroupPairTable {
  app_id: number
  group_no: number
  key: string
  value: string
}

/** A permission group of a community (rest-2 section 2.8). */
export interface PermissionGroupTable {
  app_id: number
  group_no: number
  /** PermissionGroupId; unique in its community. */
  name: string
  title: string
  /** Decimal text of a 64-bit mask. */
  permission: string
  custom_string: string
  created: number
}

export interface PermissionMemberTable {
  app_id: number
  group_no: number
  name: string
  account_id: number
}

export interface PermissionTopicTable {
  app_id: number
  group_no: number
  name: string
  topic_no: number
  permission: string
}

export interface ContactGroupTable {
  app_id: number
  account_id: number
  group_id: number
  name: string
}

export interface ContactGroupMemberTable {
  app_id: number
  account_id: number
  group_id: number
  conv_id: number
}

/** The writers of all nodes: one transaction at a time has a lane (docs/decisions/0007). */
export interface LaneTable {
  lane: number
  /** Empty: given up. */
  node_id: string
  /** Number of its latest transaction. */
  no: number
  /** By the database's clock; later than that the node counts as gone. */
  lease_until_ms: number
}

export interface CommitLogTable {
  lane: number
  no: number
  time_ms: number
  /** JSON: what changed. On PostgreSQL an array of `Change`; no row when nothing did. */
  changes: string
}

export interface AuditTable {
  app_id: number
  no: number
  time_ms: number
  actor: string
  action: string
  target: string
  detail: string
  previous_hash: string
  hash: string
}

/** The root of an app's chain of audit rows: whoever adds a row raises it first. */
export interface AuditHeadTable {
  app_id: number
  /** Of the newest row. */
  no: number
}

/** People who may use the console. */
export interface OperatorTable {
  operator_id: number
  /** Lower case, NFC. */
  name: string
  /** Argon2id in PHC form. */
  password_hash: string
  /** Role in every app: `owner`, `admin`, `operator`, `viewer`; empty = only the roles of `operator_app`. */
  role: string
  created: number
  created_by: string
  last_login: number | null
}

/** Further roles in one app; the higher of both counts. */
export interface OperatorAppTable {
  operator_id: number
  app_id: number
  role: string
}

/** Logins of operators; one that ended is over at `expires`, and stays for its network. */
export interface OperatorSessionTable {
  /** SHA-256 of the cookie's token. */
  token_hash: string
  operator_id: number
  /** IPv4 address or IPv6 /64 of the login. */
  network: string
  created: number
  /** Latest use, to the minute. */
  seen: number
  expires: number
}

/** One-time links: they make an operator, or give a known one a new password. */
export interface SetupTokenTable {
  token_hash: string
  /** Of the operator; empty: chosen in the form. */
  name: string
  role: string
  created_by: string
  created: number
  expires: number
  /** When it was used up; kept so that a second use can say so. */
  used: number | null
}
