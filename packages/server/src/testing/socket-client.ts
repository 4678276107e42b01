import type { EventFrame, ReplyFrame } from '@rookery/protocol/wire'

type Body = ReplyFrame['body']

/** Bun's takes headers, which the DOM's types don't know. */
const BunWebSocket = WebSocket as unknown as new (
  url: string,
  options: { readonly headers: Record<string, string>; readonly tls?: object },
) => WebSocket

/**
 * How long a test waits for a frame before it fails. Only a frame that never comes should take so long: 500 logins at once, beside
 * another test and a database on one core, took 5 s.
 */
const PATIENCE_MS = 20_000

/** A plain client of the WebSocket door: sends frames, awaits answers and events. */
export class SocketClient {
  readonly events: EventFrame[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #socket: WebSocket
  readonly #answers = new Map<number, (body: Body) => void>()
  readonly #waiting: { matches: (event: EventFrame) => boolean; take: (event: EventFrame) => void }[] = []
  #id = 0
  #taken = 0
  #end = ''

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.onmessage = message => this.#receive(JSON.parse(String(message.data)))
    this.closed = new Promise(resolve => {
      socket.onclose = event => {
        this.#end = ` (the socket closed with ${event.code} ${event.reason})`
        resolve({ code: event.code, reason: event.reason })
      }
    })
  }

  /** @param headers sent with the upgrade, as `origin`. */
  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
    const socket = new BunWebSocket(url.replace(/^http/, 'ws'), {
      headers: { ...headers },
      // Certificates of tests are self-signed.
      tls: { rejectUnauthorized: false },
    })
    const client = new SocketClient(socket)
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve()
      socket.onerror = () => reject(new Error(`no connection to ${url}`))
    })
    return client
  }

  /** The answer's body, whatever its code. */
  call(cmd: string, body: unknown = {}): Promise<Body> {
    const id = ++this.#id
    const answer = new Promise<Body>(resolve => this.#answers.set(id, resolve))
    this.sendText(JSON.stringify({ id, cmd, body }))
    return within(answer, () => `no answer to ${cmd}${this.#end}`)
  }

  /** The answer's body; fails on an error code. */
  async ok<T extends object = Record<string, unknown>>(cmd: string, body: unknown = {}): Promise<Body & T> {
    const answer = await this.call(cmd, body)
    if (answer.ErrorCode !== 0) throw new Error(`${cmd}: ${answer.ErrorCode} ${answer.ErrorInfo}`)
    return answer as Body & T
  }

  sendText(text: string): void {
    this.#socket.send(text)
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes)
  }

  /** The next event of a kind that no earlier call of this took. */
  event<K extends EventFrame['ev']>(
    kind: K,
    matches: (event: Extract<EventFrame, { ev: K }>) => boolean = () => true,
  ): Promise<Extract<EventFrame, { ev: K }>> {
    type Event = Extract<EventFrame, { ev: K }>
    const wanted = (event: EventFrame) => event.ev === kind && matches(event as Event)
    for (; this.#taken < this.events.length; this.#taken++) {
      const event = this.events[this.#taken]
      if (event && wanted(event)) {
        this.#taken++
        return Promise.resolve(event as Event)
      }
    }
    return within(
      new Promise<Event>(resolve =>
        this.#waiting.push({ matches: wanted, take: event => resolve(event as Event) }),
      ),
      () => `no ${kind} event; seen: ${this.events.map(event => event.ev).join(', ')}${this.#end}`,
    )
  }

  close(): void {
    this.#socket.close()
  }

  /** Drops the connection without a closing handshake, as a lost network does. */
  terminate(): void {
    ;(this.#socket as WebSocket & { terminate(): void }).terminate()
  }

  #receive(frame: ReplyFrame | EventFrame): void {
    if ('id' in frame) {
      this.#answers.get(frame.id)?.(frame.body)
      this.#answers.delete(frame.id)
      return
    }
    this.events.push(frame)
    const index = this.#waiting.findIndex(waiting => waiting.matches(frame))
    if (index < 0) return
    this.#taken = this.events.length
    this.#waiting.splice(index, 1)[0]?.take(frame)
  }
}

function within<T>(promise: Promise<T>, complaint: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint())), PATIENCE_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
