/** One WebSocket frame as it came (RFC 6455 section 5.2). `text` of an unfragmented text frame, else undefined. */
export interface WireFrame {
  readonly bytes: Buffer
  readonly text: string | undefined
}

const TEXT = 1
const FIN = 0x80
const MASKED = 0x80

/** Cuts a byte stream after the handshake into frames. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): WireFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const frames: WireFrame[] = []
    for (
      let size = sizeOf(this.#rest);
      size !== undefined && size <= this.#rest.length;
      size = sizeOf(this.#rest)
    ) {
      const bytes = this.#rest.subarray(0, size)
      this.#rest = this.#rest.subarray(size)
      frames.push({ bytes, text: bytes[0] === (FIN | TEXT) ? textOf(bytes) : undefined })
    }
    return frames
  }
}

/** A text frame around `text`; masked as a client's must be. */
export function textFrame(text: string, masked: boolean): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  head[0] = FIN | TEXT
  const mask = masked ? MASKED : 0
  if (head.length === 2) head[1] = mask | payload.length
  else if (head.length === 4) {
    head[1] = mask | 126
    head.writeUInt16BE(payload.length, 2)
  } else {
    head[1] = mask | 127
    head.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  // A mask of zeros is a valid one, and changes nothing.
  return Buffer.concat(masked ? [head, Buffer.alloc(4), payload] : [head, payload])
}

function headOf(bytes: Buffer): { readonly head: number; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined
  const [, second = 0] = bytes
  const short = second & 0x7f
  const mask = second & MASKED ? 4 : 0
  if (short < 126) return { head: 2 + mask, length: short }
  if (short === 126) return bytes.length < 4 ? undefined : { head: 4 + mask, length: bytes.readUInt16BE(2) }
  return bytes.length < 10 ? undefined : { head: 10 + mask, length: Number(bytes.readBigUInt64BE(2)) }
}

function sizeOf(bytes: Buffer): number | undefined {
  const found = headOf(bytes)
  return found && found.head + found.length
}

function textOf(bytes: Buffer): string {
  const { head } = headOf(bytes) ?? { head: 0 }
  const payload = bytes.subarray(head)
  if (((bytes[1] ?? 0) & MASKED) === 0) return payload.toString()
  const mask = bytes.subarray(head - 4, head)
  return Buffer.from(payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0))).toString()
}
