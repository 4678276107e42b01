import { expect, test } from 'bun:test'
import { CommandError } from '../commands/command-error.ts'
import { checkMessageSize, memberText, messageBodyText } from './message-body.ts'

test('the body is kept as it was written, spaces, escapes and number forms included', () => {
  const body = '[ {"MsgType":"TIMTextElem", "MsgContent":{"Text":"a\\"]}\\\\", "n":1.50e2}} ]'
  const request = `{"CloudCustomData":"MsgBody","To_Account":"bo", "MsgBody" : ${body} ,"x":{"MsgBody":[]}}`
  expect(memberText(request, 'MsgBody')).toBe(body)
})

test('of a name that stands twice the last one counts, as in JSON.parse', () => {
  expect(memberText('{"MsgBody":[1],"MsgBody":[2]}', 'MsgBody')).toBe('[2]')
})

test('a name that is written with escapes is still found, in its parsed form', () => {
  const request = '{"Msg\\u0042ody":[{"a":1}]}'
  expect(memberText(request, 'MsgBody')).toBeUndefined()
  expect(messageBodyText(request, [{ a: 1 }])).toBe('[{"a":1}]')
})

test('a name inside another value is not the member', () => {
  expect(memberText('{"a":{"MsgBody":[1]},"b":["MsgBody"]}', 'MsgBody')).toBeUndefined()
})

test('the size limit counts UTF-8 bytes of body and custom data together, and its last byte is allowed', () => {
  const refused = (body: string, custom: string, door: 'http' | 'socket') => {
    try {
      checkMessageSize(body, custom, 12, door)
      return 0
    } catch (error) {
      return error instanceof CommandError ? error.code : -1
    }
  }
  expect(refused('äääää', 'ab', 'http')).toBe(0)
  expect(refused('äääää', 'abc', 'http')).toBe(93000)
  expect(refused('äääää', 'abc', 'socket')).toBe(80002)
})
