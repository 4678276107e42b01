const MODULUS = 65521
/** As many bytes as the sums can take before they have to be reduced to stay below 2^31. */
const RUN = 3800

/** Adler-32 over the first `length` bytes (RFC 1950, 8.2), as an unsigned 32-bit number. */
export function adler32(bytes: Uint8Array, length: number): number {
  let a = 1
  let b = 0
  for (let at = 0; at < length; ) {
    const end = Math.min(at + RUN, length)
    for (; at < end; at++) {
      a += bytes[at]!
      b += a
    }
    a %= MODULUS
    b %= MODULUS
  }
  return ((b << 16) | a) >>> 0
}
