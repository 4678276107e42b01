import { TYPES } from '../constants/types.ts'
import type { Untyped } from '../untyped.ts'

/** A user as apps see it: sdk-2 section 8, with its default values. */
export interface Profile {
  userID: string
  nick: string
  gender: TYPES
  birthday: number
  location: string
  selfSignature: string
  allowType: TYPES
  language: number
  avatar: string
  messageSettings: number
  adminForbidType: TYPES
  level: number
  role: number
  lastUpdatedTime: number
  lastUpdatedNumber: number
  profileCustomField: Untyped[]
}

export function profileOf(userID: string, nick = '', avatar = ''): Profile {
  return {
    userID,
    nick,
    gender: TYPES.GENDER_UNKNOWN,
    birthday: 0,
    location: '',
    selfSignature: '',
    allowType: TYPES.ALLOW_TYPE_ALLOW_ANY,
    language: 0,
    avatar,
    messageSettings: 0,
    adminForbidType: TYPES.FORBID_TYPE_NONE,
    level: 0,
    role: 0,
    lastUpdatedTime: 0,
    lastUpdatedNumber: 0,
    profileCustomField: [],
  }
}
