import { isIP } from 'node:net'
import type { Server } from 'bun'
import type { Logger } from 'pino'
import type { Services } from '../commands/services.ts'
import { type Certificate, CertificateWatch, readCertificate, type TlsFiles } from './certificate.ts'
import { AddressRanges, clientAddress, isLoopback, networkOf } from './client-address.ts'
import { textResponse } from './http/http-response.ts'
import type { RestDoor } from './http/rest-door.ts'
import type { DeviceSocket, Socket } from './socket/device-socket.ts'
import type { SocketDoor } from './socket/socket-door.ts'
import { TokenBuckets } from './token-bucket.ts'

/**
 * New sockets of one address (IPv6: of one /64): a burst of 200, then 20 a second; loopback and trusted proxies are exempt.
 * Over it the upgrade is refused with HTTP 429, which a browser sees as a connection that failed and retries with its back-off.
 */
const SOCKET_BURST = 200
const SOCKETS_PER_SECOND = 20
/** Addresses remembered by that budget. */
const ADDRESSES_MAX = 100_000
/** Kernel bound of a frame; the door's own limits answer below it. */
const FRAME_MAX = 1 << 20
const BODY_MAX = 64 << 20

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
  readonly #certificates: CertificateWatch | undefined
  /** Earlier certificates' listeners: no new connections, but those that are open live on. */
  readonly #retired: Server<DeviceSocket>[] = []
  #server: Server<DeviceSocket>
  #accepting = true

  constructor(parts: ListenerParts) {
    this.#parts = parts
    const { trustedProxies, publicHosts, host, port, tls } = parts.options
    this.#trusted = new AddressRanges(trustedProxies)
    this.#hosts = new Set([...publicHosts, host].map(name => bareHost(name.toLowerCase())))
    const certificate = tls && readCertificate(tls)
    this.#server = this.#listen(port, certificate)
    if (tls && certificate)
      this.#certificates = new CertificateWatch(
        tls,
        certificate,
        next => this.#takeCertificate(next),
        error => this.#keepCertificate(error),
      )
  }

  get port(): number {
    return this.#server.port ?? 0
  }

  /** No new sockets any more; those that are open stay. */
  stopAccepting(): void {
    this.#accepting = false
  }

  /** One text to all sockets of a topic, encoded once. */
  publish(topic: string, text: string): void {
    for (const server of [this.#server, ...this.#retired]) server.publish(topic, text)
  }

  subscribers(topic: string): number {
    return [this.#server, ...this.#retired].reduce((sum, server) => sum + server.subscriberCount(topic), 0)
  }

  async stop(): Promise<void> {
    this.#certificates?.stop()
    await Promise.all([this.#server, ...this.#retired].map(server => server.stop(true)))
  }

  #listen(port: number, certificate: Certificate | undefined): Server<DeviceSocket> {
    const { options, sockets, services } = this.#parts
    return Bun.serve<DeviceSocket>({
      hostname: options.host,
      port,
      // A second listener on the same port takes over when the certificate changes.
      reusePort: certificate !== undefined,
      ...(certificate && { tls: certificate }),
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
        message: (socket: Socket, data: string | Buffer) => sockets.received(socket, data),
        ping: (socket: Socket) => sockets.pinged(socket),
        pong: (socket: Socket) => sockets.pinged(socket),
        close: (socket: Socket, code: number) => sockets.closed(socket, code),
      },
    })
  }

  async #fetch(request: Request, server: Server<DeviceSocket>): Promise<Response | undefined> {
    const peer = server.requestIP(request)?.address ?? ''
    if (!this.#knownHost((request.headers.get('host') ?? '').toLowerCase()))
      return textResponse(
        'This server does not answer to that host name; its operator can add it to server.publicHosts.',
        421,
      )
    const address = clientAddress(peer, request.headers.get('x-forwarded-for'), this.#trusted)
    const url = URL.parse(request.url)
    if (!url) return textResponse('The address of this request is not a URL.', 400)
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
    const exempt = isLoopback(address) || (this.#trusted.has(peer) && this.#trusted.has(address))
    const wait = exempt
      ? 0
      : this.#budget.take(networkOf(address), SOCKETS_PER_SECOND, SOCKET_BURST, Date.now())
    if (wait > 0) {
      const refused = textResponse(`Too many connections from ${address}; wait ${wait} ms (70114).`, 429)
      refused.headers.set('retry-after', String(Math.ceil(wait / 1000)))
      return refused
    }
    const origin = request.headers.get('origin') ?? undefined
    if (server.upgrade(request, { data: this.#parts.sockets.device({ address, origin }) })) return undefined
    return textResponse('This is the WebSocket address of the SDK; connect with ws:// or wss://.', 426)
  }

  /**
   * Names only: another site can make a browser send its own name to this address (DNS rebinding), but not an address as the
   * name.
   */
  #knownHost(host: string): boolean {
    const name = bareHost(host)
    return (
      this.#hosts.has(name) ||
      this.#hosts.has('*') ||
      isIP(name) !== 0 ||
      name === 'localhost' ||
      name.endsWith('.localhost')
    )
  }

  #takeCertificate(certificate: Certificate): void {
    try {
      const next = this.#listen(this.port, certificate)
      this.#retired.push(this.#server)
      void this.#server.stop(false)
      this.#server = next
      this.#parts.log.info('The new certificate is in use.')
    } catch (error) {
      this.#keepCertificate(error)
    }
  }

  #keepCertificate(error: unknown): void {
    this.#parts.log.error(
      { err: error },
      'The new certificate could not be loaded; the old one stays in use. Put a matching pair of files in place.',
    )
  }
}

/** Without the port, and without the brackets of an IPv6 address. */
function bareHost(host: string): string {
  if (isIP(host) !== 0) return host
  const name = host.replace(/:\d+$/, '')
  return name.startsWith('[') ? name.slice(1, -1) : name
}
