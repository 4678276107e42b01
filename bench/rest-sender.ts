import { HttpClient } from './http-client.ts'
import type { LoadPair } from './load.ts'
import { FIRST_NUMBER } from './numbered-frame.ts'
import { putNumber, type Tally } from './pair.ts'

const OK = Buffer.from('"ActionStatus":"OK"')

/** An app's server that sends messages over one connection, one after another; what is due meanwhile waits. */
export class RestSender implements LoadPair {
  window = 0
  readonly #port: number
  readonly #tally: Tally
  readonly #request: Buffer
  readonly #numberAt: number
  readonly #waiting: number[] = []
  #client: HttpClient | undefined
  #first: number
  /** When the request under way was due. */
  #due: number | undefined

  private constructor(port: number, tally: Tally, request: string, first: number) {
    this.#port = port
    this.#tally = tally
    this.#request = Buffer.from(request)
    this.#numberAt = this.#request.indexOf('#########N')
    this.#first = first
  }

  /** @param body may have `#########N` for a number that no other request has; `first` is the sender's first one. */
  static async open(
    port: number,
    path: string,
    body: string,
    { tally, first }: { tally: Tally; first: number },
  ): Promise<RestSender> {
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
    const sender = new RestSender(port, tally, head + body, first)
    sender.#client = await sender.#connect()
    return sender
  }

  /** Comes again where the server closed a connection that had no request for long, as it does while others are measured. */
  #connect(): Promise<HttpClient> {
    return HttpClient.open(
      this.#port,
      (_, answer) => this.#answered(answer),
      reason => {
        if (this.#due === undefined) this.#client = undefined
        else this.#tally.fail(reason)
      },
    )
  }

  get settled(): boolean {
    return this.#due === undefined && this.#waiting.length === 0
  }

  fill(): void {
    if (this.window > 0 && this.settled) this.send(performance.now())
  }

  send(at: number): void {
    this.#tally.sent++
    if (this.#due === undefined) this.#post(at)
    else this.#waiting.push(at)
  }

  #post(at: number): void {
    this.#due = at
    if (this.#numberAt >= 0) putNumber(this.#request, this.#numberAt, FIRST_NUMBER + this.#first++)
    if (this.#client) this.#client.send(this.#request)
    else void this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    try {
      this.#client = await this.#connect()
      this.#client.send(this.#request)
    } catch (error) {
      this.#tally.fail(String(error))
    }
  }

  #answered(answer: Buffer): void {
    const tally = this.#tally
    if (!answer.includes(OK)) tally.fail(`a request was refused: ${answer.toString()}`)
    if (tally.measuring) {
      const took = performance.now() - (this.#due ?? 0)
      tally.ackTimes.add(took)
      tally.deliveryTimes.add(took)
    }
    tally.acked++
    tally.delivered++
    this.#due = undefined
    const next = this.#waiting.shift()
    if (next !== undefined) this.#post(next)
    else this.fill()
  }
}
