import { readFileSync, watch } from 'node:fs'
import type { Server } from 'bun'
import type { Logger } from 'pino'
import type { Services } from '../commands/services.ts'
import { AddressRanges, clientAddress, isLoopback } from './client-address.ts'
import { textResponse } from './http/http-response.ts'
import type { RestDoor } from './http/rest-door.ts'
import type { DeviceSocket, Socket } from './socket/device-socket.ts'
import { newDevice, type SocketDoor } from './socket/socket-door.ts'
import { TokenBuckets } from './token-bucket.ts'

/** New sockets of one address: a burst of 200, then 20 a second; loopback and trusted proxies are exempt. */
const SOCKET_BURST = 200
const SOCKETS_PER_SECOND = 20
/** Addresses remembered by that budget. */
const ADDRESSES_MAX = 100_000
/** Kernel bound of a frame; the door's own limits answer below it. */
const FRAME_MAX = 1 << 20
const BODY_MAX = 64 << 20

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface ListenerOptions {
  readonly host: string
  readonly port: number
  readonly tls?: TlsFiles
  readonly trustedProxies: readonly string[]
  /** Names that a Host header may carry, beside loopback's and the bound address; `*` for any. */
  readonly publicHosts: readonly string[]
}

/** Answers requests that are neither a command nor a socket: pages, health, metrics. Undefined = not mine. */
export type PageHandler = (request: Request, url: URL, address: string) => Promise<Response | undefined>

export interface ListenerParts {
  readonly options: ListenerOptions
  readonly rest: RestDoor
  readonly sockets: SocketDoor
  readonly services: Services
  readonly pages: PageHandler
  readonly log: Logger
}

/** The one port: commands under /v4/, sockets at /ws, pages beside them. Certificates reload without a restart. */
export class Listener {
  readonly #parts: ListenerParts
  readonly #trusted: AddressRanges
  readonly #hosts: ReadonlySet<string>
  readonly #budget = new TokenBuckets(ADDRESSES_MAX)
  readonly #watchers: { close(): void }[] = []
  #server: Server<DeviceSocket>
  #reload: ReturnType<typeof setTimeout> | undefined
  #accepting = true

  constructor(parts: ListenerParts) {
    this.#parts = parts
    this.#trusted = new AddressRanges(parts.options.trustedProxies)
    this.#hosts = new Set(parts.options.publicHosts.map(host => host.toLowerCase()))
    this.#server = this.#listen(parts.options.port)
    if (parts.options.tls) this.#watchCertificate(parts.options.tls)
  }

  get port(): number {
    return this.#server.port ?? 0
  }

  /** No new sockets any more; those that are open stay. */
  stopAccepting(): void {
    this.#accepting = false
  }

  async stop(): Promise<void> {
    for (const watcher of this.#watchers) watcher.close()
    clearTimeout(this.#reload)
    await this.#server.stop(true)
  }

  #listen(port: number): Server<DeviceSocket> {
    const { options, sockets, services } = this.#parts
    return Bun.serve<DeviceSocket>({
      hostname: options.host,
      port,
      // A second listener on the same port takes over when the certificate changes.
      reusePort: options.tls !== undefined,
      ...(options.tls && {
        tls: { cert: readFileSync(options.tls.cert, 'utf8'), key: readFileSync(options.tls.key, 'utf8') },
      }),
      maxRequestBodySize: BODY_MAX,
      idleTimeout: 30,
      development: false,
      fetch: (request, server) => this.#fetch(request, server),
      error: error => {
        this.#parts.log.error({ err: error }, 'A request failed on a defect of the server.')
        return textResponse('The server failed to answer; its log says why.', 500)
      },
      websocket: {
        data: {} as DeviceSocket,
        maxPayloadLength: FRAME_MAX,
        backpressureLimit: services.settings['session.outboundBytes'],
        closeOnBackpressureLimit: true,
        perMessageDeflate: false,
        // The door's own wheel drops silent sockets; Bun's timer is per socket.
        idleTimeout: 0,
        sendPings: false,
        open: (socket: Socket) => sockets.opened(socket),
        message: (socket: Socket, data: string | Buffer) => void sockets.received(socket, data),
        close: (socket: Socket) => sockets.closed(socket),
      },
    })
  }

  async #fetch(request: Request, server: Server<DeviceSocket>): Promise<Response | undefined> {
    const peer = server.requestIP(request)?.address ?? ''
    const host = (request.headers.get('host') ?? '').toLowerCase()
    if (!this.#knownHost(host))
      return textResponse(
        'This server does not answer to that host name; its operator can add it to public_hosts.',
        421,
      )
    const address = clientAddress(peer, request.headers.get('x-forwarded-for'), this.#trusted)
    const url = new URL(request.url)
    if (url.pathname.startsWith('/v4/')) return this.#parts.rest.handle(request, url, address)
    if (url.pathname === '/ws') return this.#upgrade(request, server, address, peer)
    return (
      (await this.#parts.pages(request, url, address)) ??
      textResponse('There is nothing here. The API is at /v4/, its reference at /docs.', 404)
    )
  }

  #upgrade(
    request: Request,
    server: Server<DeviceSocket>,
    address: string,
    peer: string,
  ): Response | undefined {
    if (!this.#accepting) return textResponse('The server is stopping; connect to another one or later.', 503)
    const exempt = isLoopback(address) || (this.#trusted.has(peer) && address === peer)
    const wait = exempt ? 0 : this.#budget.take(address, SOCKETS_PER_SECOND, SOCKET_BURST, Date.now())
    if (wait > 0) {
      const refused = textResponse(`Too many connections from ${address}; wait ${wait} ms (70114).`, 429)
      refused.headers.set('retry-after', String(Math.ceil(wait / 1000)))
      return refused
    }
    if (server.upgrade(request, { data: newDevice(address) })) return undefined
    return textResponse('This is the WebSocket address of the SDK; connect with ws:// or wss://.', 426)
  }

  #knownHost(host: string): boolean {
    const name = host.replace(/:\d+$/, '')
    if (this.#hosts.has('*') || this.#hosts.has(name)) return true
    if (
      name === 'localhost' ||
      name.endsWith('.localhost') ||
      name === '[::1]' ||
      /^127\.\d+\.\d+\.\d+$/.test(name)
    )
      return true
    return name === this.#parts.options.host
  }

  #watchCertificate(files: TlsFiles): void {
    for (const file of [files.cert, files.key])
      this.#watchers.push(
        watch(file, () => {
          clearTimeout(this.#reload)
          // Both files change one after the other; a second's rest sees the pair.
          this.#reload = setTimeout(() => this.#takeNewCertificate(), 1000)
        }),
      )
  }

  #takeNewCertificate(): void {
    try {
      const next = this.#listen(this.port)
      const old = this.#server
      this.#server = next
      void old.stop(false)
      this.#parts.log.info('The new certificate is in use.')
    } catch (error) {
      this.#parts.log.error(
        { err: error },
        'The new certificate could not be loaded; the old one stays in use.',
      )
    }
  }
}
