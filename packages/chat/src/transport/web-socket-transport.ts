import type { Link, LinkHandlers, Transport } from './transport.ts'

/** What the browser's WebSocket and the `ws` package share. */
interface Socket {
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null
  onerror: ((event: unknown) => void) | null
  send(text: string): void
  close(code?: number): void
}
type SocketClass = new (url: string) => Socket

const ABNORMAL = 1006

/** The runtime's own WebSocket, or on runtimes without one (Node 20) that of the package `ws`. */
export const webSocketTransport: Transport = {
  open(url, handlers) {
    const native = (globalThis as { readonly WebSocket?: unknown }).WebSocket as SocketClass | undefined
    if (native) return new SocketLink(handlers, link => link.attach(native, url))
    return new SocketLink(handlers, link => {
      loadSocketClass('ws').then(
        found => link.attach(found, url),
        cause => link.fail(`this runtime has no WebSocket and the package "ws" is not installed: ${cause}`),
      )
    })
  },
}

/** The name comes as an argument, so that bundlers for browsers do not look for the package. */
async function loadSocketClass(specifier: string): Promise<SocketClass> {
  const module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ specifier)) as {
    readonly WebSocket?: SocketClass
    readonly default?: SocketClass
  }
  const found = module.WebSocket ?? module.default
  if (!found) throw new Error('it exports no WebSocket')
  return found
}

class SocketLink implements Link {
  readonly #handlers: LinkHandlers
  #socket: Socket | undefined
  #closed = false

  constructor(handlers: LinkHandlers, begin: (link: SocketLink) => void) {
    this.#handlers = handlers
    begin(this)
  }

  attach(socketClass: SocketClass, url: string): void {
    if (this.#closed) return
    let socket: Socket
    try {
      socket = new socketClass(url)
    } catch (cause) {
      this.fail(String(cause))
      return
    }
    this.#socket = socket
    socket.onopen = () => {
      if (!this.#closed) this.#handlers.onOpen()
    }
    socket.onmessage = event => {
      if (!this.#closed && typeof event.data === 'string') this.#handlers.onFrame(event.data)
    }
    socket.onclose = event => this.#end(event.code, event.reason)
    // The close event follows every error and carries what is known.
    socket.onerror = () => {}
  }

  fail(reason: string): void {
    queueMicrotask(() => this.#end(ABNORMAL, reason))
  }

  send(text: string): void {
    try {
      this.#socket?.send(text)
    } catch {
      // A socket that is closing refuses; its close event is on the way.
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.#socket?.close(1000)
    } catch {
      // Some runtimes refuse to close a socket that never opened.
    }
  }

  #end(code: number, reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#handlers.onClose(code, reason)
  }
}
