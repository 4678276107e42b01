import { expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { sha256 } from './sha256.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('gives the digests that FIPS 180 publishes', () => {
  const digest = (text: string) => hex(sha256(new TextEncoder().encode(text)))
  expect(digest('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('agrees with node:crypto for every message length around the block borders', () => {
  for (let length = 0; length <= 260; length++) {
    const message = Uint8Array.from({ length }, (_, i) => (i * 151 + length * 7) & 255)
    expect(hex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
  }
})

test('agrees with node:crypto for a message of a million bytes', () => {
  const message = new Uint8Array(1_000_000).fill(0x61)
  expect(hex(sha256(message))).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0')
})
