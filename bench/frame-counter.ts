/** Where in a text frame of the server the event's first letter stands: `{"ev":"message"`. */
const LETTER_AT = 7
const MESSAGE = 0x6d
const ONLINE = 0x6f
/** The longest header, and the bytes that name the event. */
const KNOWN = 10 + LETTER_AT + 1
const TEXT = 0x81

/**
 * Counts the messages among the frames that come over one connection, without reading them: the load must cost less than what
 * it measures. Only the header and one letter of each frame are looked at.
 */
export class FrameCounter {
  /** Bytes of the present frame that are still to come. */
  #skip = 0
  /** The beginning of a frame of which too little came. */
  #start: Buffer | undefined

  /** Messages of this chunk; a message counts when its beginning came. Throws when the server closed. */
  count(chunk: Buffer): number {
    let bytes = chunk
    if (this.#start) {
      bytes = Buffer.concat([this.#start, chunk])
      this.#start = undefined
    }
    let at = this.#skip
    let messages = 0
    while (at < bytes.length) {
      const rest = bytes.length - at
      let length = (bytes[at + 1] ?? 0) & 0x7f
      let header = 2
      if (rest < KNOWN && (length >= 126 || rest < 2 + length)) {
        this.#start = Buffer.from(bytes.subarray(at))
        this.#skip = 0
        return messages
      }
      if (length === 126) {
        length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
        header = 4
      } else if (length === 127) {
        length = bytes.readUInt32BE(at + 6)
        header = 10
      }
      if (bytes[at] === TEXT) {
        const letter = bytes[at + header + LETTER_AT]
        if (letter === MESSAGE || letter === ONLINE) messages++
      } else if (((bytes[at] ?? 0) & 0x0f) === 8) throw new Error('The server closed the connection.')
      at += header + length
    }
    this.#skip = at - bytes.length
    return messages
  }
}
