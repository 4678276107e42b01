import TencentCloudChat, { type ChatSDK, type Conversation, type Message } from '@rookery/chat'
import type { Person } from './app-server.ts'
import { titleOf } from './conversations.ts'
import { byId, clockTime, dayOf, element, initial, list, setText, toast } from './dom.ts'
import { openMenu } from './message-menu.ts'

const { TYPES } = TencentCloudChat
const PAGE = 20
/** Pixels from the end within which new messages keep the view at the end. */
const NEAR_END = 80

/** What was typed and not sent, by both UserIDs. */
const drafts = new Map<string, string>()

type Row = { readonly day: string; readonly id: string } | Message

/** The right pane: one conversation while it is open. */
export class Thread {
  readonly peer: string
  readonly #chat: ChatSDK
  readonly #conversationID: string
  readonly #draft: string
  readonly #messages = new Map<string, Message>()
  readonly #listening = new AbortController()
  readonly #scroller = byId('scroller')
  readonly #field = byId<HTMLFormElement>('composer').elements.namedItem('text') as HTMLTextAreaElement
  #title: string
  #next = ''
  #isComplete = true
  #isLoading = false

  constructor(chat: ChatSDK, peer: string) {
    this.#chat = chat
    this.peer = peer
    this.#title = peer
    this.#draft = `${chat.getLoginUser()} ${peer}`
    this.#conversationID = `${TYPES.CONV_C2C}${peer}`
  }

