import type { Socket } from 'bun'

/** Takes what comes; the chunk is reused afterwards. */
export interface StreamTaker {
  received(chunk: Buffer): void
  lost(reason: string): void
}

interface State {
  readonly connection: StreamSocket
}

/** A bare TCP connection to a server on this machine. */
export class StreamSocket {
  readonly #taker: StreamTaker
  #socket: Socket<State> | undefined
  #unsent: Buffer | undefined
  #isClosed = false

  private constructor(taker: StreamTaker) {
    this.#taker = taker
  }

  static async open(port: number, taker: StreamTaker): Promise<StreamSocket> {
    const connection = new StreamSocket(taker)
    connection.#socket = await Bun.connect<State>({
      hostname: '127.0.0.1',
      port,
      data: { connection },
      socket: handlers,
    })
    connection.#socket.setNoDelay(true)
    return connection
  }

  /** The bytes may be reused afterwards. */
  write(bytes: Buffer | string): void {
    const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    if (this.#unsent) {
      this.#unsent = Buffer.concat([this.#unsent, data])
      return
    }
    const written = this.#socket?.write(data) ?? data.length
    if (written < data.length) this.#unsent = Buffer.from(data.subarray(Math.max(0, written)))
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.terminate()
  }

  received(chunk: Buffer): void {
    if (!this.#isClosed) this.#taker.received(chunk)
  }

  drained(): void {
    const rest = this.#unsent
    this.#unsent = undefined
    if (rest) this.write(rest)
  }

  lost(reason: string): void {
    if (!this.#isClosed) this.#taker.lost(reason)
    this.#isClosed = true
  }
}

const handlers = {
  data: (socket: Socket<State>, chunk: Buffer) => socket.data.connection.received(chunk),
  drain: (socket: Socket<State>) => socket.data.connection.drained(),
  close: (socket: Socket<State>) => socket.data.connection.lost('the connection closed'),
  error: (socket: Socket<State>, error: Error) => socket.data.connection.lost(error.message),
}
