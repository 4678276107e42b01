import { expect, test } from 'bun:test'
import { FrameCounter } from './frame-counter.ts'

function frame(text: string): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload])
  if (length < 0x10000) return Buffer.concat([Buffer.from([0x81, 126, length >> 8, length & 0xff]), payload])
  const header = Buffer.alloc(10)
  header.set([0x81, 127])
  header.writeUInt32BE(length, 6)
  return Buffer.concat([header, payload])
}

const stream = Buffer.concat([
  frame('{"ev":"message","m":{}}'),
  frame('{}'),
  Buffer.from([0x89, 0]),
  frame(`{"ev":"online","m":"${'x'.repeat(300)}"}`),
  frame(`{"ev":"message","m":"${'y'.repeat(70_000)}"}`),
  frame('{"id":1,"body":{}}'),
  frame('{"ev":"conversation"}'),
  frame('{"ev":"message","m":{}}'),
])

test('messages are counted the same however the bytes come', () => {
  for (const size of [1, 2, 3, 5, 7, 11, 19, 100, 4096, stream.length]) {
    const counter = new FrameCounter()
    let messages = 0
    for (let at = 0; at < stream.length; at += size) messages += counter.count(stream.subarray(at, at + size))
    expect(messages).toBe(4)
  }
})

test('a close frame fails', () => {
  expect(() => new FrameCounter().count(Buffer.from([0x88, 2, 0x11, 0x94]))).toThrow('closed')
})
