import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** As the proxies in deploy/ ask. */
const CHECK_MS = 250
const CHECK_TIMEOUT_MS = 1000

interface Upstream {
  readonly port: number
  isReady: boolean
}

/**
 * Hands each connection to the next node that is ready, as bytes: HTTP and WebSocket alike. A node that does not take it is passed
 * over. Stands in for the Caddy of deploy/compose where nothing but Bun is at hand.
 */
export class RoundRobinProxy {
  readonly #server: Server
  readonly #upstreams: readonly Upstream[]
  readonly #sockets = new Set<Socket>()
  readonly #checks: Promise<void>
  #next = 0
  #isClosed = false

  private constructor(server: Server, ports: readonly number[]) {
    this.#server = server
    this.#upstreams = ports.map(port => ({ port, isReady: true }))
    server.on('connection', socket => void this.#hand(socket))
    this.#checks = this.#check()
  }

  /** @param ports of the nodes on 127.0.0.1 */
  static async start(ports: readonly number[], port = 0): Promise<RoundRobinProxy> {
    const server = createServer({ pauseOnConnect: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return new RoundRobinProxy(server, ports)
  }

  get url(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || address === null) throw new Error('The proxy does not listen.')
    return `http://127.0.0.1:${address.port}`
  }

  async stop(): Promise<void> {
    this.#isClosed = true
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await this.#checks
  }

  async #hand(client: Socket): Promise<void> {
    this.#track(client)
    for (let tries = 0; tries < this.#upstreams.length; tries++) {
      const upstream = this.#choose()
      const node = upstream && (await connected(upstream.port))
      if (!node) {
        if (upstream) upstream.isReady = false
        continue
      }
      this.#track(node)
      client.on('close', () => node.destroy())
      node.on('close', () => client.destroy())
      client.pipe(node)
      node.pipe(client)
      return
    }
    client.destroy()
  }

  #choose(): Upstream | undefined {
    const ready = this.#upstreams.filter(upstream => upstream.isReady)
    return ready[this.#next++ % ready.length]
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }

  async #check(): Promise<void> {
    while (!this.#isClosed) {
      await Promise.all(
        this.#upstreams.map(async upstream => {
          upstream.isReady = await isReady(upstream.port)
        }),
      )
      await sleep(CHECK_MS)
    }
  }
}

function connected(port: number): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

async function isReady(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS)
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal })).status === 200
  } catch {
    return false
  }
}
