import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError } from '../chat-error.ts'
import { TYPES } from '../constants/types.ts'
import { contentsOf, textOf } from './content.ts'
import type { LocalFile } from './local-file.ts'
import type { MessageElement } from './message.ts'

const MB = 1024 * 1024

interface MediaRule {
  readonly what: string
  readonly missing: number
  readonly tooBig: number
  readonly maxBytes: number
  readonly formats?: readonly string[]
  readonly wrongFormat?: number
  readonly uploadFailed: number
}

/** Sizes, formats and codes: error-codes.md 2.2, sdk-1 section 4.1. An image has no upload code of its own. */
const RULES: Readonly<Record<string, MediaRule>> = {
  [TYPES.MSG_IMAGE]: {
    what: 'image',
    missing: ErrorCode.IMAGE_MISSING,
    tooBig: ErrorCode.IMAGE_TOO_BIG,
    maxBytes: 20 * MB,
    formats: ['jpg', 'jpeg', 'png', 'gif', 'bmp', 'webp', 'image'],
    wrongFormat: ErrorCode.IMAGE_TYPE_INVALID,
    uploadFailed: ErrorCode.UPLOAD_ADDRESS_MISSING,
  },
  [TYPES.MSG_AUDIO]: {
    what: 'audio',
    missing: ErrorCode.FILE_MISSING,
    tooBig: ErrorCode.AUDIO_TOO_BIG,
    maxBytes: 20 * MB,
    uploadFailed: ErrorCode.AUDIO_UPLOAD_FAILED,
  },
  [TYPES.MSG_VIDEO]: {
    what: 'video',
    missing: ErrorCode.FILE_MISSING,
    tooBig: ErrorCode.VIDEO_TOO_BIG,
    maxBytes: 100 * MB,
    formats: ['mp4', 'mov', 'quicktime'],
    wrongFormat: ErrorCode.VIDEO_TYPE_INVALID,
    uploadFailed: ErrorCode.VIDEO_UPLOAD_FAILED,
  },
  [TYPES.MSG_FILE]: {
    what: 'file',
    missing: ErrorCode.FILE_MISSING,
    tooBig: ErrorCode.FILE_TOO_BIG,
    maxBytes: 100 * MB,
    uploadFailed: ErrorCode.FILE_UPLOAD_FAILED,
  },
}

export const isMedia = (type: TYPES): boolean => type in RULES

/** Why this file cannot be a message of this type; undefined when it can. */
export function mediaFault(type: TYPES, file: LocalFile | undefined): ChatError | undefined {
  const rule = RULES[type]
  if (!rule) return undefined
  if (!file) return new ChatError(rule.missing, `No ${rule.what} was chosen: payload.file has no file.`)
  // Some platforms do not tell the size of a path.
  if (file.size === 0 && file.blob) return new ChatError(ErrorCode.FILE_EMPTY, `${file.name} is empty.`)
  if (file.size > rule.maxBytes) {
    const text = `${file.name} has ${file.size} bytes; a message of this type takes at most ${rule.maxBytes / MB} MB.`
    return new ChatError(rule.tooBig, text)
  }
  if (rule.formats && rule.wrongFormat && file.format !== '' && !rule.formats.includes(file.format)) {
    const text = `${file.name} is a ${file.format}; choose one of ${rule.formats.join(', ')}.`
    return new ChatError(rule.wrongFormat, text)
  }
  return undefined
}

/** The media of an element is on a server, where others can fetch it. */
export function isUploaded({ type, payload }: MessageElement): boolean {
  switch (type) {
    case TYPES.MSG_IMAGE:
      return contentsOf(payload.imageInfoArray).some(info => isRemote(info.url))
    case TYPES.MSG_AUDIO:
      return isRemote(payload.url)
    case TYPES.MSG_VIDEO:
      return isRemote(payload.videoUrl)
    case TYPES.MSG_FILE:
      return isRemote(payload.fileUrl)
    default:
      return true
  }
}

const isRemote = (url: unknown): boolean => /^https?:\/\//i.test(textOf(url))

export function uploadFailed(type: TYPES): ChatError {
  const rule = RULES[type]
  return new ChatError(
    rule?.uploadFailed ?? ErrorCode.SEND_FAILED,
    `The ${rule?.what ?? 'file'} was not uploaded: this server has no file service. Forwarded media that have an http(s) address are sent.`,
  )
}
