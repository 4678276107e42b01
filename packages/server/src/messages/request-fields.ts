import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'

const U32_MAX = 4294967295

/** Fields that the message commands share (rest-1 section 4.2), each with the code for a wrong one. */
export const toAccount = Type.String({ minLength: 1, code: ErrorCode.MSG_TO_ACCOUNT_INVALID })
export const fromAccount = Type.String({ minLength: 1, code: ErrorCode.MSG_FROM_ACCOUNT_INVALID })
export const msgSeq = Type.Integer({ minimum: 0, maximum: U32_MAX, code: ErrorCode.MSG_JSON_PARSE_FAILED })
export const msgRandom = Type.Integer({ minimum: 0, maximum: U32_MAX, code: ErrorCode.MSG_RANDOM_INVALID })
export const msgTimeStamp = Type.Integer({
  minimum: 0,
  maximum: U32_MAX,
  code: ErrorCode.MSG_TIMESTAMP_INVALID,
})
/** Its elements are checked by `checkElements`, which knows their codes. */
export const msgBody = Type.Array(Type.Unknown(), { code: ErrorCode.MSG_BODY_NOT_ARRAY })
export const customData = Type.String({ code: ErrorCode.MSG_FORMAT_INVALID })
export const zeroOrOne = (code: number = ErrorCode.MSG_JSON_PARSE_FAILED) =>
  Type.Union([Type.Literal(0), Type.Literal(1)], { code })
export const offlinePushInfo = Type.Object({}, { code: ErrorCode.MSG_OFFLINE_PUSH_INVALID })
export const msgKey = Type.String({ minLength: 1, maxLength: 50, code: ErrorCode.MSG_KEY_INVALID })
