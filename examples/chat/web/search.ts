import type { Message } from '@rookery/chat'
import { byId, setText } from './dom.ts'
import { textOf } from './message-text.ts'

interface SearchOptions {
  /** What is shown has to change. */
  readonly onChange: () => void
  /** The person wants to see this message among the others. */
  readonly onChoose: (messageID: string) => void
  readonly signal: AbortSignal
}

/** Searches the messages that are loaded: shows those that match, with the words marked. */
export class Search {
  readonly #options: SearchOptions
  readonly #form = byId<HTMLFormElement>('search')
  readonly #field = this.#form.elements.namedItem('words') as HTMLInputElement
  /** Of the hits, counted from the newest. */
  #current = 0

  constructor(options: SearchOptions) {
    const { signal } = options
    this.#options = options
    this.#field.value = ''
    this.#form.hidden = true
    byId('open-search').addEventListener('click', () => this.#open(), { signal })
    byId('close-search').addEventListener('click', () => this.close(), { signal })
    this.#field.addEventListener('input', () => this.#changed(0), { signal })
    this.#form.addEventListener('keydown', event => this.#keyDown(event), { signal })
    this.#form.addEventListener('submit', event => this.#choose(event), { signal })
  }

  close(): void {
    this.#form.hidden = true
    this.#field.value = ''
    this.#changed(0)
    byId('open-search').focus()
  }

  matches(message: Message): boolean {
    const words = this.#words()
    return words === '' || (!message.isRevoked && textOf(message, '').toLowerCase().includes(words))
  }

  /** Marks words without touching the elements: highlights lie over the text, in the colours of the style sheet. */
  mark(bubbles: readonly HTMLElement[]): void {
    const words = this.#words()
    const ranges = words === '' ? [] : bubbles.flatMap(it => rangesOf(it.querySelector('.content'), words))
    CSS.highlights?.set('found', new Highlight(...ranges))
    this.#current = Math.min(this.#current, Math.max(0, bubbles.length - 1))
    const chosen = words === '' ? undefined : bubbles.at(-1 - this.#current)
    for (const bubble of bubbles) bubble.toggleAttribute('data-found', bubble === chosen)
    chosen?.scrollIntoView({ block: 'nearest' })
    setText(byId('hits'), words === '' ? '' : `${bubbles.length} found`)
  }

  #words(): string {
    return this.#field.value.trim().toLowerCase()
  }

  #open(): void {
    this.#form.hidden = false
    this.#field.focus()
  }

  #changed(current: number): void {
    this.#current = Math.max(0, current)
    this.#options.onChange()
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowUp') this.#changed(this.#current + 1)
    else if (event.key === 'ArrowDown') this.#changed(this.#current - 1)
    else if (event.key === 'Escape') this.close()
    else return
    event.preventDefault()
  }

  #choose(event: SubmitEvent): void {
    event.preventDefault()
    const chosen = document.querySelector<HTMLElement>('#messages [data-found]')?.dataset.key
    if (chosen === undefined) return
    this.close()
    this.#options.onChoose(chosen)
  }
}

function rangesOf(content: Element | null, words: string): readonly Range[] {
  if (!content) return []
  const ranges: Range[] = []
  const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const text = (node.textContent ?? '').toLowerCase()
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
      // In some languages a small letter is longer than the capital one.
      if (at + words.length > (node.textContent ?? '').length) break
      const range = new Range()
      range.setStart(node, at)
      range.setEnd(node, at + words.length)
      ranges.push(range)
    }
  }
  return ranges
}
