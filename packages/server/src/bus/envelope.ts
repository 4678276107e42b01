import type { GroupPush, Push } from './bus.ts'

/** Raised when a node of an older version would misread an envelope; until all nodes know it, their logs tell the rest. */
const VERSION = '1'

/** What the subject of a message already says. */
export type Enveloped = Omit<Push, 'app' | 'to'>

/**
 * A push as it travels: one line `<version> <conv> <seq> <except>`, then the frame as it is. 0 0 = no stored message, no
 * `except` = nobody. The frame's own text is never parsed on the way.
 */
export function envelopeText({ frame, except, head }: Enveloped): string {
  return `${VERSION} ${head?.conv ?? 0} ${head?.seq ?? 0} ${except ?? ''}\n${frame}`
}

const HEADING = /^1 (\d{1,15}) (\d{1,15}) (.*)$/

/** Undefined for what no node of this version sends. */
export function readEnvelope(text: string): Enveloped | undefined {
  const end = text.indexOf('\n')
  const heading = end < 0 ? null : HEADING.exec(text.slice(0, end))
  if (!heading) return undefined
  const [, conv = '', seq = '', except = ''] = heading
  return {
    frame: text.slice(end + 1),
    ...(except !== '' && { except }),
    ...(conv !== '0' && { head: { conv: Number(conv), seq: Number(seq) } }),
  }
}

export type EnvelopedForGroup = Omit<GroupPush, 'app' | 'group' | 'except'>

/** A push to a group: `<version> <authNo> <conv> <seq>`, then the frame. */
export function groupEnvelopeText({ frame, authNo, head }: EnvelopedForGroup): string {
  return `${VERSION} ${authNo} ${head?.conv ?? 0} ${head?.seq ?? 0}\n${frame}`
}

const GROUP_HEADING = /^1 (\d{1,15}) (\d{1,15}) (\d{1,15})$/

/** Undefined for what no node of this version sends. */
export function readGroupEnvelope(text: string): EnvelopedForGroup | undefined {
  const end = text.indexOf('\n')
  const heading = end < 0 ? null : GROUP_HEADING.exec(text.slice(0, end))
  if (!heading) return undefined
  const [, authNo = '', conv = '', seq = ''] = heading
  return {
    frame: text.slice(end + 1),
    authNo: Number(authNo),
    ...(conv !== '0' && { head: { conv: Number(conv), seq: Number(seq) } }),
  }
}
