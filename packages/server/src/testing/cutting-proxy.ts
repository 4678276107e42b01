import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What a proxy does with a piece of what a client sends. */
export type Cut =
  /** Passes it on. */
  | 'pass'
  /** Breaks the connection before the server sees it. */
  | 'before'
  /** Lets the server carry it out, and breaks the connection instead of passing the answer on. */
  | 'after'

/** Stands between a client and a server on 127.0.0.1 and breaks connections at chosen moments. */
export class CuttingProxy {
  /** Judges each piece that a client sends. */
  decide: (piece: Buffer) => Cut = () => 'pass'
  /** False: new connections are closed at once. */
  open = true
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async to(port: number): Promise<CuttingProxy> {
    const server = createServer({ noDelay: true })
    const proxy = new CuttingProxy(server)
    server.on('connection', client => proxy.#join(client, port))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    if (typeof address !== 'object' || address === null) throw new Error('The proxy does not listen.')
    return address.port
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(client: Socket, port: number): void {
    if (!this.open) {
      client.destroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    let swallows = false
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        end()
      })
    }
    client.on('data', piece => {
      const cut = this.decide(piece as Buffer)
      if (cut === 'before') return end()
      swallows ||= cut === 'after'
      upstream.write(piece)
    })
    upstream.on('data', piece => {
      if (swallows) end()
      else client.write(piece)
    })
  }
}
