import { type Content, isContent, numberOf, textOf } from './content.ts'

/** A file that the user picked, in whichever form the platform gives it (sdk-1 section 8). */
export interface LocalFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Lower-case ending of the name, or of the media type; `''` when neither tells. */
  readonly format: string
  /** Where this page can show it from: an object URL or a path of the platform. */
  readonly url: string
  /** Milliseconds, of audio and video; 0 when unknown. */
  readonly duration: number
  readonly width: number
  readonly height: number
  readonly blob: Blob | undefined
}

/**
 * From an `<input type=file>` (its first file), a `File` or `Blob`, the result of a mini-program chooser or recorder
 * (`tempFilePaths`, `tempFiles`, `tempFilePath`). Undefined when there is no file in it.
 */
export function localFileOf(value: unknown): LocalFile | undefined {
  if (!isContent(value)) return undefined
  if (value instanceof Blob) return ofBlob(value)
  if ('files' in value) return localFileOf(firstOf(value.files))
  if ('tempFiles' in value && firstOf(value.tempFiles) !== undefined) {
    const first = firstOf(value.tempFiles)
    return first instanceof Blob ? ofBlob(first) : ofPath(isContent(first) ? { ...value, ...first } : value)
  }
  return ofPath(value)
}

function firstOf(list: unknown): unknown {
  return isContent(list) ? list[0] : undefined
}

function ofBlob(blob: Blob & { readonly name?: unknown; readonly duration?: unknown }): LocalFile {
  const name = textOf(blob.name)
  const [, subtype = ''] = blob.type.split(';')[0]?.split('/') ?? []
  return {
    name,
    size: blob.size,
    format: formatOf(name) || subtype.toLowerCase(),
    url: URL.createObjectURL(blob),
    duration: numberOf(blob.duration),
    width: 0,
    height: 0,
    blob,
  }
}

function ofPath(value: Content): LocalFile | undefined {
  const url =
    textOf(value.tempFilePath) ||
    textOf(value.path) ||
    textOf(value.url) ||
    textOf(firstOf(value.tempFilePaths))
  if (url === '') return undefined
  const name = textOf(value.name) || (url.split('/').at(-1) ?? '')
  return {
    name,
    size: numberOf(value.fileSize ?? value.size),
    format: formatOf(name) || formatOf(url),
    url,
    duration: numberOf(value.duration),
    width: numberOf(value.width),
    height: numberOf(value.height),
    blob: undefined,
  }
}

function formatOf(name: string): string {
  const at = name.lastIndexOf('.')
  return at < 0 ? '' : name.slice(at + 1).toLowerCase()
}
