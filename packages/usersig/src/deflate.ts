import { adler32 } from './adler32.ts'
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  FIRST_LENGTH_SYMBOL,
  FIXED_LITERAL_LENGTHS,
  LENGTH_BASE,
  LENGTH_EXTRA,
} from './deflate-tables.ts'

const MIN_MATCH = 3
const MAX_MATCH = 258
const MAX_DISTANCE = 32768
const FIXED_DISTANCE_BITS = 5

class BitWriter {
  readonly bytes: number[] = [0x78, 0x01]
  #bits = 0
  #held = 0

  /** Numbers go in with their lowest bit first. */
  write(value: number, count: number): void {
    this.#bits |= value << this.#held
    this.#held += count
    while (this.#held >= 8) {
      this.bytes.push(this.#bits & 255)
      this.#bits >>>= 8
      this.#held -= 8
    }
  }

  /** Huffman codes go in with their highest bit first. */
  writeCode(code: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.write((code >>> i) & 1, 1)
  }

  finish(checksum: number): Uint8Array {
    if (this.#held > 0) this.bytes.push(this.#bits & 255)
    for (let shift = 24; shift >= 0; shift -= 8) this.bytes.push((checksum >>> shift) & 255)
    return Uint8Array.from(this.bytes)
  }
}

/** The fixed code of a symbol (RFC 1951, 3.2.6). */
function writeSymbol(writer: BitWriter, symbol: number): void {
  const bits = FIXED_LITERAL_LENGTHS[symbol]!
  if (symbol < 144) writer.writeCode(0x30 + symbol, bits)
  else if (symbol < 256) writer.writeCode(0x190 + symbol - 144, bits)
  else if (symbol < 280) writer.writeCode(symbol - 256, bits)
  else writer.writeCode(0xc0 + symbol - 280, bits)
}

/** The last entry of an ascending table that is not above `value`. */
function indexFor(table: Uint16Array, value: number): number {
  let index = table.length - 1
  while (table[index]! > value) index--
  return index
}

function writeMatch(writer: BitWriter, length: number, distance: number): void {
  const lengthAt = indexFor(LENGTH_BASE, length)
  writeSymbol(writer, FIRST_LENGTH_SYMBOL + lengthAt)
  writer.write(length - LENGTH_BASE[lengthAt]!, LENGTH_EXTRA[lengthAt]!)
  const distanceAt = indexFor(DISTANCE_BASE, distance)
  writer.writeCode(distanceAt, FIXED_DISTANCE_BITS)
  writer.write(distance - DISTANCE_BASE[distanceAt]!, DISTANCE_EXTRA[distanceAt]!)
}

function matchLength(data: Uint8Array, earlier: number, at: number): number {
  const limit = Math.min(MAX_MATCH, data.length - at)
  let length = 0
  while (length < limit && data[earlier + length] === data[at + length]) length++
  return length
}

/**
 * Writes `data` as a zlib stream of one block with the fixed Huffman code. Repetitions are looked for at the latest
 * place with the same three bytes only: a ticket's document is short and repeats little but its field names.
 */
export function deflate(data: Uint8Array): Uint8Array {
  const writer = new BitWriter()
  writer.write(1, 1)
  writer.write(1, 2)
  const latest = new Map<number, number>()
  let at = 0
  while (at < data.length) {
    let length = 0
    let distance = 0
    if (at + MIN_MATCH <= data.length) {
      const key = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!
      const earlier = latest.get(key)
      latest.set(key, at)
      if (earlier !== undefined && at - earlier <= MAX_DISTANCE) {
        distance = at - earlier
        length = matchLength(data, earlier, at)
      }
    }
    if (length >= MIN_MATCH) {
      writeMatch(writer, length, distance)
      at += length
    } else {
      writeSymbol(writer, data[at++]!)
    }
  }
  writeSymbol(writer, END_OF_BLOCK)
  return writer.finish(adler32(data, data.length))
}
