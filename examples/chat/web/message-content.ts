import TencentCloudChat, { type Message } from '@rookery/chat'
import { clockTime, dayOf, element, toast } from './dom.ts'
import { type Content, cardOf, lineOf } from './message-text.ts'

const { TYPES } = TencentCloudChat

/** Fetches what merged messages of more than a few KB hold: `chat.downloadMergerMessage`. */
export type Download = (merger: Content) => Promise<unknown>

/** Content as a person sees it. It may come from anywhere: text stays text, and only safe addresses become links. */
export function contentOf(content: Content, download: Download): HTMLElement {
  const { type, payload } = content
  switch (type) {
    case TYPES.MSG_FACE:
      return element('p', lineOf(content).startsWith('[') ? '' : 'face', lineOf(content))
    case TYPES.MSG_IMAGE: {
      const [original, , thumbnail] = payload.imageInfoArray
      const image = element('img')
      image.width = thumbnail.width || original.width || 240
      image.height = thumbnail.height || original.height || 160
      return media(image, thumbnail.url, original.url, 'Image')
    }
    case TYPES.MSG_AUDIO:
      return media(element('audio'), payload.url, payload.url, `Sound, ${payload.second} s`)
    case TYPES.MSG_VIDEO:
      return media(element('video'), payload.videoUrl, payload.videoUrl, `Video, ${payload.videoSecond} s`)
    case TYPES.MSG_FILE:
      return link(payload.fileUrl, `${payload.fileName || 'File'}, ${sizeOf(payload.fileSize)}`)
    case TYPES.MSG_LOCATION: {
      const { description, latitude, longitude } = payload
      const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`
      return element('div', '', element('p', '', description), link(map, `${latitude}, ${longitude}`))
    }
    case TYPES.MSG_CUSTOM: {
      const card = cardOf(payload)
      if (!card) return element('p', '', lineOf(content))
      const more = card.link === '' ? [] : [link(card.link, card.link)]
      return element('div', 'note', element('b', '', card.title), element('p', '', card.text), ...more)
    }
    case TYPES.MSG_MERGER:
      return merger(content, download)
    default:
      return element('p', '', lineOf(content))
  }
}

/** An address of another scheme, `javascript:` for one, is shown as text only. */
function link(address: string, text: string): HTMLElement {
  if (!isSafe(address)) return element('p', '', text)
  const made = element('a', 'link', text)
  made.href = address
  made.target = '_blank'
  made.rel = 'noopener noreferrer'
  return made
}

const isSafe = (address: string) =>
  URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol)

/** Media from origins that the page's content policy doesn't name are not loaded: the link stays. */
function media(
  node: HTMLImageElement | HTMLMediaElement,
  source: string,
  address: string,
  caption: string,
): HTMLElement {
  const figure = element('div', 'media', link(address, caption))
  if (!isSafe(source)) return figure
  if (node instanceof HTMLImageElement) {
    node.alt = caption
    node.referrerPolicy = 'no-referrer'
  } else {
    node.controls = true
    node.preload = 'none'
    node.ariaLabel = caption
  }
  node.addEventListener('error', () => node.remove())
  node.src = source
  figure.prepend(node)
  return figure
}

/** Merged messages, folded; they may hold merged messages. */
function merger(content: Content, download: Download): HTMLElement {
  const { payload } = content
  const lines = (payload.abstractList as readonly string[]).slice(0, 4).map(it => element('span', 'line', it))
  const body = element('div')
  const details = element(
    'details',
    'note',
    element('summary', '', element('b', '', payload.title || lineOf(content)), ...lines),
    body,
  )
  const unfold = async () => {
    if (!details.open || body.childElementCount > 0) return
    if (payload.messageList.length === 0) await download(content)
    const entries = payload.messageList as readonly (Pick<Message, 'nick' | 'time'> & {
      messageBody: readonly Content[]
    })[]
    body.replaceChildren(
      ...entries.map(({ nick, time, messageBody }) =>
        element(
          'div',
          'entry',
          element('span', 'when', `${nick}, ${dayOf(time)} ${clockTime(time)}`),
          ...messageBody.map(it => contentOf(it, download)),
        ),
      ),
    )
  }
  details.addEventListener('toggle', () => unfold().catch(toast))
  return details
}

function sizeOf(bytes: number): string {
  const [unit, size] = bytes < 1_000_000 ? ['kilobyte', bytes / 1000] : ['megabyte', bytes / 1_000_000]
  return new Intl.NumberFormat([], { style: 'unit', unit, maximumFractionDigits: 1 }).format(size)
}
