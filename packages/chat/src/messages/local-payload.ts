import { TYPES } from '../constants/types.ts'
import type { LocalFile } from './local-file.ts'
import { mediaPayload } from './media-elements.ts'
import type { MessagePayload } from './message.ts'

/** `imageFormat`: sdk-1 section 7. */
const IMAGE_FORMAT: Readonly<Record<string, number>> = { jpg: 1, jpeg: 1, gif: 2, png: 3, bmp: 4 }

/** What a media message shows before its upload: the user's own copy, in the place of the later URLs. */
export function localPayload(
  type: TYPES,
  file: LocalFile | undefined,
  snapshot: LocalFile | undefined,
): MessagePayload {
  return mediaPayload(String(type), localContent(type, file, snapshot)) ?? {}
}

function localContent(type: TYPES, file: LocalFile | undefined, snapshot: LocalFile | undefined) {
  const [url, size] = [file?.url ?? '', file?.size ?? 0]
  const seconds = Math.round((file?.duration ?? 0) / 1000)
  switch (type) {
    case TYPES.MSG_IMAGE:
      return {
        ImageFormat: IMAGE_FORMAT[file?.format ?? ''] ?? 255,
        ImageInfoArray: [{ Type: 1, Size: size, Width: file?.width, Height: file?.height, URL: url }],
      }
    case TYPES.MSG_AUDIO:
      return { Url: url, Size: size, Second: seconds }
    case TYPES.MSG_VIDEO:
      return {
        VideoUrl: url,
        VideoSize: size,
        VideoSecond: seconds,
        VideoFormat: file?.format === 'quicktime' ? 'mov' : (file?.format ?? ''),
        ThumbUrl: snapshot?.url ?? '',
        ThumbSize: snapshot?.size ?? 0,
        ThumbWidth: snapshot?.width ?? file?.width ?? 0,
        ThumbHeight: snapshot?.height ?? file?.height ?? 0,
        ThumbFormat: snapshot?.format ?? '',
      }
    default:
      return { Url: url, FileSize: size, FileName: file?.name ?? '' }
  }
}
