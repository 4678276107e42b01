import { expect, test } from 'bun:test'
import { Stanzas } from './stanzas.ts'

function cut(chunks: readonly string[]): string[] {
  const cut: string[] = []
  const stanzas = new Stanzas({
    stanza: (bytes, start, end) => cut.push(bytes.toString('utf8', start, end)),
    broken: text => cut.push(`broken: ${text}`),
  })
  for (const chunk of chunks) stanzas.add(Buffer.from(chunk))
  return cut
}

const PARTS = [
  "<message id='1'><body>a</body></message>",
  "<a h='2' xmlns='urn:xmpp:sm:3'/>",
  '<presence><x><y/></x></presence>',
  "<message id='2'><body>b</body></message>",
]

test('each stanza of a stream comes whole', () => {
  expect(cut([PARTS.join('')])).toEqual(PARTS)
})

test('a stream may be cut anywhere', () => {
  const stream = PARTS.join('\n')
  for (let at = 1; at < stream.length; at++)
    expect(cut([stream.slice(0, at), stream.slice(at)])).toEqual(PARTS)
  expect(cut([...stream])).toEqual(PARTS)
})

test('the end of the stream is told', () => {
  expect(cut([`${PARTS[0]}</stream:stream>`])).toEqual([PARTS[0] ?? '', 'broken: </stream:stream>'])
})
