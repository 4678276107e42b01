import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** A WebSocket client over a bare connection, which can stop reading and does not answer pings: no library's client lets one. */
export class BareClient {
  /** Everything that came since the last frame was sent, when the connection ends. */
  readonly closed: Promise<Buffer>
  readonly #socket: Socket
  #received = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise(resolve => socket.on('close', () => resolve(this.#received)))
    socket.on('data', (data: Buffer) => {
      this.#received = Buffer.concat([this.#received, data])
    })
    socket.on('error', () => undefined)
  }

  static async open(port: number): Promise<BareClient> {
    const socket = connect(port, '127.0.0.1')
    const client = new BareClient(socket)
    socket.write(
      [
        'GET /ws HTTP/1.1',
        'host: localhost',
        'connection: upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
        '',
        '',
      ].join('\r\n'),
    )
    await client.#until(text => text.includes('\r\n\r\n'))
    return client
  }

  /** Sends a text frame and waits until a part of the answer has come. It never answers a ping. */
  send(text: string, answerPart: string): Promise<string> {
    this.#received = Buffer.alloc(0)
    this.#socket.write(maskedFrame(text))
    return this.#until(received => received.includes(answerPart))
  }

  /** Reads no more. */
  pause(): void {
    this.#socket.pause()
  }

  /** Reads again; a connection that the other side cut ends then. */
  resume(): void {
    this.#socket.resume()
  }

  #until(seen: (text: string) => boolean): Promise<string> {
    return new Promise(resolve => {
      const take = () => {
        const text = this.#received.toString()
        if (!seen(text)) return
        this.#socket.off('data', take)
        resolve(text)
      }
      this.#socket.on('data', take)
    })
  }
}

/** RFC 6455 section 5.2; a mask of zeros leaves the text as it is. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = 0x81
  head[1] = 0x80 | 126
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
