import type { RequestFrame } from '@rookery/protocol/wire'
import { withinDepth } from '../../commands/request-check.ts'

/** How much of a frame that is too large is looked at for its id. */
const HEAD_CHARACTERS = 64
const LEADING_ID = /^\s*\{\s*"id"\s*:\s*(-?\d{1,15})\s*,/

/** Undefined for what is no `{"id":number,"cmd":string}` or nests too deep. */
export function readFrame(text: string): RequestFrame | undefined {
  if (!withinDepth(text)) return undefined
  try {
    const frame = JSON.parse(text) as Partial<RequestFrame> | null
    if (typeof frame !== 'object' || frame === null) return undefined
    return Number.isSafeInteger(frame.id) && typeof frame.cmd === 'string'
      ? (frame as RequestFrame)
      : undefined
  } catch {
    return undefined
  }
}

/** UTF-8 size of a frame against a bound; short ones need no count. */
export function exceeds(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes
}

/** The id of a frame that is too large to be parsed; only where `id` stands first, as every client of ours writes it. */
export function idOfLargeFrame(text: string): number | undefined {
  const found = LEADING_ID.exec(text.slice(0, HEAD_CHARACTERS))?.[1]
  return found === undefined ? undefined : Number(found)
}
