import type { Socket } from 'bun'

const HEAD_END = Buffer.from('\r\n\r\n')
const LENGTH = /\r\ncontent-length: (\d+)\r\n/i

/** One HTTP connection that stays open: one request at a time, encoded by the caller. */
export class HttpClient {
  readonly #answered: (head: Buffer, body: Buffer) => void
  readonly #lost: (reason: string) => void
  #socket: Socket<undefined> | undefined
  #rest: Buffer | undefined

  private constructor(answered: (head: Buffer, body: Buffer) => void, lost: (reason: string) => void) {
    this.#answered = answered
    this.#lost = lost
  }

  static async open(
    port: number,
    answered: (head: Buffer, body: Buffer) => void,
    lost: (reason: string) => void,
  ): Promise<HttpClient> {
    const client = new HttpClient(answered, lost)
    client.#socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        open: socket => {
          socket.setNoDelay(true)
        },
        data: (_, chunk) => client.#received(chunk),
        close: () => lost('the connection closed'),
        error: (_, error) => lost(error.message),
      },
    })
    return client
  }

  send(request: Buffer): void {
    const written = this.#socket?.write(request) ?? 0
    if (written < request.length) this.#lost('a request did not fit into the connection')
  }

  close(): void {
    this.#socket?.terminate()
  }

  #received(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    const end = bytes.indexOf(HEAD_END)
    const head = bytes.subarray(0, end + 2)
    const length = end < 0 ? undefined : LENGTH.exec(head.toString('latin1'))?.[1]
    const start = end + HEAD_END.length
    if (length === undefined || bytes.length < start + Number(length)) {
      this.#rest = Buffer.from(bytes)
      return
    }
    this.#rest = undefined
    this.#answered(head, bytes.subarray(start, start + Number(length)))
  }
}
