import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError } from '../chat-error.ts'
import { type Content, isContent, numberOf, textOf } from './content.ts'
import { isMessageLike, type Message, type QuoteInfo } from './message.ts'

/**
 * Marks a message as an answer to another one. The quote travels inside `cloudCustomData`, which therefore must be empty
 * or the JSON text of an object.
 */
export function quote(message: unknown, quoted: unknown): Message {
  if (!isMessageLike(message) || !isMessageLike(quoted)) {
    throw new ChatError(
      ErrorCode.NOT_A_MESSAGE,
      'createQuoteMessage takes a message that was just made, and the quoted one.',
    )
  }
  const own = message as Message
  const data = own.cloudCustomData ? objectOf(own.cloudCustomData) : {}
  if (!data) {
    throw new ChatError(
      ErrorCode.OPERATION_INVALID,
      'A quote travels in cloudCustomData: leave it empty, or make it the JSON text of an object.',
    )
  }
  own.quoteInfo = {
    messageID: quoted.ID,
    msgID: quoted.ID,
    messageSequence: quoted.sequence ?? 0,
    messageTime: quoted.time ?? 0,
  }
  own.cloudCustomData = JSON.stringify({ ...data, quoteInfo: own.quoteInfo })
  return own
}

/** The quote of a received message. */
export function quoteOf(cloudCustomData: string): QuoteInfo | undefined {
  if (!cloudCustomData.includes('"quoteInfo"')) return undefined
  const info = objectOf(cloudCustomData)?.quoteInfo
  if (!isContent(info) || textOf(info.messageID) === '') return undefined
  return {
    messageID: textOf(info.messageID),
    msgID: textOf(info.messageID),
    messageSequence: numberOf(info.messageSequence),
    messageTime: numberOf(info.messageTime),
  }
}

function objectOf(text: string): Content | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isContent(value) && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
