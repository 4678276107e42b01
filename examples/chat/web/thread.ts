import TencentCloudChat, { type ChatSDK, type Conversation, type Message } from '@rookery/chat'
import { isGroup, peerOf } from './address.ts'
import type { Person } from './app-server.ts'
import { type BubbleActions, fillBubble, makeBubble } from './bubble.ts'
import { Composer } from './composer.ts'
import { titleOf } from './conversations.ts'
import { byId, dayOf, element, initial, list, setText, toast } from './dom.ts'
import { forward, Selection } from './forward.ts'
import { GroupPanel } from './groups/group-panel.ts'
import { memberName } from './groups/member-actions.ts'
import { openMenu, type Point } from './menu.ts'
import { isSettled, textOf } from './message-text.ts'
import type { Presence } from './presence.ts'
import { Receipts } from './receipts.ts'
import { Search } from './search.ts'

const { TYPES } = TencentCloudChat
const PAGE = 20
/** Pixels from the end within which new messages keep the view at the end. */
const NEAR_END = 80

/** A day, a tip of a group, or a message that somebody wrote. */
type Row = { readonly line: string; readonly id: string } | Message

/** The right pane: one conversation while it is open. */
export class Thread {
  readonly conversationID: string
  readonly #chat: ChatSDK
  readonly #messages = new Map<string, Message>()
  readonly #listening = new AbortController()
  readonly #scroller = byId('scroller')
  readonly #selection = new Selection()
  readonly #receipts: Receipts
  readonly #composer: Composer
  readonly #search: Search
  readonly #group: GroupPanel | undefined
  readonly #actions: BubbleActions = {
    me: '',
    menu: (message, at) => this.#openMenu(message, at),
    retry: message => this.#send(message, 'resendMessage'),
    pick: message => this.#selection.toggle(message),
    isPicked: message => this.#selection.has(message),
    download: merger => this.#chat.downloadMergerMessage(merger),
  }
  #title: string
  #people: readonly Person[] = []
  #next = ''
  #isComplete = true
  #isLoading = false

  constructor(chat: ChatSDK, peer: string) {
    this.#chat = chat
    this.peer = peer
    this.#title = peer
    this.conversationID = `${TYPES.CONV_C2C}${peer}`
    const { signal } = this.#listening
    this.#receipts = new Receipts(chat, id => this.#messages.get(id))
    this.#search = new Search({
      onChange: () => this.show(),
      onChoose: id =>
        document.querySelector(`[data-key="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'center' }),
      signal,
    })
    this.#composer = new Composer({
      chat,
      peer,
      send: message => this.#send(message, 'sendMessage'),
      lastOwnText: () => this.#sorted().findLast(isEditable),
      signal,
    })
    byId('earlier').addEventListener('click', () => this.#loadEarlier().catch(toast), { signal })
    byId('stop-selecting').addEventListener('click', () => this.#select(false), { signal })
    byId('forward-selected').addEventListener('click', () => this.#forwardSelected().catch(toast), { signal })
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { signal })
  }

  async open(): Promise<void> {
    this.showHead([], [], {})
    this.#select(false)
    await this.#load('')
    this.#toEnd()
    this.markRead()
    // Fills in the peer's name; also makes the conversation known when it is new.
    await this.#chat.getConversationProfile(this.conversationID)
  }

  close(): void {
    this.#listening.abort()
    this.#receipts.stop()
    byId('messages').replaceChildren()
  }

  showHead(conversations: readonly Conversation[], people: readonly Person[], presence: Presence): void {
    const conversation = conversations.find(it => it.conversationID === this.conversationID)
    const title = titleOf(conversation, this.peer, people)
    setText(byId('peer'), title)
    setText(byId('peer-status'), presence[this.peer] ?? '')
    initial(byId('peer-avatar'), title, this.peer)
    this.#title = title
    this.#people = people
  }

  /** Messages that came while the page is open; those of other conversations are not shown here. */
  add(messages: readonly Message[]): void {
    for (const message of messages)
      if (message.conversationID === this.conversationID) this.#messages.set(message.ID, message)
    this.show()
    this.markRead()
  }

  /** The peer is told that this was read, but only while somebody can see it. */
  markRead(): void {
    if (document.visibilityState !== 'visible' || !this.#chat.isReady()) return
    this.#chat.setMessageRead({ conversationID: this.conversationID }).catch(toast)
    this.#receipts.send()
  }

  /** The SDK changes messages in place: showing them again is enough. */
  show(): void {
    const isAtEnd = this.#endDistance() < NEAR_END
    byId('earlier').hidden = this.#isComplete
    list(byId('messages'), this.#rows(), {
      key: row => ('day' in row ? row.id : row.ID),
      make: row => ('day' in row ? element('li', 'day') : this.#makeBubble(row)),
      fill: (node, row) =>
        'day' in row ? setText(node, row.day) : fillBubble(node, row, this.#title, this.#actions),
    })
    if (isAtEnd) this.#toEnd()
    this.#search.mark([...byId('messages').querySelectorAll<HTMLElement>('.bubble')])
  }

  #makeBubble(message: Message): HTMLElement {
    const bubble = makeBubble(message, this.#actions)
    this.#receipts.watch(bubble)
    return bubble
  }

  /** In the server's order, those that it does not have yet at the end. */
  #sorted(): readonly Message[] {
    const place = (message: Message) => message.sequence || Number.POSITIVE_INFINITY
    return [...this.#messages.values()].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
  }

  /** What the search leaves, with a separator before each day. */
  #rows(): readonly Row[] {
    let last = ''
    const found = this.#sorted().filter(message => this.#search.matches(message))
    return found.flatMap((message): readonly Row[] => {
      const day = dayOf(message.time)
      const isNew = day !== last
      last = day
      return isNew ? [{ day, id: `day ${day}` }, message] : [message]
    })
  }

  #openMenu(message: Message, at: Point): void {
    const isMine = message.flow === 'out' && isSettled(message)
    openMenu('What to do with the message', at, [
      { label: 'Copy text', run: () => navigator.clipboard.writeText(textOf(message, this.#title)) },
      ...(isEditable(message) ? [{ label: 'Edit', run: () => this.#composer.edit(message) }] : []),
      ...(isMine ? [{ label: 'Recall', run: () => this.#chat.revokeMessage(message) }] : []),
      ...(isSettled(message)
        ? [
            { label: 'Forward…', run: () => this.#forward([message]) },
            { label: 'Select', run: () => this.#select(true, message) },
          ]
        : []),
      { label: 'Delete for me', run: () => this.#delete(message) },
    ])
  }

  #select(isOn: boolean, first?: Message): void {
    this.#selection.show(isOn)
    if (first) this.#selection.toggle(first)
    this.show()
  }

  async #forwardSelected(): Promise<void> {
    if (await this.#forward(this.#sorted().filter(it => this.#selection.has(it)))) this.#select(false)
  }

  /** False when the person changed their mind. */
  async #forward(messages: readonly Message[]): Promise<boolean> {
    const copy = await forward(this.#chat, messages, this.#people)
    if (!copy) return false
    if (copy.conversationID === this.conversationID) await this.#send(copy, 'sendMessage')
    else await this.#chat.sendMessage(copy).then(() => toast(`Forwarded to ${copy.to}.`))
    return true
  }

  async #delete(message: Message): Promise<void> {
    if (message.status === 'success') await this.#chat.deleteMessage([message])
    this.#messages.delete(message.ID)
    this.show()
  }

  /** The message is on the screen at once; its tick tells how far it got. */
  async #send(message: Message, how: 'sendMessage' | 'resendMessage'): Promise<void> {
    this.#messages.set(message.ID, message)
    const sending = this.#chat[how](message)
    this.show()
    this.#toEnd()
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
        conversationID: this.conversationID,
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

const isEditable = (message: Message) =>
  message.flow === 'out' && message.type === TYPES.MSG_TEXT && isSettled(message)
