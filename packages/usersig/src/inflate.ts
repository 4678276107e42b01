import { adler32 } from './adler32.ts'
import { type HuffmanCode, huffmanCode, lookUp } from './huffman.ts'

/** Lengths and distances beyond their base values (RFC 1951, 3.2.5). */
export const LENGTH_BASE = Uint16Array.of(
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
)
export const LENGTH_EXTRA = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
)
export const DISTANCE_BASE = Uint16Array.of(
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
)
export const DISTANCE_EXTRA = Uint8Array.of(
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
)
/** The order in which the lengths of the code-length code are written (RFC 1951, 3.2.7). */
const CODE_LENGTH_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

const END_OF_BLOCK = 256
const FIRST_LENGTH_SYMBOL = 257
const DEFLATE_METHOD = 8
const PRESET_DICTIONARY = 0x20

/** The fixed literal and length code (RFC 1951, 3.2.6). */
export const FIXED_LITERAL_LENGTHS = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280)
const fixedLiterals = huffmanCode(FIXED_LITERAL_LENGTHS)!
const fixedDistances = huffmanCode(new Uint8Array(32).fill(5))!

/** Why a stream does not inflate: it ends too early, it is not a zlib stream, or its output is over the bound. */
export type InflateFault = 'cut' | 'not-zlib' | 'corrupt' | 'checksum' | 'too-large'

class Fault {
  constructor(readonly fault: InflateFault) {}
}
const CUT = new Fault('cut')
const NOT_ZLIB = new Fault('not-zlib')
const CORRUPT = new Fault('corrupt')
const CHECKSUM = new Fault('checksum')
const TOO_LARGE = new Fault('too-large')

class Inflater {
  readonly #input: Uint8Array
  readonly #inputEnd: number
  readonly #output: Uint8Array
  #at = 2
  #written = 0
  #bits = 0
  #held = 0

  constructor(input: Uint8Array, inputEnd: number, output: Uint8Array) {
    this.#input = input
    this.#inputEnd = inputEnd
    this.#output = output
  }

  run(): number {
    this.#readHeader()
    let last = false
    while (!last) {
      last = this.#take(1) === 1
      const type = this.#take(2)
      if (type === 0) this.#copyStored()
      else if (type === 1) this.#decode(fixedLiterals, fixedDistances)
      else if (type === 2) this.#decodeDynamic()
      else throw CORRUPT
    }
    this.#checkSum()
    return this.#written
  }

  #readHeader(): void {
    if (this.#inputEnd < 2) throw CUT
    const method = this.#input[0]!
    const flags = this.#input[1]!
    if ((method & 15) !== DEFLATE_METHOD || method >>> 4 > 7 || ((method << 8) | flags) % 31 !== 0) throw NOT_ZLIB
    if ((flags & PRESET_DICTIONARY) !== 0) throw NOT_ZLIB
  }

