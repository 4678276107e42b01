import type { WireElement } from '@rookery/protocol/wire'
import { type Content, contentsOf, isContent, numberOf, textOf } from './content.ts'
import { elementsOf, wireElementOf } from './elements.ts'
import type { MessagePayload } from './message.ts'

const VERSION = 1

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
    ID: `${numberOf(item.MsgSeq)}-${time}-${numberOf(item.MsgRandom)}`,
    from: textOf(item.From_Account),
    to: textOf(item.To_Account),
    nick: textOf(item.From_Account),
    avatar: '',
    time,
    messageBody: elements,
    cloudCustomData: textOf(item.CloudCustomData),
    // The newest store reads an entry as if it were a message.
    type: first.type,
    payload: first.payload,
  }
}

/** The wire's form of a received merger, for forwarding it. */
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
  const [sequence, , random] = textOf(entry.ID).split('-').map(Number)
  return {
    From_Account: textOf(entry.from),
    To_Account: textOf(entry.to),
    MsgSeq: sequence || 0,
    MsgRandom: random || 0,
    MsgTimeStamp: numberOf(entry.time),
    MsgBody: contentsOf(entry.messageBody)
      .map(it => wireElementOf(textOf(it.type), isContent(it.payload) ? it.payload : {}))
      .filter(it => it !== undefined),
    CloudCustomData: textOf(entry.cloudCustomData),
  }
}
