import Type, { type TObject } from 'typebox'

const text = Type.String()
const count = Type.Integer({ minimum: 0 })
/** Always 2: fetch by the URL (rest-1 section 5.5). */
const byUrl = Type.Literal(2)

/** The message elements (rest-1 section 5): type -> shape of `MsgContent`. Unknown members are kept. */
export const MESSAGE_ELEMENTS = {
  TIMTextElem: Type.Object({ Text: text }),
  TIMLocationElem: Type.Object({
    Desc: Type.Optional(text),
    Latitude: Type.Number(),
    Longitude: Type.Number(),
  }),
  TIMFaceElem: Type.Object({ Index: Type.Integer(), Data: Type.Optional(text) }),
  TIMCustomElem: Type.Object({
    Data: Type.Optional(text),
    Desc: Type.Optional(text),
    Ext: Type.Optional(text),
    Sound: Type.Optional(text),
  }),
  TIMSoundElem: Type.Object({
    Url: text,
    UUID: text,
    Size: Type.Optional(count),
    Second: Type.Optional(count),
    Download_Flag: byUrl,
  }),
  TIMImageElem: Type.Object({
    UUID: text,
    ImageFormat: Type.Optional(count),
    ImageInfoArray: Type.Array(
      Type.Object({
        Type: Type.Integer({ minimum: 1, maximum: 3 }),
        Size: Type.Optional(count),
        Width: count,
        Height: count,
        URL: text,
      }),
      { minItems: 1, maxItems: 3 },
    ),
  }),
  TIMFileElem: Type.Object({
    Url: text,
    UUID: text,
    FileSize: Type.Optional(count),
    FileName: Type.Optional(text),
    Download_Flag: byUrl,
  }),
  TIMVideoFileElem: Type.Object({
    VideoUrl: text,
    VideoUUID: text,
    VideoSize: Type.Optional(count),
    VideoSecond: Type.Optional(count),
    VideoFormat: Type.Optional(text),
    VideoDownloadFlag: byUrl,
    ThumbUrl: text,
    ThumbUUID: text,
    ThumbSize: Type.Optional(count),
    ThumbWidth: count,
    ThumbHeight: count,
    ThumbFormat: Type.Optional(text),
    ThumbDownloadFlag: byUrl,
  }),
  TIMRelayElem: Type.Object({
    Title: text,
    MsgNum: Type.Integer({ minimum: 1 }),
    CompatibleText: text,
    AbstractList: Type.Optional(Type.Array(text)),
    MsgList: Type.Optional(
      Type.Array(
        Type.Object({
          From_Account: text,
          To_Account: Type.Optional(text),
          GroupId: Type.Optional(text),
          MsgSeq: Type.Integer({ minimum: 0, maximum: 4294967295 }),
          MsgRandom: Type.Integer({ minimum: 0, maximum: 4294967295 }),
          MsgTimeStamp: Type.Integer({ minimum: 0 }),
          MsgBody: Type.Array(Type.Object({ MsgType: text, MsgContent: Type.Object({}) })),
          CloudCustomData: Type.Optional(text),
        }),
        { minItems: 1 },
      ),
    ),
    JsonMsgKey: Type.Optional(text),
  }),
} as const satisfies Readonly<Record<string, TObject>>

export type MessageElementType = keyof typeof MESSAGE_ELEMENTS

/** At most one custom element in a message; a merged forward stands alone (rest-1 section 5). */
export const CUSTOM_ELEMENTS_MAX = 1
