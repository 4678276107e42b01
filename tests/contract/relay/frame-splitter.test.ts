import { describe, expect, test } from 'bun:test'
import { Random } from '../random.ts'
import { FrameSplitter, textFrame } from './frame-splitter.ts'

/** What a client sends: every byte of the payload under the mask. */
function masked(text: string): Buffer {
  const frame = textFrame(text, true)
  const start = frame.length - Buffer.byteLength(text)
  const mask = [0x1f, 0x02, 0xa3, 0x44]
  mask.forEach((byte, at) => {
    frame[start - 4 + at] = byte
  })
  for (let at = start; at < frame.length; at++) frame[at] = (frame[at] ?? 0) ^ (mask[(at - start) & 3] ?? 0)
  return frame
}

describe('a stream of WebSocket frames', () => {
  for (const [size, what] of [
    [0, 'empty'],
    [125, 'short'],
    [126, 'medium'],
    [65_536, 'long'],
  ] as const) {
    test(`gives ${what} texts whole, in whatever pieces it comes`, () => {
      const random = new Random(size)
      const text = 'é'.repeat(size / 2)
      const ping = Buffer.from([0x89, 0])
      const stream = Buffer.concat([masked(text), ping, textFrame(text, false), textFrame(text, true)])
      const splitter = new FrameSplitter()
      const frames = []
      for (let at = 0; at < stream.length; ) {
        const end = at + random.between(1, 5_000)
        frames.push(...splitter.push(stream.subarray(at, end)))
        at = end
      }
      expect(frames.map(it => it.text)).toEqual([text, undefined, text, text])
      expect(Buffer.concat(frames.map(it => it.bytes))).toEqual(stream)
    })
  }

  test('does not take a fragment for a text', () => {
    const frame = textFrame('part', false)
    frame[0] = 1
    expect(new FrameSplitter().push(frame).map(it => it.text)).toEqual([undefined])
  })
})
