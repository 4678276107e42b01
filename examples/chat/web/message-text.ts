import TencentCloudChat, { type Message } from '@rookery/chat'
import { tipLine } from './groups/tips.ts'

const { TYPES } = TencentCloudChat

/** A message, one of its elements, or an entry of merged messages. */
export type Content = Pick<Message, 'type' | 'payload'>

/** Faces are sent as a number; both sides must know the same list. */
export const FACES = ['😀', '😂', '😉', '😊', '😍', '😘', '😎', '😇', '😮', '😴', '😢', '😡'] as const

/** The content of this app's own custom messages, as JSON in `payload.data`. */
export interface Card {
  readonly kind: 'card'
  readonly title: string
  readonly text: string
  readonly link: string
}

/** Undefined for custom messages of other apps: what is in them is not known here. */
export function cardOf(payload: Message['payload']): Card | undefined {
  try {
    const { kind, title, text, link } = JSON.parse(payload.data)
    return kind === 'card'
      ? { kind, title: String(title), text: String(text), link: String(link) }
      : undefined
  } catch {
    return undefined
  }
}

const TOKENS: Readonly<Record<string, string>> = {
  [TYPES.MSG_IMAGE]: '[Image]',
  [TYPES.MSG_AUDIO]: '[Sound]',
  [TYPES.MSG_VIDEO]: '[Video]',
  [TYPES.MSG_FILE]: '[File]',
  [TYPES.MSG_FACE]: '[Face]',
  [TYPES.MSG_LOCATION]: '[Location]',
  [TYPES.MSG_CUSTOM]: '[Custom message]',
  [TYPES.MSG_MERGER]: '[Merged messages]',
}

/** Content as one line of text: in the list, for the clipboard, the search, and other clients. */
export function lineOf({ type, payload }: Content): string {
  switch (type) {
    case TYPES.MSG_TEXT:
      return payload.text
    case TYPES.MSG_FACE:
      return FACES[payload.index] ?? `${TOKENS[type]} ${payload.data}`
    case TYPES.MSG_CUSTOM:
      return `${cardOf(payload)?.title ?? TOKENS[type]} ${cardOf(payload)?.text ?? payload.description}`.trim()
    case TYPES.MSG_LOCATION:
      return `${TOKENS[type]} ${payload.description}`
    case TYPES.MSG_FILE:
      return `${TOKENS[type]} ${payload.fileName}`
    case TYPES.MSG_MERGER:
      return `${TOKENS[type]} ${payload.title}`
    case TYPES.MSG_GRP_TIP:
      return tipLine(payload)
    default:
      return TOKENS[type] ?? `[${type}]`
  }
}

/** An app server may put several elements into one message. */
export const elementsOf = (message: Message): readonly Content[] =>
  message._elements.length > 0 ? message._elements : [message]

export function textOf(message: Message, peerName: string): string {
  if (!message.isRevoked) return elementsOf(message).map(lineOf).join(' ')
  if (message.revoker !== message.from) return 'This message was recalled.'
  return message.flow === 'out' ? 'You recalled a message.' : `${peerName} recalled a message.`
}

/** Only what the server has, and nobody recalled, can be passed on, edited or recalled. */
export const isSettled = (message: Message) => message.status === 'success' && !message.isRevoked
