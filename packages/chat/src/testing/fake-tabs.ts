import type { Clock } from '../clock.ts'
import type { TabMessage, Tabs } from '../tabs/tabs.ts'
import type { Link, LinkHandlers, Transport } from '../transport/transport.ts'

interface Waiter {
  readonly tab: FakeTab
  readonly held: () => Promise<void>
}

interface Listener {
  readonly tab: FakeTab
  readonly name: string
  readonly onMessage: (message: TabMessage) => void
}

const HOP = 1

/** Locks and channels of one browser profile, on the test's clock. */
export class FakeProfile {
  readonly #clock: Clock
  readonly #held = new Map<string, FakeTab>()
  readonly #waiting = new Map<string, Waiter[]>()
  #listeners: Listener[] = []
  tabs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  open(transport: Transport): FakeTab {
    this.tabs += 1
    return new FakeTab(this, `tab ${this.tabs}`, transport)
  }

  listen(listener: Listener): () => void {
    this.#listeners.push(listener)
    return () => {
      this.#listeners = this.#listeners.filter(it => it !== listener)
    }
  }

  post(from: FakeTab, name: string, message: TabMessage): void {
    if (!from.isOpen) return
    // As browsers do: only plain data crosses.
    const copy = structuredClone(message)
    for (const { tab, name: other, onMessage } of this.#listeners) {
      if (tab !== from && other === name)
        this.#clock.after(HOP, () => {
          if (tab.isOpen) onMessage(structuredClone(copy))
        })
    }
  }

  lock(name: string, waiter: Waiter): () => void {
    const queue = this.#waiting.get(name) ?? []
    this.#waiting.set(name, [...queue, waiter])
    this.#clock.after(HOP, () => this.#grant(name))
    return () =>
      this.#waiting.set(
        name,
        (this.#waiting.get(name) ?? []).filter(it => it !== waiter),
      )
  }

  isAwaited(name: string): boolean {
    return (this.#waiting.get(name) ?? []).length > 0
  }

  /** The browser gives back what a closed tab held and wanted. */
  closed(tab: FakeTab): void {
    this.#listeners = this.#listeners.filter(it => it.tab !== tab)
    for (const [name, queue] of this.#waiting)
      this.#waiting.set(
        name,
        queue.filter(it => it.tab !== tab),
      )
    for (const [name, holder] of this.#held) {
      if (holder !== tab) continue
      this.#held.delete(name)
      this.#clock.after(HOP, () => this.#grant(name))
    }
  }

  #grant(name: string): void {
    if (this.#held.has(name)) return
    const [next, ...rest] = this.#waiting.get(name) ?? []
    if (!next) return
    this.#waiting.set(name, rest)
    this.#held.set(name, next.tab)
    void next.held().then(() => {
      if (this.#held.get(name) !== next.tab) return
      this.#held.delete(name)
      this.#grant(name)
    })
  }
}

/** One tab: its locks, its channels and its sockets die with it. */
export class FakeTab implements Tabs, Transport {
  readonly #profile: FakeProfile
  readonly #id: string
  readonly #transport: Transport
  #links: Link[] = []
  isOpen = true

  constructor(profile: FakeProfile, id: string, transport: Transport) {
    this.#profile = profile
    this.#id = id
    this.#transport = transport
  }

  newId(): string {
    return this.#id
  }

  channel(name: string, onMessage: (message: TabMessage) => void) {
    const close = this.#profile.listen({ tab: this, name, onMessage })
    return { post: (message: TabMessage) => this.#profile.post(this, name, message), close }
  }

  lock(name: string, held: () => Promise<void>): () => void {
    return this.#profile.lock(name, { tab: this, held })
  }

  isAwaited(name: string): Promise<boolean> {
    return Promise.resolve(this.#profile.isAwaited(name))
  }

  open(url: string, handlers: LinkHandlers): Link {
    const link = this.#transport.open(url, handlers)
    this.#links.push(link)
    return {
      send: text => {
        if (this.isOpen) link.send(text)
      },
      close: () => link.close(),
    }
  }

  /** The user closes the tab, in the middle of whatever it does. */
  close(): void {
    this.isOpen = false
    for (const link of this.#links) link.close()
    this.#links = []
    this.#profile.closed(this)
  }
}
