import { ErrorCode } from '@rookery/protocol/error-code'

/** What the commands of one service have in common (rest-1 sections 1.5 and 1.7, error-codes). */
export interface Family {
  /** The body is not a JSON object. */
  readonly notJson: number
  /** A field is missing or wrong and has no code of its own. */
  readonly badParameter: number
  /** The server failed; nothing was stored. */
  readonly internal: number
  /** Answers carry `ErrorDisplay`, always empty. */
  readonly errorDisplay?: true
}

const MESSAGES: Family = {
  notJson: ErrorCode.MSG_JSON_PARSE_FAILED,
  badParameter: ErrorCode.MSG_JSON_PARSE_FAILED,
  internal: ErrorCode.MSG_INTERNAL_ERROR_3,
}

const ACCOUNTS: Family = {
  notJson: ErrorCode.REQ_JSON_PARSE_FAILED,
  badParameter: ErrorCode.ACCOUNT_PARAMETER_INVALID,
  internal: ErrorCode.ACCOUNT_INTERNAL_ERROR,
}

const CONVERSATIONS: Family = {
  notJson: ErrorCode.REQ_JSON_PARSE_FAILED,
  badParameter: ErrorCode.CONVERSATION_PARAMETER_INVALID,
  internal: ErrorCode.CONVERSATION_INTERNAL_ERROR,
  errorDisplay: true,
}

const GROUPS: Family = {
  notJson: ErrorCode.GROUP_JSON_PARSE_FAILED,
  badParameter: ErrorCode.GROUP_PARAMETER_INVALID,
  internal: ErrorCode.GROUP_INTERNAL_ERROR,
}

/** By the service part of a command's name. */
export const families = {
  openim: MESSAGES,
  openim_msg_ext_http_svc: {
    notJson: ErrorCode.REQ_JSON_PARSE_FAILED,
    badParameter: ErrorCode.GROUP_PARAMETER_INVALID,
    internal: ErrorCode.GROUP_INTERNAL_ERROR,
  },
  group_open_http_svc: GROUPS,
  group_open_attr_http_svc: GROUPS,
  group_open_avchatroom_http_svc: GROUPS,
  million_group_open_http_svc: GROUPS,
  group: GROUPS,
  im_open_login_svc: ACCOUNTS,
  recentcontact: CONVERSATIONS,
  session: ACCOUNTS,
  sync: CONVERSATIONS,
  profile: {
    notJson: ErrorCode.REQ_JSON_PARSE_FAILED,
    badParameter: ErrorCode.PROFILE_PARAMETER_INVALID,
    internal: ErrorCode.PROFILE_INTERNAL_ERROR,
    errorDisplay: true,
  },
} as const satisfies Readonly<Record<string, Family>>

export type Service = keyof typeof families

export function familyOf(commandName: string): Family {
  return families[commandName.slice(0, commandName.indexOf('/')) as Service]
}
