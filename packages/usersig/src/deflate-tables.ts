/** The tables of RFC 1951, for the reader and the writer. */

export const END_OF_BLOCK = 256
export const FIRST_LENGTH_SYMBOL = 257

/** Shortest match of each length symbol, from 257 on, and the bits that follow it (3.2.5). */
// biome-ignore format: a table
export const LENGTH_BASE = Uint16Array.of(
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
)
// biome-ignore format: a table
export const LENGTH_EXTRA = Uint8Array.of(
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
)

/** Shortest distance of each distance symbol, and the bits that follow it (3.2.5). */
// biome-ignore format: a table
export const DISTANCE_BASE = Uint16Array.of(
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
)
// biome-ignore format: a table
export const DISTANCE_EXTRA = Uint8Array.of(
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
)

/** Code lengths of the fixed literal and length code (3.2.6). */
export const FIXED_LITERAL_LENGTHS = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280)

/** The order in which the lengths of the code-length code are written (3.2.7). */
// biome-ignore format: a table
export const CODE_LENGTH_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
