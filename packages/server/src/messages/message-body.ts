import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'

/**
 * The JSON text of one member of the request's top object, as it came in: kept and forwarded, never rebuilt. The text has been
 * parsed before, so it is well-formed; the last one wins where a name stands twice, as in JSON.parse. Undefined when the
 * name is written with escapes.
 */
export function memberText(text: string, name: string): string | undefined {
  let depth = 0
  let found: string | undefined
  let i = 0
  while (i < text.length) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      const end = stringEnd(text, i)
      let after = end
      if (depth === 1) {
        after = skipSpace(text, end)
        if (text.charCodeAt(after) === 0x3a && text.slice(i + 1, end - 1) === name) {
          const start = skipSpace(text, after + 1)
          after = valueEnd(text, start)
          found = text.slice(start, after)
        }
      }
      i = after
    } else {
      if (c === 0x7b || c === 0x5b) depth++
      else if (c === 0x7d || c === 0x5d) depth--
      i++
    }
  }
  return found
}

function stringEnd(text: string, start: number): number {
  let i = start + 1
  for (;;) {
    const quote = text.indexOf('"', i)
    if (quote < 0) return text.length
    let backslashes = 0
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return quote + 1
    i = quote + 1
  }
}

function skipSpace(text: string, start: number): number {
  let i = start
  while (i < text.length && text.charCodeAt(i) <= 0x20) i++
  return i
}

function valueEnd(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === 0x22) return stringEnd(text, start)
  if (first !== 0x7b && first !== 0x5b) {
    let i = start
    while (i < text.length && !',}] \n\r\t'.includes(text[i] ?? '')) i++
    return i
  }
  let depth = 0
  let i = start
  while (i < text.length) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      i = stringEnd(text, i)
      continue
    }
    if (c === 0x7b || c === 0x5b) depth++
    else if ((c === 0x7d || c === 0x5d) && --depth === 0) return i + 1
    i++
  }
  return text.length
}

/** MsgBody's own text, or the parsed value written again where a client escaped the name itself. */
export function messageBodyText(requestText: string, parsed: unknown): string {
  return memberText(requestText, 'MsgBody') ?? JSON.stringify(parsed)
}

/** Refuses content over `message.maxBytes` (rest-1 section 1.10): 93000 on REST, 80002 to the SDK. */
export function checkMessageSize(
  body: string,
  custom: string,
  maxBytes: number,
  door: 'http' | 'socket',
): void {
  // UTF-16 units times three bound the UTF-8 bytes, so short messages need no count.
  if ((body.length + custom.length) * 3 <= maxBytes) return
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(custom)
  if (bytes > maxBytes)
    throw new CommandError(
      door === 'http' ? ErrorCode.MSG_TOO_LONG : ErrorCode.BODY_SIZE_LIMIT,
      `MsgBody and CloudCustomData have ${bytes} bytes, ${maxBytes} are allowed; send less, or upload it and send a link.`,
      { check: 'size', bytes, maxBytes },
    )
}
