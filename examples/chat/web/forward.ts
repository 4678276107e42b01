import type { ChatSDK, Message } from '@rookery/chat'
import { addressTo, withUser } from './address.ts'
import type { Person } from './app-server.ts'
import { ask, byId, element, setText } from './dom.ts'
import { lineOf } from './message-text.ts'

/** The messages that are chosen to be passed on together. While it is on, each message has a box to tick. */
export class Selection {
  readonly #chosen = new Set<string>()

  get isOn(): boolean {
    return byId('messages').classList.contains('selecting')
  }

  show(isOn: boolean): void {
    if (!isOn) this.#chosen.clear()
    byId('messages').classList.toggle('selecting', isOn)
    byId('selection').hidden = !isOn
    byId('composer').hidden = isOn
    setText(byId('selected'), `${this.#chosen.size} selected`)
    byId<HTMLButtonElement>('forward-selected').disabled = this.#chosen.size === 0
  }

  has(message: Message): boolean {
    return this.#chosen.has(message.ID)
  }

  toggle(message: Message): void {
    if (!this.#chosen.delete(message.ID)) this.#chosen.add(message.ID)
    this.show(true)
  }
}

/** Asks for the receiver; one message goes as it is, several as one. Undefined when the dialog was left. */
export async function forward(
  chat: ChatSDK,
  messages: readonly Message[],
  people: readonly Person[],
): Promise<Message | undefined> {
  byId('forward-to').replaceChildren(
    ...people.map(({ userID, name }) => {
      const option = element('option', '', name)
      option.value = userID
      return option
    }),
  )
  const what = messages.length === 1 ? 'Forward a message' : `Forward ${messages.length} messages as one`
  setText(byId('forward-title'), what)
  const given = await ask('forward')
  if (given?.to === undefined) return undefined
  const address = addressTo(withUser(given.to))
  const [message] = messages
  if (messages.length === 1 && message) return chat.createForwardMessage({ ...address, payload: message })

  const nameOf = (message: Message) => people.find(it => it.userID === message.from)?.name ?? message.from
  const names = new Set(messages.map(nameOf))
  const payload = {
    messageList: messages,
    title: `Chat of ${new Intl.ListFormat('en').format(names)}`,
    abstractList: messages.slice(0, 4).map(it => `${nameOf(it)}: ${lineOf(it).slice(0, 80)}`),
    compatibleText: 'Merged messages. This client cannot show them.',
  }
  return chat.createMergerMessage({ ...address, payload })
}
