import TencentCloudChat, { type Message } from '@rookery/chat'
import { clockTime, element, setText } from './dom.ts'
import type { Point } from './menu.ts'
import { contentOf, type Download } from './message-content.ts'
import { elementsOf, isSettled, textOf } from './message-text.ts'

const { TYPES } = TencentCloudChat

export interface BubbleActions {
  readonly menu: (message: Message, at: Point) => void
  readonly retry: (message: Message) => void
  readonly pick: (message: Message) => void
  readonly isPicked: (message: Message) => boolean
  /** Whether it calls this user by name. */
  readonly isMention: (message: Message) => boolean
  readonly download: Download
}

/** One message on the screen, empty; {@link fillBubble} shows its present state. */
export function makeBubble(message: Message, actions: BubbleActions): HTMLElement {
  const pick = element('input', 'pick')
  pick.type = 'checkbox'
  pick.ariaLabel = 'Select the message'
  const menu = element('button', 'actions', '⋯')
  menu.ariaLabel = 'Message actions'
  const retry = element('button', 'retry plain', 'Send again')
  const tick = element('span', 'tick')
  tick.role = 'img'
  const meta = element('small', 'meta', element('span', 'edited'), element('time'), tick)
  const content = element('div', 'content')
  const bubble = element(
    'li',
    `bubble ${message.flow}`,
    pick,
    element('span', 'sender'),
    content,
    meta,
    retry,
    menu,
  )
  pick.addEventListener('change', () => actions.pick(message))
  retry.addEventListener('click', () => actions.retry(message))
  menu.addEventListener('click', () => actions.menu(message, menu.getBoundingClientRect()))
  bubble.addEventListener('contextmenu', event => {
    event.preventDefault()
    actions.menu(message, { left: event.clientX, bottom: event.clientY })
  })
  return bubble
}

export function fillBubble(
  bubble: HTMLElement,
  message: Message,
  senderName: string,
  actions: BubbleActions,
): void {
  const isInGroup = message.conversationType === TYPES.CONV_GROUP
  setText(bubble.querySelector('.sender'), isInGroup && message.flow === 'in' ? senderName : '')
  bubble.classList.toggle('mention', actions.isMention(message))
  const content = bubble.querySelector<HTMLElement>('.content')
  // Content changes with an edit and with a recall: otherwise what was unfolded or played stays as it is.
  const state = `${message.version} ${message.isRevoked} ${message.isRevoked ? senderName : ''}`
  if (content && content.dataset.state !== state) {
    content.dataset.state = state
    content.replaceChildren(
      ...(message.isRevoked
        ? [element('p', '', textOf(message, senderName))]
        : elementsOf(message).map(it => contentOf(it, actions.download))),
    )
  }
  setText(bubble.querySelector('.edited'), message.isModified && !message.isRevoked ? 'edited' : '')
  setText(bubble.querySelector('time'), clockTime(message.time))
  bubble.classList.toggle('recalled', message.isRevoked)
  bubble.dataset.status = message.status
  const tick = bubble.querySelector<HTMLElement>('.tick')
  const [sign, meaning] = tickOf(message)
  setText(tick, sign)
  tick?.setAttribute('aria-label', meaning)
  tick?.toggleAttribute('data-seen', message.readReceiptInfo.isPeerRead)
  const pick = bubble.querySelector<HTMLInputElement>('.pick')
  if (pick) {
    pick.disabled = !isSettled(message)
    pick.checked = actions.isPicked(message)
  }
  bubble.querySelector('.retry')?.toggleAttribute('hidden', message.status !== 'fail')
}

/** `isPeerRead`: the peer opened the conversation. The receipt: this very message was on the peer's screen. */
function tickOf({
  flow,
  status,
  isRevoked,
  isPeerRead,
  readReceiptInfo,
}: Message): readonly [string, string] {
  if (flow === 'in' || isRevoked) return ['', '']
  if (status === 'fail') return ['!', 'Not sent']
  if (status !== 'success') return ['…', 'Sending']
  const { readCount = 0, unreadCount } = readReceiptInfo
  // Of groups the receipts are counted.
  if (unreadCount === 0) return ['✓✓', 'Read by everybody']
  if (unreadCount !== undefined && readCount > 0)
    return [`✓✓ ${readCount}`, `Read by ${readCount} of ${readCount + unreadCount}`]
  if (readReceiptInfo.isPeerRead) return ['✓✓', `Read at ${clockTime(readReceiptInfo.timestamp)}`]
  return isPeerRead ? ['✓✓', 'Read'] : ['✓', 'Sent']
}
