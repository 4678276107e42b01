/** `ReportType` of a group notice (rest-2 section 9.8, with its numbers 17 to 25 for the kinds without a documented one). */
export const GroupNotice = {
  APPLICATION: 1,
  ACCEPTED: 2,
  REFUSED: 3,
  KICKED: 4,
  DISMISSED: 5,
  CREATED: 6,
  PULLED_IN: 7,
  QUIT: 8,
  ADMIN_SET: 9,
  ADMIN_CANCELLED: 10,
  INVITATION: 12,
  INVITATION_ACCEPTED: 13,
  INVITATION_REFUSED: 14,
  READ_SYNC: 15,
  MUTED: 17,
  TOPIC_CREATED: 18,
  TOPIC_DELETED: 19,
  MESSAGE_READ: 20,
  RECEIVE_OPTION: 21,
  BANNED: 22,
  UNBANNED: 23,
  INVITATION_FOR_ADMIN: 24,
  INVITATION_HANDLED: 25,
  CUSTOM: 255,
} as const

export type GroupNoticeType = (typeof GroupNotice)[keyof typeof GroupNotice]

/** `OpType` of a `TIMGroupTipElem` (rest-2 section 9.7). */
export const GroupTip = {
  JOINED: 1,
  QUIT: 2,
  KICKED: 3,
  ADMIN_SET: 4,
  ADMIN_CANCELLED: 5,
  PROFILE: 6,
  MEMBER: 7,
  BANNED: 10,
  UNBANNED: 11,
} as const

export type GroupTipType = (typeof GroupTip)[keyof typeof GroupTip]
