import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireElement } from '@rookery/protocol/wire'
import { ChatError } from '../chat-error.ts'
import { wireElementOf } from './elements.ts'
import type { Message } from './message.ts'

/** The body as the server takes it; throws 2100 for a type that cannot be sent. */
export function wireBodyOf(message: Message): readonly WireElement[] {
  const elements = message._elements?.length ? message._elements : [message]
  return elements.map(({ type, payload }) => {
    const element = wireElementOf(String(type), payload ?? {})
    if (element) return element
    throw new ChatError(ErrorCode.SEND_FAILED, `Messages of type ${type} cannot be sent by a client.`, {
      message,
    })
  })
}