  /** Holds up to 24 bits or more where the input has them, so that a code with its extra bits can be looked at. */
  #fill(): void {
    while (this.#held <= 23 && this.#at < this.#inputEnd) {
      this.#bits |= this.#input[this.#at++]! << this.#held
      this.#held += 8
    }
  }

  #take(count: number): number {
    if (this.#held < count) {
      this.#fill()
      if (this.#held < count) throw CUT
    }
    const value = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#held -= count
    return value
  }

  #takeSymbol(code: HuffmanCode): number {
    if (this.#held < 15) this.#fill()
    const found = lookUp(code, this.#bits, this.#held)
    if (found <= 0) throw found === 0 ? CUT : CORRUPT
    const length = found & 15
    this.#bits >>>= length
    this.#held -= length
    return found >>> 4
  }

  /** Gives whole bytes back to the input: what follows starts at a byte boundary. */
  #alignToByte(): void {
    this.#at -= this.#held >>> 3
    this.#bits = 0
    this.#held = 0
  }

  #copyStored(): void {
    this.#alignToByte()
    const input = this.#input
    const at = this.#at
    if (at + 4 > this.#inputEnd) throw CUT
    const length = input[at]! | (input[at + 1]! << 8)
    if ((length ^ 0xffff) !== (input[at + 2]! | (input[at + 3]! << 8))) throw CORRUPT
    if (at + 4 + length > this.#inputEnd) throw CUT
    if (this.#written + length > this.#output.length) throw TOO_LARGE
    this.#output.set(input.subarray(at + 4, at + 4 + length), this.#written)
    this.#written += length
    this.#at = at + 4 + length
  }

  #decodeDynamic(): void {
    const literalCount = this.#take(5) + 257
    const distanceCount = this.#take(5) + 1
    const codeLengthCount = this.#take(4) + 4
    if (literalCount > 286 || distanceCount > 30) throw CORRUPT
    const codeLengths = new Uint8Array(19)
    for (let i = 0; i < codeLengthCount; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = this.#take(3)
    const codeLengthCode = huffmanCode(codeLengths)
    if (codeLengthCode === undefined) throw CORRUPT
    const lengths = this.#readLengths(codeLengthCode, literalCount + distanceCount)
    if (lengths[END_OF_BLOCK] === 0) throw CORRUPT
    const literals = huffmanCode(lengths.subarray(0, literalCount))
    const distances = huffmanCode(lengths.subarray(literalCount))
    if (literals === undefined || distances === undefined) throw CORRUPT
    this.#decode(literals, distances)
  }

  #readLengths(code: HuffmanCode, count: number): Uint8Array {
    const lengths = new Uint8Array(count)
    let at = 0
    while (at < count) {
      const symbol = this.#takeSymbol(code)
      if (symbol < 16) {
        lengths[at++] = symbol
        continue
      }
      if (symbol === 16 && at === 0) throw CORRUPT
      const repeated = symbol === 16 ? lengths[at - 1]! : 0
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)
      if (at + times > count) throw CORRUPT
      lengths.fill(repeated, at, at + times)
      at += times
    }
    return lengths
  }

  #decode(literals: HuffmanCode, distances: HuffmanCode): void {
    const output = this.#output
    for (;;) {
      const symbol = this.#takeSymbol(literals)
      if (symbol < END_OF_BLOCK) {
        if (this.#written === output.length) throw TOO_LARGE
        output[this.#written++] = symbol
        continue
      }
      if (symbol === END_OF_BLOCK) return
      const lengthAt = symbol - FIRST_LENGTH_SYMBOL
      if (lengthAt >= LENGTH_BASE.length) throw CORRUPT
      const length = LENGTH_BASE[lengthAt]! + this.#take(LENGTH_EXTRA[lengthAt]!)
      const distanceAt = this.#takeSymbol(distances)
      if (distanceAt >= DISTANCE_BASE.length) throw CORRUPT
      const distance = DISTANCE_BASE[distanceAt]! + this.#take(DISTANCE_EXTRA[distanceAt]!)
      if (distance > this.#written) throw CORRUPT
      if (this.#written + length > output.length) throw TOO_LARGE
      // Byte by byte: source and target may overlap, which is how deflate writes a repetition.
      for (let i = 0; i < length; i++, this.#written++) output[this.#written] = output[this.#written - distance]!
    }
  }

  #checkSum(): void {
    this.#alignToByte()
    const at = this.#at
    if (at + 4 > this.#inputEnd) throw CUT
    const input = this.#input
    const stated = (input[at]! << 24) | (input[at + 1]! << 16) | (input[at + 2]! << 8) | input[at + 3]!
    if (stated !== (adler32(this.#output, this.#written) | 0)) throw CHECKSUM
  }
}

/**
 * Inflates the zlib stream (RFC 1950, 1951; every block type, Adler-32 checked) in the first `inputLength` bytes of
 * `input`. Returns the number of bytes written to `output`, whose length is the bound on the output, or the fault.
 * Bytes after the stream are ignored, as zlib does. Work is bounded by the two lengths.
 */
export function inflateInto(input: Uint8Array, inputLength: number, output: Uint8Array): number | InflateFault {
  try {
    return new Inflater(input, inputLength, output).run()
  } catch (error) {
    if (error instanceof Fault) return error.fault
    throw error
  }
}
