/** Round constants: fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
// biome-ignore format: a table
const K = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)

export const SHA256_BLOCK_BYTES = 64
export const SHA256_DIGEST_BYTES = 32

/** Shared between calls: everything here is synchronous, and no call leaves before it has used what it wrote. */
const schedule = new Int32Array(64)

/** The hash state before the first block (FIPS 180-4, 5.3.3). */
export function initialState(): Int32Array {
  return Int32Array.of(
    0x6a09e667,
    0xbb67ae85,
    0x3c6ef372,
    0xa54ff53a,
    0x510e527f,
    0x9b05688c,
    0x1f83d9ab,
    0x5be0cd19,
  )
}

/** Folds the 64 bytes at `offset` into `state`, in place. */
export function compressBlock(state: Int32Array, bytes: Uint8Array, offset: number): void {
  const w = schedule
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }
  for (let i = 16; i < 64; i++) {
    const near = w[i - 2]!
    const far = w[i - 15]!
    const s1 = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10)
    const s0 = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3)
    w[i] = (s1 + w[i - 7]! + s0 + w[i - 16]!) | 0
  }
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = (state[0]! + a) | 0
  state[1] = (state[1]! + b) | 0
  state[2] = (state[2]! + c) | 0
  state[3] = (state[3]! + d) | 0
  state[4] = (state[4]! + e) | 0
  state[5] = (state[5]! + f) | 0
  state[6] = (state[6]! + g) | 0
  state[7] = (state[7]! + h) | 0
}

const tail = new Uint8Array(2 * SHA256_BLOCK_BYTES)

/**
 * Folds the last `length` bytes of a message into `state`, padding included. `alreadyHashed` counts the bytes folded
 * in before (a multiple of 64): the padding holds the length of the whole message.
 */
export function finishHash(
  state: Int32Array,
  message: Uint8Array,
  length: number,
  alreadyHashed: number,
): void {
  let at = 0
  for (; at + SHA256_BLOCK_BYTES <= length; at += SHA256_BLOCK_BYTES) compressBlock(state, message, at)
  const rest = length - at
  const tailLength = rest + 9 <= SHA256_BLOCK_BYTES ? SHA256_BLOCK_BYTES : 2 * SHA256_BLOCK_BYTES
  tail.fill(0)
  for (let i = 0; i < rest; i++) tail[i] = message[at + i]!
  tail[rest] = 0x80
  const total = alreadyHashed + length
  const bitsHigh = Math.floor(total / 0x20000000)
  const bitsLow = (total << 3) >>> 0
  for (let i = 0; i < 4; i++) {
    tail[tailLength - 8 + i] = bitsHigh >>> (24 - 8 * i)
    tail[tailLength - 4 + i] = bitsLow >>> (24 - 8 * i)
  }
  compressBlock(state, tail, 0)
  if (tailLength > SHA256_BLOCK_BYTES) compressBlock(state, tail, SHA256_BLOCK_BYTES)
}

/** Writes the state as 32 bytes, big-endian. */
export function writeDigest(state: Int32Array, into: Uint8Array, offset: number): void {
  for (let i = 0; i < 8; i++) {
    const word = state[i]!
    into[offset + 4 * i] = word >>> 24
    into[offset + 4 * i + 1] = word >>> 16
    into[offset + 4 * i + 2] = word >>> 8
    into[offset + 4 * i + 3] = word
  }
}

/** SHA-256 of `message`: 32 bytes. Synchronous and the same everywhere, `crypto.subtle` being absent on plain-HTTP pages. */
export function sha256(message: Uint8Array): Uint8Array {
  const state = initialState()
  finishHash(state, message, message.length, 0)
  const digest = new Uint8Array(SHA256_DIGEST_BYTES)
  writeDigest(state, digest, 0)
  return digest
}
