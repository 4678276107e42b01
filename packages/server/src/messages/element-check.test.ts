import { describe, expect, test } from 'bun:test'
import { CommandError } from '../commands/command-error.ts'
import { checkElements } from './element-check.ts'

const BOUNDS = { messages: 3, depth: 2 }

const element = (MsgType: string, MsgContent: object) => ({ MsgType, MsgContent })

const sound = { Url: 'https://f.example.org/a', UUID: 'u', Size: 10, Second: 2, Download_Flag: 2 }
const image = {
  UUID: '9f2c',
  ImageFormat: 1,
  ImageInfoArray: [{ Type: 1, Size: 1, Width: 2, Height: 3, URL: 'https://f.example.org/0' }],
}
const file = { Url: 'https://f.example.org/b', UUID: 'u', FileSize: 3, FileName: 'a.txt', Download_Flag: 2 }
const video = {
  VideoUrl: 'https://f.example.org/v',
  VideoUUID: 'v',
  VideoSize: 1,
  VideoSecond: 2,
  VideoFormat: 'mp4',
  VideoDownloadFlag: 2,
  ThumbUrl: 'https://f.example.org/t',
  ThumbUUID: 't',
  ThumbSize: 1,
  ThumbWidth: 2,
  ThumbHeight: 3,
  ThumbFormat: 'JPG',
  ThumbDownloadFlag: 2,
}
const merged = (bodies: object[][]) => ({
  Title: 'Chat',
  MsgNum: bodies.length,
  CompatibleText: '[merged]',
  AbstractList: ['ana: hi'],
  MsgList: bodies.map((MsgBody, n) => ({
    From_Account: 'ana',
    To_Account: 'bo',
    MsgSeq: n,
    MsgRandom: n,
    MsgTimeStamp: 1767225600,
    MsgBody,
  })),
})
const text = [element('TIMTextElem', { Text: 'hi' })]

const good: readonly [string, object][] = [
  ['TIMTextElem', { Text: '' }],
  ['TIMLocationElem', { Desc: 'here', Latitude: 1.5, Longitude: -2 }],
  ['TIMFaceElem', { Index: 3, Data: 'smile' }],
  ['TIMCustomElem', { Data: 'd', Desc: 'e', Ext: 'f', Sound: 's' }],
  ['TIMSoundElem', sound],
  ['TIMImageElem', image],
  ['TIMFileElem', file],
  ['TIMVideoFileElem', video],
  ['TIMRelayElem', merged([text])],
  ['TIMRelayElem', { Title: 't', MsgNum: 400, CompatibleText: 'c', JsonMsgKey: 'handle' }],
]

const bad: readonly [string, object, string][] = [
  ['TIMTextElem', { Text: 1 }, 'MsgBody.0.MsgContent.Text'],
  ['TIMLocationElem', { Desc: 'x', Latitude: '1', Longitude: 2 }, 'MsgBody.0.MsgContent.Latitude'],
  ['TIMFaceElem', { Index: 1.5 }, 'MsgBody.0.MsgContent.Index'],
  ['TIMCustomElem', { Data: {} }, 'MsgBody.0.MsgContent.Data'],
  ['TIMSoundElem', { ...sound, Download_Flag: 1 }, 'MsgBody.0.MsgContent.Download_Flag'],
  ['TIMImageElem', { ...image, ImageInfoArray: [] }, 'MsgBody.0.MsgContent.ImageInfoArray'],
  ['TIMFileElem', { ...file, FileSize: -1 }, 'MsgBody.0.MsgContent.FileSize'],
  ['TIMVideoFileElem', { ...video, ThumbWidth: 'wide' }, 'MsgBody.0.MsgContent.ThumbWidth'],
  ['TIMRelayElem', { Title: 't', MsgNum: 1, CompatibleText: 'c' }, 'TIMRelayElem'],
  ['TIMGroupTipElem', {}, 'MsgBody.0'],
  ['TIMStreamElem', { Chunks: [] }, 'MsgBody.0'],
]

function refusal(body: unknown): { code: number; field: unknown } | undefined {
  try {
    checkElements(body, BOUNDS)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    expect(error.message.length).toBeGreaterThan(0)
    return { code: error.code, field: error.detail?.field }
  }
  return undefined
}

describe('the documented form of an element', () => {
  test.each(good)('%s is taken', (type, content) => {
    expect(refusal([element(type, content)])).toBeUndefined()
  })

  test.each(bad)('%s with a wrong member is refused with 90010 and names it', (type, content, field) => {
    expect(refusal([element(type, content)])).toEqual({ code: 90010, field })
  })
})

test('a body that is no array is 90007, an empty one 90002', () => {
  expect(refusal({})?.code).toBe(90007)
  expect(refusal([])?.code).toBe(90002)
})

test('things that are no element at all are refused, not crashed on', () => {
  for (const item of [
    null,
    1,
    'x',
    [],
    {},
    { MsgType: 1 },
    { MsgType: 'TIMTextElem' },
    { MsgType: '__proto__' },
  ])
    expect(refusal([item])?.code).toBe(90010)
})

test('several elements mix, but only one custom element, and a merged forward stands alone', () => {
  const custom = element('TIMCustomElem', { Data: 'd' })
  expect(refusal([...text, element('TIMFaceElem', { Index: 1 }), custom])).toBeUndefined()
  expect(refusal([custom, ...text, custom])).toEqual({ code: 90010, field: 'MsgBody.2' })
  expect(refusal([element('TIMRelayElem', merged([text])), ...text])?.code).toBe(90010)
})

test('a merged forward takes as many messages and levels as allowed, not one more', () => {
  const relay = (bodies: object[][]) => [element('TIMRelayElem', merged(bodies))]
  expect(refusal(relay([text, text, text]))).toBeUndefined()
  expect(refusal(relay([text, text, text, text]))?.code).toBe(90010)
  expect(refusal(relay([relay([text])]))).toBeUndefined()
  expect(refusal(relay([relay([relay([text])])]))?.code).toBe(90010)
})

test('a broken merged forward inside a merged forward is refused', () => {
  const inner = element('TIMRelayElem', { MsgList: [{ MsgBody: 5 }] })
  expect(refusal([element('TIMRelayElem', merged([[inner]]))])?.code).toBe(90010)
})
