import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireElement } from '@rookery/protocol/wire'
import { MERGER_INLINE_BYTES } from '../bounds.ts'
import { ChatError } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'
import { wireElementOf } from './elements.ts'
import { isUploaded, uploadFailed } from './media-check.ts'
import type { Message } from './message.ts'

/** The body as the server takes it; throws 2100 for a type that cannot be sent, or the code of a missing upload. */
export function wireBodyOf(message: Message): readonly WireElement[] {
  const elements = message._elements?.length ? message._elements : [message]
  return elements.map(({ type, payload }) => {
    const element = wireElementOf(String(type), payload ?? {})
    if (!element)
      throw new ChatError(ErrorCode.SEND_FAILED, `Messages of type ${type} cannot be sent by a client.`)
    if (!isUploaded({ type, payload: payload ?? {} })) throw uploadFailed(type)
    if (type === TYPES.MSG_MERGER) checkInlineSize(element)
    return element
  })
}

function checkInlineSize(merger: WireElement): void {
  const bytes = new TextEncoder().encode(JSON.stringify(merger.MsgContent)).length
  if (bytes <= MERGER_INLINE_BYTES) return
  throw new ChatError(
    ErrorCode.SEND_FAILED,
    `The merged messages take ${bytes} bytes; this server takes at most ${MERGER_INLINE_BYTES}. Merge fewer messages.`,
  )
}
