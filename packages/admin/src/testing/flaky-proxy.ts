import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to one request on its way. */
export type Fault =
  /** The connection breaks before the server saw the request. */
  | 'drop-before'
  /** The server carries it out, then the connection breaks. */
  | 'drop-after'
  /** The server carries it out, its answer never comes. */
  | 'silent-after'
  | 'pass'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** An answer of the API that the server did not give. */
  | { readonly answer: object }

export interface SeenRequest {
  readonly url: string
  readonly authorization: string
  readonly body: string
  /** Of `performance.now()`. */
  readonly at: number
}

/** Stands between a client and the server; the next requests meet the given faults, one each, later ones pass. */
export class FlakyProxy {
  readonly seen: SeenRequest[] = []
  /** What the server answered, also when it never came through. */
  readonly answers: string[] = []
  #arrival = Promise.withResolvers<void>()
  readonly #faults: Fault[] = []
  readonly #target: string
  readonly #server: Server

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((request, response) => void this.#handle(request, response))
  }

  static async start(target: string): Promise<FlakyProxy> {
    const proxy = new FlakyProxy(target)
    await new Promise<void>(resolve => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves with the first request after `expect`. */
  get arrived(): Promise<void> {
    return this.#arrival.promise
  }

  /** Forgets what it saw, and takes the faults of the next requests. */
  expect(...faults: readonly Fault[]): void {
    this.seen.length = 0
    this.answers.length = 0
    this.#arrival = Promise.withResolvers()
    this.#faults.splice(0, this.#faults.length, ...faults)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request)
    const { url = '', headers } = request
    const authorization = headers.authorization ?? ''
    this.seen.push({ url, authorization, body, at: performance.now() })
    this.#arrival.resolve()
    const fault = this.#faults.shift() ?? 'pass'
    if (fault === 'drop-before') return void request.socket.destroy()
    if (typeof fault === 'object' && 'status' in fault)
      return void response.writeHead(fault.status, fault.headers).end(fault.body)
    if (typeof fault === 'object') return void response.writeHead(200).end(JSON.stringify(fault.answer))
    const answer = await fetch(`${this.#target}${url}`, { method: 'POST', headers: { authorization }, body })
    const text = await answer.text()
    this.answers.push(text)
    if (fault === 'drop-after') return void request.socket.destroy()
    if (fault === 'pass') response.writeHead(answer.status).end(text)
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
