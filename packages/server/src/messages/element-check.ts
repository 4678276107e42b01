import { CUSTOM_ELEMENTS_MAX, MESSAGE_ELEMENTS, type MessageElementType } from '@rookery/protocol/elements'
import { ErrorCode } from '@rookery/protocol/error-code'
import { Compile, type Validator } from 'typebox/compile'
import { CommandError } from '../commands/command-error.ts'

const validators = new Map<string, Validator>(
  Object.entries(MESSAGE_ELEMENTS).map(([type, schema]) => [type, Compile(schema)]),
)

/** Bounds of a merged forward, from the app's settings. */
export interface MergeBounds {
  readonly messages: number
  readonly depth: number
}

type Element = { readonly MsgType?: unknown; readonly MsgContent?: unknown }

/**
 * Checks every element of a MsgBody (rest-1 section 5). Throws 90007 (not an array), 90002 (empty), 90010 (an element does not
 * have its documented form), naming the element.
 */
export function checkElements(body: unknown, bounds: MergeBounds): void {
  if (!Array.isArray(body))
    throw new CommandError(ErrorCode.MSG_BODY_NOT_ARRAY, 'MsgBody must be an array of elements.', {
      check: 'MsgBody',
    })
  if (body.length === 0)
    throw new CommandError(ErrorCode.MSG_BODY_INVALID, 'MsgBody is empty; it needs at least one element.', {
      check: 'MsgBody',
    })
  let customs = 0
  for (const [index, item] of body.entries()) {
    const element = item as Element | null
    const type = checkElement(element, `MsgBody.${index}`)
    if (type === 'TIMCustomElem' && ++customs > CUSTOM_ELEMENTS_MAX)
      throw malformed(`MsgBody.${index}`, 'a message has at most one TIMCustomElem')
    if (type === 'TIMRelayElem') {
      if (body.length > 1) throw malformed(`MsgBody.${index}`, 'a TIMRelayElem stands alone in its message')
      checkMerged(element, bounds, 1)
    }
  }
}

function checkElement(element: Element | null, where: string): MessageElementType {
  const type = element?.MsgType
  const validator = typeof type === 'string' ? validators.get(type) : undefined
  if (!validator) throw malformed(where, `MsgType must be one of ${Object.keys(MESSAGE_ELEMENTS).join(', ')}`)
  if (!validator.Check(element?.MsgContent)) {
    const [error] = validator.Errors(element?.MsgContent)
    const field = error?.instancePath.slice(1).replaceAll('/', '.')
    throw malformed(`${where}.MsgContent${field ? `.${field}` : ''}`, error?.message ?? 'is wrong')
  }
  return type as MessageElementType
}

function checkMerged(element: Element | null, bounds: MergeBounds, depth: number): void {
  const content = element?.MsgContent as
    | { MsgList?: { MsgBody: Element[] }[]; JsonMsgKey?: string }
    | undefined
  if (!content?.MsgList) {
    if (!content?.JsonMsgKey) throw malformed('TIMRelayElem', 'needs MsgList or JsonMsgKey')
    return
  }
  if (content.MsgList.length > bounds.messages)
    throw malformed(
      'TIMRelayElem.MsgList',
      `holds ${content.MsgList.length} messages, ${bounds.messages} are allowed`,
    )
  if (depth > bounds.depth) throw malformed('TIMRelayElem', `nests deeper than ${bounds.depth} levels`)
  for (const message of content.MsgList)
    for (const inner of message.MsgBody)
      if (inner.MsgType === 'TIMRelayElem') {
        checkElement(inner, 'TIMRelayElem.MsgList')
        checkMerged(inner, bounds, depth + 1)
      }
}

function malformed(where: string, what: string): CommandError {
  return new CommandError(ErrorCode.MSG_FORMAT_INVALID, `${where}: ${what}.`, {
    check: 'MsgBody',
    field: where,
  })
}
