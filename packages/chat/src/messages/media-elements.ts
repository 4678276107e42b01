import { TYPES } from '../constants/types.ts'
import { type Content, contentsOf, numberOf, textOf } from './content.ts'
import type { MessagePayload } from './message.ts'

/** Place in `imageInfoArray` by the wire's `Type`: original, large, thumbnail (rest-1 section 5.6). */
const IMAGE_ORDER = [1, 2, 3] as const
/** The number that the web interface prints in each place (sdk-1 section 7, UNSURE there). */
const IMAGE_TYPE = [0, 2, 1] as const

/** Payload of an image, audio, video or file; undefined for other types. */
export function mediaPayload(type: string, content: Content): MessagePayload | undefined {
  switch (type) {
    case TYPES.MSG_IMAGE:
      return imagePayload(content)
    case TYPES.MSG_AUDIO:
      return {
        uuid: textOf(content.UUID),
        url: textOf(content.Url),
        remoteAudioUrl: textOf(content.Url),
        size: numberOf(content.Size),
        second: numberOf(content.Second),
      }
    case TYPES.MSG_FILE:
      return {
        uuid: textOf(content.UUID),
        fileName: textOf(content.FileName),
        fileUrl: textOf(content.Url),
        fileSize: numberOf(content.FileSize),
      }
    case TYPES.MSG_VIDEO:
      return videoPayload(content)
    default:
      return undefined
  }
}

function imagePayload(content: Content): MessagePayload {
  const sizes = contentsOf(content.ImageInfoArray)
  const original = sizes.find(it => it.Type === 1) ?? sizes[0] ?? {}
  return {
    uuid: textOf(content.UUID),
    imageFormat: numberOf(content.ImageFormat) || 255,
    imageInfoArray: IMAGE_ORDER.map((wireType, place) => {
      const info = sizes.find(it => it.Type === wireType) ?? original
      const url = textOf(info.URL)
      return {
        type: IMAGE_TYPE[place],
        width: numberOf(info.Width),
        height: numberOf(info.Height),
        size: numberOf(info.Size),
        url,
        imageUrl: url,
      }
    }),
  }
}

/** Kits read the newer and the older names of the same things. */
function videoPayload(content: Content): MessagePayload {
  const url = textOf(content.VideoUrl)
  const thumb = {
    url: textOf(content.ThumbUrl),
    uuid: textOf(content.ThumbUUID),
    size: numberOf(content.ThumbSize),
    width: numberOf(content.ThumbWidth),
    height: numberOf(content.ThumbHeight),
  }
  return {
    videoUrl: url,
    remoteVideoUrl: url,
    videoFormat: textOf(content.VideoFormat),
    videoSecond: numberOf(content.VideoSecond),
    videoSize: numberOf(content.VideoSize),
    videoUUID: textOf(content.VideoUUID),
    snapshotUrl: thumb.url,
    snapshotUUID: thumb.uuid,
    snapshotWidth: thumb.width,
    snapshotHeight: thumb.height,
    snapshotSize: thumb.size,
    snapshotFormat: textOf(content.ThumbFormat),
    thumbUrl: thumb.url,
    thumbUUID: thumb.uuid,
    thumbSize: thumb.size,
    thumbWidth: thumb.width,
    thumbHeight: thumb.height,
  }
}

/** The wire's form of media that is uploaded already, as in forwarding; undefined for other types. */
export function mediaContent(type: string, payload: MessagePayload): Content | undefined {
  switch (type) {
    case TYPES.MSG_IMAGE:
      return {
        UUID: textOf(payload.uuid),
        ImageFormat: numberOf(payload.imageFormat),
        ImageInfoArray: contentsOf(payload.imageInfoArray).map((info, place) => ({
          Type: IMAGE_ORDER[place] ?? 1,
          Size: numberOf(info.size),
          Width: numberOf(info.width),
          Height: numberOf(info.height),
          URL: textOf(info.url),
        })),
      }
    case TYPES.MSG_AUDIO:
      return {
        Url: textOf(payload.url),
        UUID: textOf(payload.uuid),
        Size: numberOf(payload.size),
        Second: numberOf(payload.second),
        Download_Flag: 2,
      }
    case TYPES.MSG_FILE:
      return {
        Url: textOf(payload.fileUrl),
        UUID: textOf(payload.uuid),
        FileSize: numberOf(payload.fileSize),
        FileName: textOf(payload.fileName),
        Download_Flag: 2,
      }
    case TYPES.MSG_VIDEO:
      return {
        VideoUrl: textOf(payload.videoUrl),
        VideoUUID: textOf(payload.videoUUID),
        VideoSize: numberOf(payload.videoSize),
        VideoSecond: numberOf(payload.videoSecond),
        VideoFormat: textOf(payload.videoFormat),
        VideoDownloadFlag: 2,
        ThumbUrl: textOf(payload.snapshotUrl),
        ThumbUUID: textOf(payload.snapshotUUID),
        ThumbSize: numberOf(payload.snapshotSize),
        ThumbWidth: numberOf(payload.snapshotWidth),
        ThumbHeight: numberOf(payload.snapshotHeight),
        ThumbFormat: textOf(payload.snapshotFormat),
        ThumbDownloadFlag: 2,
      }
    default:
      return undefined
  }
}
