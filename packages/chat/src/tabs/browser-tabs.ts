import type { TabMessage, Tabs } from './tabs.ts'

interface Scope {
  readonly document?: unknown
  readonly navigator?: { readonly locks?: LockManager }
  readonly BroadcastChannel?: typeof BroadcastChannel
}

/** Undefined where tabs cannot share: outside of pages, and on plain HTTP, where browsers give no locks. */
export function browserTabs(scope: Scope = globalThis as unknown as Scope): Tabs | undefined {
  const { document, navigator, BroadcastChannel: Channel } = scope
  const locks = navigator?.locks
  if (!document || !locks || !Channel) return undefined
  return {
    newId: () => crypto.randomUUID(),
    channel(name, onMessage) {
      const channel = new Channel(name)
      channel.onmessage = event => onMessage(event.data as TabMessage)
      return { post: message => channel.postMessage(message), close: () => channel.close() }
    },
    lock(name, held, failed) {
      const waiting = new AbortController()
      locks.request(name, { signal: waiting.signal }, held).catch(() => {
        if (!waiting.signal.aborted) failed()
      })
      return () => waiting.abort()
    },
    async isAwaited(name) {
      const { pending } = await locks.query()
      return pending?.some(lock => lock.name === name) ?? false
    },
  }
}
