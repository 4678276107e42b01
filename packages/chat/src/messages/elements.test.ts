import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { TYPES } from '../constants/types.ts'
import { elementOf, elementsOf, wireElementOf } from './elements.ts'

const json = fc.jsonValue()
const record = fc.dictionary(fc.string(), json)
const types = fc.constantFrom(
  TYPES.MSG_TEXT,
  TYPES.MSG_CUSTOM,
  TYPES.MSG_FACE,
  TYPES.MSG_LOCATION,
  TYPES.MSG_IMAGE,
  TYPES.MSG_AUDIO,
  TYPES.MSG_VIDEO,
  TYPES.MSG_FILE,
  TYPES.MSG_MERGER,
  'SomethingNew',
)

describe('message bodies', () => {
  test('of any content are read without throwing: other clients wrote them', () => {
    const fields = fc.dictionary(
      fc.constantFrom('Text', 'Data', 'ImageInfoArray', 'MsgList', 'AbstractList', 'Index', 'Url', 'Size'),
      json,
    )
    fc.assert(
      fc.property(types, fc.oneof(record, fields), (MsgType, MsgContent) => {
        const element = elementOf({ MsgType: String(MsgType), MsgContent })
        expect(structuredClone(element)).toEqual(element)
        if (MsgType === TYPES.MSG_IMAGE) expect(element.payload.imageInfoArray).toHaveLength(3)
      }),
    )
  })

  test('survive the way there and back', () => {
    const payload = fc.oneof(
      fc.record({ type: fc.constant(TYPES.MSG_TEXT), payload: fc.record({ text: fc.string() }) }),
      fc.record({
        type: fc.constant(TYPES.MSG_CUSTOM),
        payload: fc.record({ data: fc.string(), description: fc.string(), extension: fc.string() }),
      }),
      fc.record({
        type: fc.constant(TYPES.MSG_FACE),
        payload: fc.record({ index: fc.nat(), data: fc.string() }),
      }),
      fc.record({
        type: fc.constant(TYPES.MSG_LOCATION),
        payload: fc.record({
          description: fc.string(),
          latitude: fc.integer({ min: -90, max: 90 }),
          longitude: fc.integer({ min: -180, max: 180 }),
        }),
      }),
      fc.record({
        type: fc.constant(TYPES.MSG_FILE),
        payload: fc.record({
          uuid: fc.string(),
          fileName: fc.string(),
          fileUrl: fc.string(),
          fileSize: fc.nat(),
        }),
      }),
    )
    fc.assert(
      fc.property(payload, given => {
        const wire = wireElementOf(String(given.type), given.payload)
        expect(wire && elementOf(wire)).toEqual(given)
      }),
    )
  })

  test('of video carry the newer and the older names', () => {
    const { payload } = elementOf({
      MsgType: 'TIMVideoFileElem',
      MsgContent: { VideoUrl: 'v', ThumbUrl: 't', ThumbWidth: 4, VideoSecond: 9 },
    })
    expect(payload).toMatchObject({
      videoUrl: 'v',
      remoteVideoUrl: 'v',
      snapshotUrl: 't',
      thumbUrl: 't',
      snapshotWidth: 4,
      thumbWidth: 4,
      videoSecond: 9,
    })
  })

  test('of a merger list its entries as messages, and can be passed on', () => {
    const MsgContent = {
      Title: 'Chat',
      MsgNum: 1,
      CompatibleText: 'old',
      AbstractList: ['ana: hi'],
      MsgList: [
        {
          From_Account: 'ana',
          To_Account: 'bo',
          MsgSeq: 7,
          MsgRandom: 8,
          MsgTimeStamp: 9,
          MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hi' } }],
          CloudCustomData: '',
        },
      ],
    }
    const element = elementOf({ MsgType: 'TIMRelayElem', MsgContent })
    expect(element.payload).toMatchObject({ title: 'Chat', downloadKey: '', layersOverLimit: false })
    const [entry] = element.payload.messageList as {
      from: string
      messageBody: unknown[]
      payload: unknown
    }[]
    expect(entry).toMatchObject({
      from: 'ana',
      time: 9,
      type: 'TIMTextElem',
      payload: { text: 'hi' },
      messageBody: [{ type: 'TIMTextElem', payload: { text: 'hi' } }],
    })
    expect(wireElementOf('TIMRelayElem', element.payload)?.MsgContent).toEqual(MsgContent)
  })

  test('that are gone show as an empty text', () => {
    expect(elementsOf([])).toEqual([{ type: TYPES.MSG_TEXT, payload: { text: '' } }])
  })
})
