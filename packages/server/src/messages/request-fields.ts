import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'

export const U32_MAX = 4294967295

/** A u32 with the code for a wrong one; some clients send it as decimal text (client-quirks). */
const u32 = (code: number) => Type.Integer({ minimum: 0, maximum: U32_MAX, code, fromText: true })

/** Fields that the message commands share (rest-1 section 4.2), each with the code for a wrong one. */
export const toAccount = Type.String({ minLength: 1, code: ErrorCode.MSG_TO_ACCOUNT_INVALID })
export const fromAccount = Type.String({ minLength: 1, code: ErrorCode.MSG_FROM_ACCOUNT_INVALID })
export const msgSeq = u32(ErrorCode.MSG_JSON_PARSE_FAILED)
export const msgRandom = u32(ErrorCode.MSG_RANDOM_INVALID)
export const msgTimeStamp = u32(ErrorCode.MSG_TIMESTAMP_INVALID)
/** Its elements are checked by `checkElements`, which knows their codes. */
export const msgBody = Type.Array(Type.Unknown(), { code: ErrorCode.MSG_BODY_NOT_ARRAY })
export const customData = Type.String({ code: ErrorCode.MSG_FORMAT_INVALID })
export const zeroOrOne = (code: number = ErrorCode.MSG_JSON_PARSE_FAILED) =>
  Type.Union([Type.Literal(0), Type.Literal(1)], { code })
export const syncOtherMachine = Type.Union([Type.Literal(1), Type.Literal(2)], {
  code: ErrorCode.MSG_SYNC_OTHER_MACHINE_INVALID,
})
/** Values over 7 days are taken as 7 days (rest-1 section 4.2). */
export const msgLifeTime = Type.Integer({ minimum: 0, code: ErrorCode.MSG_LIFETIME_INVALID, fromText: true })
export const sendMsgControl = Type.Array(Type.Enum(['NoUnread', 'NoLastMsg', 'WithMuteNotifications']), {
  maxItems: 3,
})
export const offlinePushInfo = Type.Object({}, { code: ErrorCode.MSG_OFFLINE_PUSH_INVALID })
export const msgKey = Type.String({ minLength: 1, maxLength: 50, code: ErrorCode.MSG_KEY_INVALID })
