import { adler32 } from './adler32.ts'
import {
  CODE_LENGTH_ORDER,
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  FIRST_LENGTH_SYMBOL,
  FIXED_LITERAL_LENGTHS,
  LENGTH_BASE,
  LENGTH_EXTRA,
} from './deflate-tables.ts'
import { buildHuffmanCode, HuffmanCode, lookUp } from './huffman.ts'

const DEFLATE_METHOD = 8
const PRESET_DICTIONARY = 0x20

const fixedLiterals = new HuffmanCode()
const fixedDistances = new HuffmanCode()
buildHuffmanCode(fixedLiterals, FIXED_LITERAL_LENGTHS, 0, 288)
buildHuffmanCode(fixedDistances, new Uint8Array(32).fill(5), 0, 32)

/** The codes of the dynamic block at hand. Shared between calls, which are synchronous and never nested. */
const dynamicLengths = new HuffmanCode()
const dynamicLiterals = new HuffmanCode()
const dynamicDistances = new HuffmanCode()
const codeLengths = new Uint8Array(19)
const lengths = new Uint8Array(286 + 30)

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
    if ((method & 15) !== DEFLATE_METHOD || method >>> 4 > 7 || ((method << 8) | flags) % 31 !== 0)
      throw NOT_ZLIB
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
    codeLengths.fill(0)
    for (let i = 0; i < codeLengthCount; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = this.#take(3)
    if (!buildHuffmanCode(dynamicLengths, codeLengths, 0, 19)) throw CORRUPT
    const count = literalCount + distanceCount
    this.#readLengths(count)
    if (lengths[END_OF_BLOCK] === 0) throw CORRUPT
    if (!buildHuffmanCode(dynamicLiterals, lengths, 0, literalCount)) throw CORRUPT
    if (!buildHuffmanCode(dynamicDistances, lengths, literalCount, count)) throw CORRUPT
    this.#decode(dynamicLiterals, dynamicDistances)
  }

  #readLengths(count: number): void {
    let at = 0
    while (at < count) {
      const symbol = this.#takeSymbol(dynamicLengths)
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
      for (let i = 0; i < length; i++, this.#written++)
        output[this.#written] = output[this.#written - distance]!
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
export function inflateInto(
  input: Uint8Array,
  inputLength: number,
  output: Uint8Array,
): number | InflateFault {
  try {
    return new Inflater(input, inputLength, output).run()
  } catch (error) {
    if (error instanceof Fault) return error.fault
    throw error
  }
}
