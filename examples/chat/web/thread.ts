import TencentCloudChat, { type ChatSDK, type Conversation, type Message } from '@rookery/chat'
import { isGroup, peerOf } from './address.ts'
import type { Person } from './app-server.ts'
import { type BubbleActions, fillBubble, makeBubble } from './bubble.ts'
import { Composer } from './composer.ts'
import { titleOf } from './conversations.ts'
import { byId, dayOf, element, initial, list, setText, toast } from './dom.ts'
import { forward, Selection } from './forward.ts'
import { GroupPanel } from './groups/group-panel.ts'
import { isStaff, memberName } from './groups/member-actions.ts'
import { mentions } from './groups/mentions.ts'
import { showReaders } from './groups/readers.ts'
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
    menu: (message, at) => this.#openMenu(message, at),
    retry: message => this.#send(message, 'resendMessage'),
    pick: message => this.#selection.toggle(message),
    isPicked: message => this.#selection.has(message),
    isMention: message => mentions(message, this.#chat.getLoginUser()),
    download: merger => this.#chat.downloadMergerMessage(merger),
  }
  #title: string
  #people: readonly Person[] = []
  #next = ''
  #isComplete = true
  #isLoading = false

  constructor(chat: ChatSDK, conversationID: string) {
    this.#chat = chat
    this.conversationID = conversationID
    this.#title = peerOf(conversationID)
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
      conversationID,
      send: message => this.#send(message, 'sendMessage'),
      lastOwnText: () => this.#sorted().findLast(isEditable),
      members: () => this.#group?.members ?? [],
      signal,
    })
    if (isGroup(conversationID))
      this.#group = new GroupPanel({ chat, groupID: peerOf(conversationID), signal })
    byId('earlier').addEventListener('click', () => this.#loadEarlier().catch(toast), { signal })
    byId('stop-selecting').addEventListener('click', () => this.#select(false), { signal })
    byId('forward-selected').addEventListener('click', () => this.#forwardSelected().catch(toast), { signal })
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { signal })
  }

  async open(): Promise<void> {
    this.showHead([], [], {})
    this.#select(false)
    await this.#group?.open()
    await this.#load('')
    this.#toEnd()
    this.markRead()
    // Fills in the peer's name; also makes the conversation known when it is new.
    await this.#chat.getConversationProfile(this.conversationID)
  }

  close(): void {
    this.#listening.abort()
    this.#receipts.stop()
    this.#group?.close()
    byId('messages').replaceChildren()
  }

  showHead(conversations: readonly Conversation[], people: readonly Person[], presence: Presence): void {
    const conversation = conversations.find(it => it.conversationID === this.conversationID)
    // Of a group that nobody wrote to yet there may be no conversation.
    const title = this.#group?.group?.name || titleOf(conversation, this.conversationID, people)
    const peer = peerOf(this.conversationID)
    setText(byId('peer'), title)
    setText(byId('peer-status'), this.#group?.summary ?? presence[peer] ?? '')
    initial(byId('peer-avatar'), title, peer)
    this.#title = title
    this.#people = people
  }

  /** Messages that came while the page is open; those of other conversations are not shown here. */
  add(messages: readonly Message[]): void {
    const here = messages.filter(it => it.conversationID === this.conversationID)
    for (const message of here) this.#messages.set(message.ID, message)
    if (here.some(isTip)) this.showGroup()
    this.show()
    this.markRead()
  }

  /** Who is in the group, and what it is called, may have changed. */
  showGroup(): void {
    this.#group?.refresh().catch(toast)
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
      key: row => ('line' in row ? row.id : row.ID),
      make: row => ('line' in row ? element('li', 'divider') : this.#makeBubble(row)),
      fill: (node, row) =>
        'line' in row ? setText(node, row.line) : fillBubble(node, row, this.#nameOf(row), this.#actions),
    })
    if (isAtEnd) this.#toEnd()
    this.#search.mark([...byId('messages').querySelectorAll<HTMLElement>('.bubble')])
  }

  /** In groups members may have a name of their own. */
  #nameOf({ conversationType, nameCard, nick, from }: Message): string {
    return conversationType === TYPES.CONV_GROUP ? memberName({ nameCard, nick, userID: from }) : this.#title
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
      const row = isTip(message) ? { line: textOf(message, ''), id: message.ID } : message
      return isNew ? [{ line: day, id: `day ${day}` }, row] : [row]
    })
  }

  #openMenu(message: Message, at: Point): void {
    const isMine = message.flow === 'out' && isSettled(message)
    const group = this.#group?.group
    const mayRecall = isMine || (group && isStaff(group) && isSettled(message))
    openMenu('What to do with the message', at, [
      {
        label: 'Copy text',
        run: () => navigator.clipboard.writeText(textOf(message, this.#nameOf(message))),
      },
      ...(isEditable(message) ? [{ label: 'Edit', run: () => this.#composer.edit(message) }] : []),
      ...(mayRecall ? [{ label: 'Recall', run: () => this.#chat.revokeMessage(message) }] : []),
      ...(isMine && group ? [{ label: 'Who has read it', run: () => showReaders(this.#chat, message) }] : []),
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
      // Of one's own messages in a group, how many have read them: history does not tell.
      if (this.#group) await this.#chat.getMessageReadReceiptList(data.messageList).then(() => this.show())
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

const isTip = ({ type }: Message) => type === TYPES.MSG_GRP_TIP

const isEditable = (message: Message) =>
  message.flow === 'out' && message.type === TYPES.MSG_TEXT && isSettled(message)
