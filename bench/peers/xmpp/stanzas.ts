const LESS = 0x3c
const SLASH = 0x2f
const SPACE = 0x20
const GREATER = 0x3e

export interface StanzaTaker {
  /** Offsets into a buffer that is reused afterwards. */
  stanza(bytes: Buffer, start: number, end: number): void
  /** The stream's own end, or text where a stanza was due. */
  broken(text: string): void
}

/**
 * Cuts a stream into stanzas, looking at as little of them as possible. It expects what servers write: no stanza within one of its
 * own name, and `>` escaped in attributes.
 */
export class Stanzas {
  readonly #taker: StanzaTaker
  #rest: Buffer | undefined

  constructor(taker: StanzaTaker) {
    this.#taker = taker
  }

  add(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    let at = 0
    while (at < bytes.length) {
      // White space between stanzas keeps connections alive.
      if ((bytes[at] ?? 0) <= SPACE) {
        at++
        continue
      }
      const end = endOf(bytes, at)
      if (end === undefined) break
      if (bytes[at] !== LESS || bytes[at + 1] === SLASH) {
        this.#taker.broken(bytes.toString('utf8', at))
        return
      }
      this.#taker.stanza(bytes, at, end)
      at = end
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at))
  }
}

/** Where the stanza that starts here ends; undefined when it has not come yet. */
function endOf(bytes: Buffer, start: number): number | undefined {
  const tagEnd = bytes.indexOf(GREATER, start)
  if (tagEnd < 0) return undefined
  if (bytes[tagEnd - 1] === SLASH || bytes[start + 1] === SLASH) return tagEnd + 1
  let nameEnd = start + 1
  while (bytes[nameEnd] !== SPACE && nameEnd < tagEnd) nameEnd++
  const closing = `</${bytes.toString('latin1', start + 1, nameEnd)}>`
  const closingAt = bytes.indexOf(closing, tagEnd, 'latin1')
  return closingAt < 0 ? undefined : closingAt + closing.length
}
