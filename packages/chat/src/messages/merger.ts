import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'
import { contentsOf, isContent, textOf } from './content.ts'
import type { Message, MessagePayload } from './message.ts'
import { asMessage } from './message-actions.ts'

const NOT_FORWARDED: readonly TYPES[] = [TYPES.MSG_GRP_TIP, TYPES.MSG_GRP_SYS_NOTICE]

/** A message that may be passed on; throws 2105, 2453 or 2454. */
export function forwardable(value: unknown): Message {
  const message = asMessage(value)
  if (NOT_FORWARDED.includes(message.type)) {
    throw new ChatError(
      ErrorCode.FORWARD_TYPE_UNSUPPORTED,
      'Group tips and system notices cannot be forwarded.',
    )
  }
  if (message._elements !== undefined && !Array.isArray(message._elements)) {
    throw new ChatError(ErrorCode.FORWARD_ELEMENTS_INVALID, '_elements of the message is no array.')
  }
  return message
}

/** The payload of a merged forward of messages; throws when one of them may not be in it (sdk-1 section 8). */
export function mergedPayload(given: MessagePayload): MessagePayload {
  const messages = Array.isArray(given.messageList) ? given.messageList.map(forwardable) : []
  const compatibleText = textOf(given.compatibleText)
  if (messages.length === 0 || compatibleText === '') {
    throw new ChatError(
      ErrorCode.OPERATION_INVALID,
      'createMergerMessage needs payload.messageList with at least one message, and payload.compatibleText.',
    )
  }
  if (messages.some(message => message.status !== 'success')) {
    throw new ChatError(
      ErrorCode.FORWARD_TYPE_UNSUPPORTED,
      'Only messages that were sent (status "success") can be merged.',
    )
  }
  return {
    downloadKey: '',
    messageList: messages.map(entryOf),
    title: textOf(given.title),
    abstractList: Array.isArray(given.abstractList) ? given.abstractList.map(textOf) : [],
    compatibleText,
    layersOverLimit: false,
    version: 1,
  }
}

function entryOf(message: Message) {
  const { ID, type, payload, from, to, nick, avatar, time, cloudCustomData } = message
  const elements = message._elements?.length ? message._elements : [{ type, payload }]
  return {
    ID,
    from,
    to,
    nick,
    avatar,
    time,
    messageBody: structuredClone(elements),
    cloudCustomData,
    type,
    payload: structuredClone(payload),
  }
}

/**
 * The given object with its messages in `payload.messageList`. Kits read that, newer ones `data.messageList` (sdk-1
 * section 8). Larger sets, which stand under `downloadKey`, need a service that this server does not have: 2452.
 */
export function downloadedMerger<T>(value: T): T {
  if (!isContent(value) || value.type !== TYPES.MSG_MERGER || !isContent(value.payload)) {
    throw new ChatError(ErrorCode.NOT_A_MERGED_MESSAGE, 'The argument is no merged message.')
  }
  const payload = value.payload as MessagePayload
  const messageList = contentsOf(payload.messageList)
  if (messageList.length === 0) {
    const key = textOf(payload.downloadKey)
    if (key === '')
      throw new ChatError(ErrorCode.MERGED_KEY_INVALID, 'The merged message has no downloadKey.')
    throw new ChatError(
      ErrorCode.MERGED_DOWNLOAD_FAILED,
      'This server has no service for merged messages of more than 11 KB; their list cannot be fetched.',
    )
  }
  payload.downloadKey = ''
  return Object.defineProperty(value, 'data', {
    value: { messageList },
    enumerable: false,
    configurable: true,
  }) as T
}
