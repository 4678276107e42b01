/** The three numbers by which the interface names a stored message (rest-1 section 4.1). */
export interface MessageKey {
  readonly msgSeq: number
  readonly random: number
  /** Unix seconds. */
  readonly time: number
}

const U32_MAX = 4294967295
/** Three decimal numbers of at most 10 digits and two underscores; the documented bound is 50 characters. */
const FORM = /^(\d{1,10})_(\d{1,10})_(\d{1,10})$/

export function formatMessageKey(key: MessageKey): string {
  return `${key.msgSeq}_${key.random}_${key.time}`
}

/** Undefined when the text is not `<MsgSeq>_<MsgRandom>_<MsgTime>` with u32 numbers. */
export function parseMessageKey(text: string): MessageKey | undefined {
  const match = FORM.exec(text)
  if (!match) return undefined
  const [msgSeq, random, time] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (msgSeq > U32_MAX || random > U32_MAX || time > U32_MAX) return undefined
  return { msgSeq, random, time }
}
