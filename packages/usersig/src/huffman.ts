const MAX_CODE_BITS = 15
const FAST_BITS = 9
const FAST_MASK = (1 << FAST_BITS) - 1

/** A canonical Huffman code made ready for reading (RFC 1951, 3.2.2). */
export interface HuffmanCode {
  /** By the next 9 bits of input: `symbol << 4 | length`, or 0 where the code is longer or not used. */
  readonly fast: Uint16Array
  /** How many codes have each length. */
  readonly counts: Uint16Array
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array
}

function reversed(code: number, length: number): number {
  let result = 0
  for (let i = 0; i < length; i++) result |= ((code >>> i) & 1) << (length - 1 - i)
  return result
}

/**
 * Builds the code from its lengths, one per symbol, 0 = symbol unused. Undefined when no prefix code has these
 * lengths: over-subscribed, or incomplete. As in zlib, a single code of one bit may stay incomplete.
 */
export function huffmanCode(lengths: Uint8Array): HuffmanCode | undefined {
  const counts = new Uint16Array(MAX_CODE_BITS + 1)
  for (const length of lengths) counts[length]!++
  const used = lengths.length - counts[0]!
  counts[0] = 0
  let open = 1
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    open = (open << 1) - counts[length]!
    if (open < 0) return undefined
  }
  const incomplete = open > 0
  if (incomplete && used > 0 && !(used === 1 && counts[1] === 1)) return undefined

  const firstSymbol = new Uint16Array(MAX_CODE_BITS + 2)
  const nextCode = new Uint16Array(MAX_CODE_BITS + 2)
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    firstSymbol[length + 1] = firstSymbol[length]! + counts[length]!
    nextCode[length + 1] = (nextCode[length]! + counts[length]!) << 1
  }
  const fast = new Uint16Array(1 << FAST_BITS)
  const symbols = new Uint16Array(used)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length === 0) continue
    symbols[firstSymbol[length]!++] = symbol
    const code = nextCode[length]!++
    if (length > FAST_BITS) continue
    for (let at = reversed(code, length); at <= FAST_MASK; at += 1 << length) fast[at] = (symbol << 4) | length
  }
  return { fast, counts, symbols }
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