  async open(): Promise<void> {
    const { signal } = this.#listening
    this.#field.value = drafts.get(this.#draft) ?? ''
    this.#field.addEventListener('input', () => drafts.set(this.#draft, this.#field.value), { signal })
    this.#field.addEventListener('keydown', event => this.#typed(event), { signal })
    byId('composer').addEventListener('submit', event => this.#submitted(event), { signal })
    byId('earlier').addEventListener('click', () => this.#loadEarlier().catch(toast), { signal })
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { signal })
    this.showHead([], [])
    this.show()
    if (matchMedia('(pointer: fine)').matches) this.#field.focus()
    await this.#load('')
    this.#toEnd()
    this.markRead()
    // Fills in the peer's name; also makes the conversation known when it is new.
    await this.#chat.getConversationProfile(this.#conversationID)
  }

  close(): void {
    this.#listening.abort()
    byId('messages').replaceChildren()
  }

  showHead(conversations: readonly Conversation[], people: readonly Person[]): void {
    const conversation = conversations.find(it => it.conversationID === this.#conversationID)
    const title = titleOf(conversation, this.peer, people)
    setText(byId('peer'), title)
    initial(byId('peer-avatar'), title, this.peer)
    this.#title = title
  }

  /** Messages that came while the page is open; those of other conversations are not shown here. */
  add(messages: readonly Message[]): void {
    for (const message of messages)
      if (message.conversationID === this.#conversationID) this.#messages.set(message.ID, message)
    this.show()
    this.markRead()
  }

  /** The peer is told that this was read, but only while somebody can see it. */
  markRead(): void {
    if (document.visibilityState !== 'visible' || !this.#chat.isReady()) return
    this.#chat.setMessageRead({ conversationID: this.#conversationID }).catch(toast)
  }

  /** The SDK changes messages in place: showing them again is enough. */
  show(): void {
    const isAtEnd = this.#endDistance() < NEAR_END
    byId('earlier').hidden = this.#isComplete
    list(byId('messages'), this.#rows(), {
      key: row => ('day' in row ? row.id : row.ID),
      make: row => ('day' in row ? element('li', 'day') : this.#bubble(row)),
      fill: (node, row) => ('day' in row ? setText(node, row.day) : this.#fill(node, row)),
    })
    if (isAtEnd) this.#toEnd()
  }

  /** In the server's order, those that it does not have yet at the end; a separator before each day. */
  #rows(): readonly Row[] {
    const place = (message: Message) => message.sequence || Number.POSITIVE_INFINITY
    const sorted = [...this.#messages.values()].sort((a, b) =>
      place(a) === place(b) ? 0 : place(a) - place(b),
    )
    let last = ''
    return sorted.flatMap((message): readonly Row[] => {
      const day = dayOf(message.time)
      const isNew = day !== last
      last = day
      return isNew ? [{ day, id: `day ${day}` }, message] : [message]
    })
  }

  #bubble(message: Message): HTMLElement {
    const actions = element('button', 'actions', '⋯')
    actions.ariaLabel = 'Message actions'
    const retry = element('button', 'retry plain', 'Send again')
    const bubble = element(
      'li',
      `bubble ${message.flow}`,
      element('p'),
      element('small', 'meta', element('time'), element('span', 'tick')),
      retry,
      actions,
    )
    bubble.querySelector('.tick')?.setAttribute('role', 'img')
    actions.addEventListener('click', () => this.#openMenu(message, actions.getBoundingClientRect()))
    retry.addEventListener('click', () => this.#send(message, 'resendMessage'))
    bubble.addEventListener('contextmenu', event => {
      event.preventDefault()
      this.#openMenu(message, { left: event.clientX, bottom: event.clientY })
    })
    return bubble
  }

  #fill(bubble: HTMLElement, message: Message): void {
    setText(bubble.querySelector('p'), textOf(message, this.#title))
    setText(bubble.querySelector('time'), clockTime(message.time))
    bubble.classList.toggle('recalled', message.isRevoked)
    bubble.dataset.status = message.status
    const tick = bubble.querySelector('.tick')
    const [sign, meaning] = tickOf(message)
    setText(tick, sign)
    tick?.setAttribute('aria-label', meaning)
    bubble.querySelector<HTMLElement>('.retry')?.toggleAttribute('hidden', message.status !== 'fail')
  }

  #openMenu(message: Message, at: { readonly left: number; readonly bottom: number }): void {
    const isMine = message.flow === 'out' && message.status === 'success' && !message.isRevoked
    openMenu(at, [
      { label: 'Copy text', run: () => navigator.clipboard.writeText(textOf(message, this.#title)) },
      ...(isMine ? [{ label: 'Recall', run: () => this.#chat.revokeMessage(message) }] : []),
      { label: 'Delete for me', run: () => this.#delete(message) },
    ])
  }

  async #delete(message: Message): Promise<void> {
    if (message.status === 'success') await this.#chat.deleteMessage([message])
    this.#messages.delete(message.ID)
    this.show()
  }

  #typed(event: KeyboardEvent): void {
    // While an input method composes, Enter chooses a word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    byId<HTMLFormElement>('composer').requestSubmit()
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault()
    const text = this.#field.value.trim()
    if (text === '') return
    this.#field.value = ''
    drafts.delete(this.#draft)
    const message = this.#chat.createTextMessage({
      to: this.peer,
      conversationType: TYPES.CONV_C2C,
      payload: { text },
    })
    this.#messages.set(message.ID, message)
    void this.#send(message, 'sendMessage')
    this.#toEnd()
  }

  /** The message is on the screen at once; its tick tells how far it got. */
  async #send(message: Message, how: 'sendMessage' | 'resendMessage'): Promise<void> {
    const sending = this.#chat[how](message)
    this.show()
    await sending.catch(toast)
    if (!this.#listening.signal.aborted) this.show()
  }

  async #loadEarlier(): Promise<void> {
    if (this.#isLoading || this.#isComplete) return
    const before = this.#endDistance()
    await this.#load(this.#next)
    this.#scroller.scrollTop = this.#scroller.scrollHeight - this.#scroller.clientHeight - before
  }

  async #load(nextReqMessageID: string): Promise<void> {
    this.#isLoading = true
    try {
      const { data } = await this.#chat.getMessageList({
        conversationID: this.#conversationID,
        nextReqMessageID,
        count: PAGE,
      })
      if (this.#listening.signal.aborted) return
      for (const message of data.messageList) this.#messages.set(message.ID, message)
      this.#next = data.nextReqMessageID
      this.#isComplete = data.isCompleted
      this.show()
    } finally {
      this.#isLoading = false
    }
  }

  #scrolled(): void {
    if (this.#scroller.scrollTop < NEAR_END) this.#loadEarlier().catch(toast)
  }

  #endDistance(): number {
    return this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight
  }

  #toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight
  }
}

function textOf(message: Message, peerName: string): string {
  if (message.isRevoked) {
    if (message.revoker !== message.from) return 'This message was recalled.'
    return message.flow === 'out' ? 'You recalled a message.' : `${peerName} recalled a message.`
  }
  return message.payload.text ?? `A message of type ${message.type}. This example shows text only.`
}

function tickOf(message: Message): readonly [sign: string, meaning: string] {
  if (message.flow === 'in' || message.isRevoked) return ['', '']
  if (message.status === 'fail') return ['!', 'Not sent']
  if (message.status !== 'success') return ['…', 'Sending']
  return message.isPeerRead ? ['✓✓', 'Read'] : ['✓', 'Sent']
}
