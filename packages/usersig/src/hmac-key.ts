import {
  compressBlock,
  finishHash,
  initialState,
  SHA256_BLOCK_BYTES,
  SHA256_DIGEST_BYTES,
  sha256,
  writeDigest,
} from './sha256.ts'

const encoder = new TextEncoder()
const state = new Int32Array(8)
const innerDigest = new Uint8Array(SHA256_DIGEST_BYTES)

function stateAfterPad(block: Uint8Array, pad: number): Int32Array {
  const after = initialState()
  compressBlock(
    after,
    block.map(byte => byte ^ pad),
    0,
  )
  return after
}

/**
 * A key text made ready for HMAC-SHA256: the two key blocks are hashed once, which saves two of five compressions at
 * each use. Printing, logging or serialising it shows nothing of the key.
 */
export class HmacKey {
  readonly #inner: Int32Array
  readonly #outer: Int32Array

  /** @param text the key as the console shows it; its UTF-8 bytes are the key, hex is never decoded. */
  constructor(text: string) {
    if (typeof text !== 'string' || text.length === 0) {
      throw new TypeError('The key is empty: pass the text of the secret key as the console shows it.')
    }
    const bytes = encoder.encode(text)
    const block = new Uint8Array(SHA256_BLOCK_BYTES)
    block.set(bytes.length > SHA256_BLOCK_BYTES ? sha256(bytes) : bytes)
    this.#inner = stateAfterPad(block, 0x36)
    this.#outer = stateAfterPad(block, 0x5c)
  }

  /** Writes the 32 bytes of HMAC-SHA256 over the first `length` bytes of `message` to `into`. */
  digestInto(into: Uint8Array, message: Uint8Array, length: number = message.length): void {
    state.set(this.#inner)
    finishHash(state, message, length, SHA256_BLOCK_BYTES)
    writeDigest(state, innerDigest, 0)
    state.set(this.#outer)
    finishHash(state, innerDigest, SHA256_DIGEST_BYTES, SHA256_BLOCK_BYTES)
    writeDigest(state, into, 0)
  }

  toString(): string {
    return '[HmacKey]'
  }

  toJSON(): string {
    return '[HmacKey]'
  }
}

/** Makes a key text ready for many verifications. Throws a TypeError for an empty text. */
export function prepareKey(text: string): HmacKey {
  return new HmacKey(text)
}

const prepared = new WeakMap<object, { readonly text: string; readonly key: HmacKey }>()

/** The prepared form of `text`, remembered for as long as `owner` (the caller's key entry) lives. */
export function preparedFor(owner: object, text: string): HmacKey {
  const known = prepared.get(owner)
  if (known?.text === text) return known.key
  const key = new HmacKey(text)
  prepared.set(owner, { text, key })
  return key
}
