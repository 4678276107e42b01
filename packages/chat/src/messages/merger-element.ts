import type { WireElement } from '@rookery/protocol/wire'
import { type Content, contentsOf, isContent, numberOf, textOf } from './content.ts'
import { elementsOf, wireElementOf } from './elements.ts'
import type { MessagePayload } from './message.ts'

const VERSION = 1
const U32_MAX = 4294967295

/** A merged-forward element as apps see it: sdk-1 section 7, rest-1 section 5.9. */
export function mergerPayload(content: Content): MessagePayload {
  return {
    downloadKey: textOf(content.JsonMsgKey),
    messageList: contentsOf(content.MsgList).map(entryOf),
    title: textOf(content.Title),
    abstractList: Array.isArray(content.AbstractList) ? content.AbstractList.map(textOf) : [],
    compatibleText: textOf(content.CompatibleText),
    layersOverLimit: false,
    version: VERSION,
  }
}

function entryOf(item: Content): Content {
  const time = numberOf(item.MsgTimeStamp)
  const elements = elementsOf(Array.isArray(item.MsgBody) ? (item.MsgBody as readonly WireElement[]) : [])
  const [first] = elements
  return {
    ID: textOf(item.MsgId) || `${numberOf(item.MsgSeq)}-${time}-${numberOf(item.MsgRandom)}`,
    from: textOf(item.From_Account),
    to: textOf(item.To_Account),
    nick: textOf(item.From_Nick) || textOf(item.From_Account),
    avatar: textOf(item.From_FaceUrl),
    time,
    messageBody: elements,
    cloudCustomData: textOf(item.CloudCustomData),
    // The newest store reads an entry as if it were a message.
    type: first.type,
    payload: first.payload,
  }
}

/** The wire's form of a merged forward. */
export function mergerContent(payload: MessagePayload): Content {
  const list = contentsOf(payload.messageList)
  return {
    Title: textOf(payload.title),
    MsgNum: list.length,
    CompatibleText: textOf(payload.compatibleText),
    AbstractList: Array.isArray(payload.abstractList) ? payload.abstractList : [],
    ...(payload.downloadKey ? { JsonMsgKey: payload.downloadKey } : { MsgList: list.map(itemOf) }),
  }
}

function itemOf(entry: Content): Content {
  const ID = textOf(entry.ID)
  const [sequence = 0, , random] = ID.split('-').map(Number)
  return {
    From_Account: textOf(entry.from),
    To_Account: textOf(entry.to),
    // IDs of messages begin with the sender's number, which is larger; `MsgId` keeps the whole.
    MsgSeq: sequence <= U32_MAX ? sequence || 0 : 0,
    MsgRandom: random || 0,
    MsgTimeStamp: numberOf(entry.time),
    MsgBody: contentsOf(entry.messageBody)
      .map(it => wireElementOf(textOf(it.type), isContent(it.payload) ? it.payload : {}))
      .filter(it => it !== undefined),
    CloudCustomData: textOf(entry.cloudCustomData),
    // Beyond the documented fields; other clients ignore them.
    ...(sequence > U32_MAX && { MsgId: ID }),
    ...(entry.nick !== entry.from && { From_Nick: textOf(entry.nick) }),
    ...(textOf(entry.avatar) !== '' && { From_FaceUrl: textOf(entry.avatar) }),
  }
}
