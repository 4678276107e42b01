import type { WireElement } from '@rookery/protocol/wire'
import { TYPES } from '../constants/types.ts'
import { tipPayload } from '../groups/tip.ts'
import { type Content, numberOf, textOf } from './content.ts'
import { mediaContent, mediaPayload } from './media-elements.ts'
import { mergerContent, mergerPayload } from './merger-element.ts'
import type { MessageElement, MessagePayload } from './message.ts'

/** A message whose body the server no longer shows (recalled) is a text message without text. */
const EMPTY: MessageElement = { type: TYPES.MSG_TEXT, payload: { text: '' } }

export function elementsOf(body: readonly WireElement[]): readonly [MessageElement, ...MessageElement[]] {
  const [first, ...rest] = body.map(elementOf)
  return first ? [first, ...rest] : [EMPTY]
}

export function elementOf(element: WireElement): MessageElement {
  return { type: element.MsgType as TYPES, payload: payloadOf(element.MsgType, element.MsgContent) }
}

function payloadOf(type: string, content: Content): MessagePayload {
  switch (type) {
    case TYPES.MSG_TEXT:
      return { text: textOf(content.Text) }
    case TYPES.MSG_CUSTOM:
      return {
        data: textOf(content.Data),
        description: textOf(content.Desc),
        extension: textOf(content.Ext),
      }
    case TYPES.MSG_FACE:
      return { index: numberOf(content.Index), data: textOf(content.Data) }
    case TYPES.MSG_LOCATION:
      return {
        description: textOf(content.Desc),
        latitude: numberOf(content.Latitude),
        longitude: numberOf(content.Longitude),
      }
    case TYPES.MSG_MERGER:
      return mergerPayload(content)
    case TYPES.MSG_GRP_TIP:
      return tipPayload(content)
    default:
      return mediaPayload(type, content) ?? { ...content }
  }
}

/** Undefined for a type that clients do not send. */
export function wireElementOf(type: string, payload: MessagePayload): WireElement | undefined {
  const content = contentOf(type, payload)
  return content && { MsgType: type, MsgContent: content }
}

function contentOf(type: string, payload: MessagePayload): Content | undefined {
  switch (type) {
    case TYPES.MSG_TEXT:
      return { Text: textOf(payload.text) }
    case TYPES.MSG_CUSTOM:
      return {
        Data: textOf(payload.data),
        Desc: textOf(payload.description),
        Ext: textOf(payload.extension),
      }
    case TYPES.MSG_FACE:
      return { Index: numberOf(payload.index), Data: textOf(payload.data) }
    case TYPES.MSG_LOCATION:
      return {
        Desc: textOf(payload.description),
        Latitude: numberOf(payload.latitude),
        Longitude: numberOf(payload.longitude),
      }
    case TYPES.MSG_MERGER:
      return mergerContent(payload)
    default:
      return mediaContent(type, payload)
  }
}
