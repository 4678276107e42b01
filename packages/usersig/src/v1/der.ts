/** One element of DER: its tag and the bytes of its value. */
export interface DerElement {
  readonly tag: number
  readonly value: Uint8Array
}

export const DER_BIT_STRING = 0x03
export const DER_OCTET_STRING = 0x04
export const DER_OBJECT_ID = 0x06
export const DER_SEQUENCE = 0x30
export const DER_CONTEXT_0 = 0xa0

/** The elements that stand one after the other in `bytes`, or undefined when they are not well-formed DER. */
export function derElements(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at]!
    let length = bytes[at + 1]
    at += 2
    if (length === undefined || length === 0x80 || length > 0x82) return undefined
    if (length > 0x80) {
      const lengthBytes = bytes.subarray(at, at + length - 0x80)
      at += lengthBytes.length
      length = lengthBytes.reduce((sum, byte) => sum * 256 + byte, 0)
    }
    if (at + length > bytes.length) return undefined
    elements.push({ tag, value: bytes.subarray(at, at + length) })
    at += length
  }
  return elements
}
