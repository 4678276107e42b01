import type { ChatSDK, GroupMember, Message } from '@rookery/chat'
import { addressTo, isGroup } from './address.ts'
import { openAttachments } from './attachments.ts'
import { byId, toast } from './dom.ts'
import { mentionedIn, mentionMenu } from './groups/mentions.ts'
import { openMenu } from './menu.ts'

/** What was typed and not sent, by user and conversation. */
const drafts = new Map<string, string>()

interface ComposerOptions {
  readonly chat: ChatSDK
  readonly conversationID: string
  readonly send: (message: Message) => void
  /** What Arrow Up in the empty field edits. */
  readonly lastOwnText: () => Message | undefined
  /** Who can be mentioned; nobody outside groups. */
  readonly members: () => readonly GroupMember[]
  readonly signal: AbortSignal
}

/** The field under the messages: writes new ones, and edits own ones. */
export class Composer {
  readonly #options: ComposerOptions
  readonly #draft: string
  readonly #field = byId<HTMLFormElement>('composer').elements.namedItem('text') as HTMLTextAreaElement
  #editing: Message | undefined

  constructor(options: ComposerOptions) {
    const { chat, conversationID, signal, send } = options
    this.#options = options
    this.#draft = `${chat.getLoginUser()} ${conversationID}`
    this.stopEditing()
    this.#field.addEventListener('input', () => this.#typed(), { signal })
    this.#field.addEventListener('keydown', event => this.#keyDown(event), { signal })
    byId('composer').addEventListener('submit', event => this.#submitted(event), { signal })
    byId('stop-editing').addEventListener('click', () => this.stopEditing(), { signal })
    const attach = byId('attach')
    const choose = () =>
      openAttachments(chat, addressTo(conversationID), attach.getBoundingClientRect(), send)
    attach.addEventListener('click', choose, { signal })
    const mention = byId('mention')
    mention.hidden = !isGroup(conversationID)
    mention.addEventListener('click', () => this.#openMentions(mention), { signal })
    if (matchMedia('(pointer: fine)').matches) this.#field.focus()
  }

  edit(message: Message): void {
    this.#editing = message
    this.#field.value = message.payload.text
    byId('editing').hidden = false
    this.#field.focus()
  }

  /** The draft comes back. */
  stopEditing(): void {
    this.#editing = undefined
    this.#field.value = drafts.get(this.#draft) ?? ''
    byId('editing').hidden = true
  }

  #openMentions(button: HTMLElement): void {
    const { chat, members } = this.#options
    const insert = (text: string) => {
      this.#field.setRangeText(text, this.#field.selectionStart, this.#field.selectionEnd, 'end')
      this.#field.focus()
      this.#typed()
    }
    const items = mentionMenu(members(), chat.getLoginUser(), insert)
    openMenu('Whom to mention', button.getBoundingClientRect(), items)
  }

  #typed(): void {
    if (!this.#editing) drafts.set(this.#draft, this.#field.value)
  }

  #keyDown(event: KeyboardEvent): void {
    // While an input method composes, its keys choose a word.
    if (event.isComposing) return
    const last = event.key === 'ArrowUp' && this.#field.value === '' ? this.#options.lastOwnText() : undefined
    if (event.key === 'Enter' && !event.shiftKey) byId<HTMLFormElement>('composer').requestSubmit()
    else if (event.key === 'Escape' && this.#editing) this.stopEditing()
    else if (last) this.edit(last)
    else return
    event.preventDefault()
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault()
    const { chat, conversationID, members, send } = this.#options
    const text = this.#field.value.trim()
    if (text === '') return
    const edited = this.#editing
    if (edited) {
      this.stopEditing()
      // A copy: the message on the screen changes when the server has taken the new text.
      if (text !== edited.payload.text) chat.modifyMessage({ ...edited, payload: { text } }).catch(toast)
      return
    }
    drafts.delete(this.#draft)
    this.#field.value = ''
    const address = addressTo(conversationID)
    const atUserList = mentionedIn(text, members())
    send(
      atUserList.length > 0
        ? chat.createTextAtMessage({ ...address, payload: { text, atUserList } })
        : chat.createTextMessage({ ...address, payload: { text } }),
    )
  }
}
