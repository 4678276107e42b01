import { expect, test } from 'bun:test'
import { createHash, createHmac } from 'node:crypto'
import { plain, scram, scramKeys } from './sasl.ts'

test("the keys of RFC 5802's example", () => {
  const salt = Buffer.from('QSXCR+Q6sek8bf92', 'base64')
  const keys = scramKeys('pencil', salt, 4096)
  const said =
    'n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j'
  expect(createHmac('sha1', keys.server).update(said).digest('base64')).toBe('rmF9pqV8S7suAoZWja4dJRkFsKQ=')
})

test('a proof shows a server the key whose hash it has', () => {
  const keys = scramKeys('secret', 'salt', 10)
  const login = scram('ann', keys)
  const challenge = 'r=nonce-of-both,s=c2FsdA==,i=10'
  const final = login.answer(challenge)
  const [unsigned = '', proof = ''] = final.split(',p=')
  const signature = createHmac('sha1', keys.stored)
    .update(`${login.first.slice(3)},${challenge},${unsigned}`)
    .digest()
  const shown = Buffer.from(proof, 'base64').map((byte, index) => byte ^ (signature[index] ?? 0))
  expect(createHash('sha1').update(Buffer.from(shown)).digest('hex')).toBe(keys.stored.toString('hex'))
  expect(unsigned).toBe('c=biws,r=nonce-of-both')
})

test('PLAIN has the user and the secret', () => {
  expect(plain('ann', 'token').first).toBe('\0ann\0token')
})
