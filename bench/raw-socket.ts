import type { Socket } from 'bun'

/** What a connection of the load does with the frames that come; offsets into a buffer that is reused afterwards. */
export interface FrameTaker {
  frame(bytes: Buffer, start: number, end: number): void
  lost(reason: string): void
}

/** Takes the bytes themselves, for a load that only counts. */
export interface ByteTaker {
  bytes(chunk: Buffer): void
  lost(reason: string): void
}

const ANSWER = Buffer.from('{"id":')
const UPGRADED = Buffer.from('HTTP/1.1 101 ')
const HEAD_END = Buffer.from('\r\n\r\n')

interface State {
  readonly connection: RawSocket
}

/**
 * A WebSocket client on a bare TCP socket: frames are encoded before the run and incoming ones only looked at where needed,
 * so that the load costs less than what it measures. The mask is all zeros, which leaves the text as it is.
 */
export class RawSocket {
  taker: FrameTaker | undefined
  readonly #opened: () => void
  readonly #failed: (error: Error) => void
  readonly #port: number
  readonly #path: string
  #socket: Socket<State> | undefined
  #upgraded = false
  #rest: Buffer | undefined
  #unsent: Buffer | undefined
  #bytes: ByteTaker | undefined

  private constructor(port: number, path: string, opened: () => void, failed: (error: Error) => void) {
    this.#port = port
    this.#path = path
    this.#opened = opened
    this.#failed = failed
  }

  /** Connects and upgrades; a taker given here misses nothing that comes with the upgrade. */
  static open(
    port: number,
    { path = '/ws', taker }: { readonly path?: string; readonly taker?: FrameTaker } = {},
  ): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const connection: RawSocket = new RawSocket(port, path, () => resolve(connection), reject)
      connection.taker = taker
      Bun.connect<State>({
        hostname: '127.0.0.1',
        port,
        data: { connection },
        socket: handlers,
      }).catch(reject)
    })
  }

  send(frame: Buffer): void {
    if (this.#unsent) {
      this.#unsent = Buffer.concat([this.#unsent, frame])
      return
    }
    const written = this.#socket?.write(frame) ?? frame.length
    if (written < frame.length) this.#unsent = Buffer.from(frame.subarray(Math.max(0, written)))
  }

  /** From now on everything that comes goes there unread. */
  takeBytes(taker: ByteTaker): void {
    this.#bytes = taker
    const rest = this.#rest
    this.#rest = undefined
    if (rest) taker.bytes(rest)
  }

  close(): void {
    this.taker = undefined
    this.#bytes = undefined
    this.#socket?.terminate()
  }

  opened(socket: Socket<State>): void {
    this.#socket = socket
    // As browsers do; else a second message waits for the acknowledgement of the first.
    socket.setNoDelay(true)
    socket.write(
      `GET ${this.#path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    )
  }

  drained(): void {
    const frame = this.#unsent
    this.#unsent = undefined
    if (frame) this.send(frame)
  }

  lost(reason: string): void {
    if (!this.#upgraded) this.#failed(new Error(reason))
    this.taker?.lost(reason)
    this.#bytes?.lost(reason)
  }

  received(chunk: Buffer): void {
    if (this.#bytes) this.#bytes.bytes(chunk)
    else if (this.#upgraded) this.#frames(chunk)
    else {
      const head = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
      const end = head.indexOf(HEAD_END)
      if (end < 0) {
        this.#rest = Buffer.from(head)
        return
      }
      this.#rest = undefined
      if (!head.subarray(0, UPGRADED.length).equals(UPGRADED)) {
        this.#failed(new Error(`no upgrade: ${head.subarray(0, 200).toString()}`))
        return
      }
      this.#upgraded = true
      this.#opened()
      if (head.length > end + 4) this.#frames(head.subarray(end + 4))
    }
  }

  #frames(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    let at = 0
    while (at + 2 <= bytes.length) {
      let length = (bytes[at + 1] ?? 0) & 0x7f
      let start = at + 2
      if (length === 126) {
        if (at + 4 > bytes.length) break
        length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
        start = at + 4
      } else if (length === 127) {
        if (at + 10 > bytes.length) break
        length = bytes.readUInt32BE(at + 6)
        start = at + 10
      }
      const end = start + length
      if (end > bytes.length) break
      const code = (bytes[at] ?? 0) & 0x0f
      if (code === 1) this.taker?.frame(bytes, start, end)
      else if (code === 8) this.taker?.lost(`closed: ${bytes.subarray(start + 2, end).toString()}`)
      at = end
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at))
  }
}

const handlers = {
  open: (socket: Socket<State>) => socket.data.connection.opened(socket),
  data: (socket: Socket<State>, chunk: Buffer) => socket.data.connection.received(chunk),
  drain: (socket: Socket<State>) => socket.data.connection.drained(),
  close: (socket: Socket<State>) => socket.data.connection.lost('the connection closed'),
  error: (socket: Socket<State>, error: Error) => socket.data.connection.lost(error.message),
  connectError: (socket: Socket<State>, error: Error) => socket.data.connection.lost(error.message),
}

/** One text frame of a client, complete with its header. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 0xffff) throw new Error('The load sends short frames only.')
  const header =
    payload.length < 126
      ? [0x81, 0x80 | payload.length, 0, 0, 0, 0]
      : [0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]
  return Buffer.concat([Buffer.from(header), payload])
}

/** Opens a connection, sends one frame and resolves with the first text that comes back. */
export async function openWith(port: number, frame: Buffer): Promise<{ socket: RawSocket; answer: string }> {
  const socket = await RawSocket.open(port)
  const answer = await new Promise<string>((resolve, reject) => {
    socket.taker = {
      frame: (bytes, start, end) => resolve(bytes.toString('latin1', start, end)),
      lost: reason => reject(new Error(reason)),
    }
    socket.send(frame)
  })
  return { socket, answer }
}

/** Sends one frame over an open connection and resolves with its answer; events before it are passed over. */
export function ask(socket: RawSocket, frame: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.taker = {
      frame: (bytes, start, end) => {
        if (bytes.compare(ANSWER, 0, ANSWER.length, start, start + ANSWER.length) !== 0) return
        socket.taker = undefined
        resolve(bytes.toString('utf8', start, end))
      },
      lost: reason => reject(new Error(reason)),
    }
    socket.send(frame)
  })
}
