import type { ChatSDK, Message } from '@rookery/chat'
import { byId, toast } from './dom.ts'

/** Told already, by this page; the server keeps the first time. */
const told = new Set<string>()

/** Read receipts: each received message that asks for one gets it once it was on the screen. */
export class Receipts {
  readonly #chat: ChatSDK
  readonly #messageOf: (id: string) => Message | undefined
  readonly #onScreen = new Set<string>()
  readonly #observer = new IntersectionObserver(changes => this.#changed(changes), { root: byId('scroller') })

  constructor(chat: ChatSDK, messageOf: (id: string) => Message | undefined) {
    this.#chat = chat
    this.#messageOf = messageOf
  }

  watch(bubble: HTMLElement): void {
    this.#observer.observe(bubble)
  }

  stop(): void {
    this.#observer.disconnect()
    this.#onScreen.clear()
  }

  /** For what is on the screen now, if somebody looks at it. */
  send(): void {
    if (document.visibilityState !== 'visible' || !this.#chat.isReady()) return
    const due = [...this.#onScreen].flatMap(id => this.#messageOf(id) ?? []).filter(isDue)
    if (due.length === 0) return
    for (const { ID } of due) told.add(ID)
    this.#chat.sendMessageReadReceipt(due).catch(cause => {
      for (const { ID } of due) told.delete(ID)
      toast(cause)
    })
  }

  #changed(changes: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of changes) {
      const id = (target as HTMLElement).dataset.key ?? ''
      if (isIntersecting) this.#onScreen.add(id)
      else this.#onScreen.delete(id)
    }
    this.send()
  }
}

const isDue = ({ ID, flow, needReadReceipt, isRevoked }: Message) =>
  flow === 'in' && needReadReceipt && !isRevoked && !told.has(ID)
