import { jscDescribe } from 'bun:jsc'
import { expect, test } from 'bun:test'
import { flatText } from './flat-text.ts'

const inPieces = (number: number) => `{"number":${number},"next":${number + 1},"last":${number + 2}}`

test('a kept text is in one piece, also once the compiler has been over the function', () => {
  expect(jscDescribe(inPieces(1))).toContain('rope')
  let kept: string[] = []
  for (let round = 0; round < 200; round++)
    kept = Array.from({ length: 1000 }, (_, number) => flatText(inPieces(number)))
  expect(kept.filter(text => jscDescribe(text).includes('rope'))).toEqual([])
  expect(kept[7]).toBe('{"number":7,"next":8,"last":9}')
  expect(flatText('')).toBe('')
})
