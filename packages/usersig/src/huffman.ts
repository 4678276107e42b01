const MAX_CODE_BITS = 15
const FAST_BITS = 9
const FAST_MASK = (1 << FAST_BITS) - 1
const MAX_SYMBOLS = 288

/** A canonical Huffman code made ready for reading (RFC 1951, 3.2.2). Room for any code; rebuilt in place. */
export class HuffmanCode {
  /** By the next 9 bits of input: `symbol << 4 | length`, or 0 where the code is longer or not used. */
  readonly fast = new Uint16Array(1 << FAST_BITS)
  /** How many codes have each length. */
  readonly counts = new Uint16Array(MAX_CODE_BITS + 1)
  /** Symbols in the order of their codes. */
  readonly symbols = new Uint16Array(MAX_SYMBOLS)
}

const firstSymbol = new Uint16Array(MAX_CODE_BITS + 2)
const nextCode = new Uint16Array(MAX_CODE_BITS + 2)
const reversedByte = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0
  for (let i = 0; i < 8; i++) reversed |= ((byte >>> i) & 1) << (7 - i)
  return reversed
})

function reversed(code: number, length: number): number {
  return ((reversedByte[code & 255]! << 8) | reversedByte[code >>> 8]!) >>> (16 - length)
}

/**
 * Rebuilds `code` from the lengths between `start` and `end`, one per symbol, 0 = symbol unused. False when no prefix
 * code has these lengths: over-subscribed, or incomplete. A single code of one bit may stay incomplete, and a code
 * without symbols may exist as long as nothing is read with it: zlib writes both.
 */
export function buildHuffmanCode(
  code: HuffmanCode,
  lengths: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { fast, counts, symbols } = code
  counts.fill(0)
  for (let i = start; i < end; i++) counts[lengths[i]!]!++
  const used = end - start - counts[0]!
  counts[0] = 0
  let open = 1
  firstSymbol[1] = 0
  nextCode[1] = 0
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    open = (open << 1) - counts[length]!
    if (open < 0) return false
    firstSymbol[length + 1] = firstSymbol[length]! + counts[length]!
    nextCode[length + 1] = (nextCode[length]! + counts[length]!) << 1
  }
  const loneBit = used === 1 && counts[1] === 1
  if (open > 0 && used > 0 && !loneBit) return false

  fast.fill(0)
  for (let i = start; i < end; i++) {
    const length = lengths[i]!
    if (length === 0) continue
    const symbol = i - start
    symbols[firstSymbol[length]!++] = symbol
    const bits = nextCode[length]!++
    if (length > FAST_BITS) continue
    const entry = (symbol << 4) | length
    for (let at = reversed(bits, length); at <= FAST_MASK; at += 1 << length) fast[at] = entry
  }
  return true
}

/**
 * Finds the symbol whose code starts `bits` (first bit lowest), of which `available` are real input. Returns
 * `symbol << 4 | length`, 0 when the input ends inside the code, −1 when no symbol has that code.
 */
export function lookUp(code: HuffmanCode, bits: number, available: number): number {
  const quick = code.fast[bits & FAST_MASK]!
  if (quick !== 0) return (quick & 15) <= available ? quick : 0
  let value = 0
  let first = 0
  let index = 0
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    if (length > available) return 0
    value |= (bits >>> (length - 1)) & 1
    const count = code.counts[length]!
    if (value - count < first) return (code.symbols[index + (value - first)]! << 4) | length
    index += count
    first = (first + count) << 1
    value <<= 1
  }
  return -1
}
