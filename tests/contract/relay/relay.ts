import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Random } from '../random.ts'
import { FrameSplitter, textFrame, type WireFrame } from './frame-splitter.ts'

export type Direction = 'up' | 'down'

/** Shares of text frames, each direction drawn for itself. */
export interface Weather {
  readonly drop: number
  /** Drops of events only: frames from the node that answer no request. */
  readonly dropEvents: number
  readonly double: number
  /** Held for up to `heldMs`, with everything behind it. */
  readonly hold: number
  /** Held for up to `heldMs` while later ones overtake it. */
  readonly overtake: number
  readonly heldMs: number
}

export const FAIR: Weather = { drop: 0, dropEvents: 0, double: 0, hold: 0, overtake: 0, heldMs: 0 }

export interface RelayOptions {
  readonly random: Random
  /** URL of the node for a new connection; undefined: refused. */
  readonly route: () => string | undefined
  /** Sees every text frame that arrives here, also one that is then dropped. */
  readonly observe: (direction: Direction, text: string) => void
  /**
   * For planted bugs: what to send instead of a frame, and to which side. Default: the frame itself, onwards.
   */
  readonly tamper?: (
    direction: Direction,
    text: string,
  ) => readonly { readonly to: Direction; readonly text: string }[] | undefined
}

/**
 * A network between one client and the nodes, on a port of its own. It knows WebSocket frames, so that it loses, doubles and
 * delays whole ones, which TCP never does but a faulty node, bus or proxy may.
 */
export class Relay {
  weather: Weather = FAIR
  readonly #options: RelayOptions
  readonly #server: Server
  readonly #lines = new Set<Line>()

  private constructor(options: RelayOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true }, client => this.#accept(client))
  }

  static async open(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get url(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || address === null) throw new Error('The relay is closed.')
    return `ws://127.0.0.1:${address.port}`
  }

  /** Resets all connections, both ways. */
  cut(): void {
    for (const line of this.#lines) line.end()
  }

  /** Present connections stay open and carry nothing any more; new ones work. */
  freeze(): void {
    for (const line of this.#lines) line.freeze()
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    const url = this.#options.route()
    if (url === undefined) {
      client.resetAndDestroy()
      return
    }
    const { hostname, port } = new URL(url)
    const node = connect({ host: hostname, port: Number(port), noDelay: true })
    const line: Line = new Line(client, node, this.#options, () => this.weather)
    this.#lines.add(line)
    line.onEnd = () => this.#lines.delete(line)
  }
}

/** One connection through the relay. */
class Line {
  onEnd: () => void = () => undefined
  readonly #sockets: Readonly<Record<Direction, Socket>>
  readonly #ways: Readonly<Record<Direction, Way>>
  readonly #options: RelayOptions
  readonly #weather: () => Weather
  #isFrozen = false
  #isOver = false

  constructor(client: Socket, node: Socket, options: RelayOptions, weather: () => Weather) {
    this.#options = options
    this.#weather = weather
    // Bytes that go up are written to the node.
    this.#sockets = { up: node, down: client }
    this.#ways = { up: new Way(node), down: new Way(client) }
    this.#carry(client, 'up', new Handshake(withoutExtensions))
    this.#carry(node, 'down', new Handshake(head => head))
  }

  freeze(): void {
    this.#isFrozen = true
    for (const socket of Object.values(this.#sockets)) socket.pause()
    for (const way of Object.values(this.#ways)) way.freeze()
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const way of Object.values(this.#ways)) way.freeze()
    for (const socket of Object.values(this.#sockets)) socket.resetAndDestroy()
    this.onEnd()
  }

  #carry(from: Socket, direction: Direction, handshake: Handshake): void {
    const splitter = new FrameSplitter()
    from.on('data', (chunk: Buffer) => {
      if (this.#isFrozen) return
      const { head, rest } = handshake.take(chunk)
      if (head) this.#ways[direction].send(head)
      if (rest) for (const frame of splitter.push(rest)) this.#pass(frame, direction)
    })
    from.on('end', () => {
      if (!this.#isFrozen) this.#ways[direction].finish()
    })
    from.on('error', () => this.#lost())
    from.on('close', () => this.#lost())
  }

  /** One side is gone. Of a frozen line the other side never learns it. */
  #lost(): void {
    if (!this.#isFrozen) this.end()
  }

  #pass(frame: WireFrame, direction: Direction): void {
    const way = this.#ways[direction]
    const { text } = frame
    if (text === undefined) {
      way.send(frame.bytes)
      return
    }
    this.#options.observe(direction, text)
    const instead = this.#options.tamper?.(direction, text)
    if (instead) {
      for (const it of instead) this.#ways[it.to].send(textFrame(it.text, it.to === 'up'))
      return
    }
    const { random } = this.#options
    const { drop, dropEvents, double, hold, overtake, heldMs } = this.#weather()
    const isEvent = direction === 'down' && text.startsWith('{"ev"')
    if (random.chance(drop + (isEvent ? dropEvents : 0))) return
    if (random.chance(overtake)) {
      way.sendLate(frame.bytes, random.between(1, heldMs))
      return
    }
    if (random.chance(hold)) way.hold(random.between(1, heldMs))
    way.send(frame.bytes)
    if (random.chance(double)) way.send(frame.bytes)
  }
}

/** One direction: what goes out, in order. */
class Way {
  readonly #to: Socket
  readonly #queue: Buffer[] = []
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #heldUntil = 0
  #isFinished = false
  #isFrozen = false

  constructor(to: Socket) {
    this.#to = to
  }

  send(bytes: Buffer): void {
    this.#queue.push(bytes)
    this.#flush()
  }

  sendLate(bytes: Buffer, ms: number): void {
    this.#later(ms, () => this.send(bytes))
  }

  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, performance.now() + ms)
    this.#later(ms + 1, () => this.#flush())
  }

  /** The sender closed: after what is on the way. */
  finish(): void {
    this.#isFinished = true
    this.#flush()
  }

  freeze(): void {
    this.#isFrozen = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }

  #flush(): void {
    if (this.#isFrozen || performance.now() < this.#heldUntil) return
    for (const bytes of this.#queue.splice(0)) if (this.#to.writable) this.#to.write(bytes)
    if (this.#isFinished) this.#to.end()
  }
}

const END_OF_HEAD = '\r\n\r\n'

/** The HTTP head before the frames. */
class Handshake {
  readonly #rewrite: (head: string) => string
  #seen: Buffer | undefined = Buffer.alloc(0)

  constructor(rewrite: (head: string) => string) {
    this.#rewrite = rewrite
  }

  take(chunk: Buffer): { readonly head?: Buffer; readonly rest?: Buffer } {
    if (!this.#seen) return { rest: chunk }
    this.#seen = Buffer.concat([this.#seen, chunk])
    const end = this.#seen.indexOf(END_OF_HEAD)
    if (end < 0) return {}
    const at = end + END_OF_HEAD.length
    const [head, rest] = [this.#seen.subarray(0, at), this.#seen.subarray(at)]
    this.#seen = undefined
    return { head: Buffer.from(this.#rewrite(head.toString('latin1')), 'latin1'), rest }
  }
}

/** So that frames are not compressed. */
function withoutExtensions(head: string): string {
  return head.replace(/^sec-websocket-extensions:.*\r\n/im, '')
}
