import { ChatClient } from './client/chat-client.ts'
import type { CreateOptions } from './client/client-life.ts'
import { systemClock } from './clock.ts'
import { browserTabs } from './tabs/browser-tabs.ts'
import { webSocketTransport } from './transport/web-socket-transport.ts'

export type { ChatClient as ChatSDK } from './client/chat-client.ts'
export { EVENT } from './constants/event.ts'
export { TSignaling } from './constants/signaling.ts'
export { TYPES } from './constants/types.ts'

/** Of the interface, as kits compare it; not of this package. */
export const VERSION = '3.6.6'

/** Of the whole page or process: the ES module, the CommonJS module and every entry point give the same instances. */
const REGISTRY = Symbol.for('@rookery/chat 0.1 instances')
const shared = globalThis as { [REGISTRY]?: Map<number, ChatClient> }
shared[REGISTRY] ??= new Map()
const instances = shared[REGISTRY]

/** The instance of this SDKAppID: one until its `destroy()`. Without an SDKAppID `login` rejects with 2000. */
export function create(options: CreateOptions): ChatClient {
  const id = Number(options?.SDKAppID) || 0
  const present = instances.get(id)
  if (present) {
    present.adopt(options)
    return present
  }
  const runtime = { transport: webSocketTransport, clock: systemClock, tabs: browserTabs() }
  const client = new ChatClient(options ?? { SDKAppID: 0 }, runtime, () => {
    if (instances.get(id) === client) instances.delete(id)
  })
  instances.set(id, client)
  return client
}
