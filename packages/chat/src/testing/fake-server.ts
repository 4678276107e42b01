import type { EventFrame, KickType, RequestFrame } from '@rookery/protocol/wire'
import type { Clock } from '../clock.ts'
import type { Link, LinkHandlers, Transport } from '../transport/transport.ts'
import { type Body, type Door, FakeCommands, Refusal } from './fake-commands.ts'
import { FakeStore } from './fake-store.ts'

/** One open socket. */
interface Socket {
  readonly handlers: LinkHandlers
  user: string
  session: string
  isClosed: boolean
}

/** What a test may do to one request: answer in the server's place, lose the request, or lose only its answer. */
export type Interception = Body | Refusal | 'lost' | 'unanswered' | undefined

const LATENCY = 1
const HELLO_INTERVAL = 120
const SILENCE_LIMIT = 60

/**
 * The server's side of the WebSocket door in memory (docs/wire-protocol.md), at the place of the network. It keeps what
 * the client's tests need, and can be told to fail in the ways that networks and servers do.
 */
export class FakeServer implements Transport {
  readonly store = new FakeStore()
  /** New connections fail. */
  isDown = false
  /** Frames in both directions vanish, sockets stay open. */
  isDeaf = false
  /** Frames that the test lets the network lose. */
  loses: (user: string, frame: EventFrame) => boolean = () => false
  /** When an event comes on each socket, in milliseconds: several nodes deliver late, twice or never. */
  arrivals: (user: string, frame: EventFrame) => readonly number[] = () => [LATENCY]
  /** Asked for each request before it is carried out. */
  intercept: (user: string, cmd: string, body: Body) => Interception = () => undefined
  /** Seconds that a login lasts. */
  lifetime = 86_400
  /** Requests in the order of their arrival. */
  readonly log: { readonly user: string; readonly cmd: string; readonly body: Body }[] = []
  connections = 0
  readonly #clock: Clock
  readonly #commands: FakeCommands
  readonly #sockets = new Set<Socket>()
  readonly #ended = new Map<string, KickType>()
  #sessions = 0

  constructor(clock: Clock) {
    this.#clock = clock
    const door: Door = {
      emit: (user, frame, exceptSession) => this.emit(user, frame, exceptSession),
      log: user => {
        const account = this.store.account(user)
        account.logNo += 1
        return account.logNo
      },
    }
    this.#commands = new FakeCommands(this.store, clock, door)
  }

  open(_url: string, handlers: LinkHandlers): Link {
    const socket: Socket = { handlers, user: '', session: '', isClosed: false }
    this.connections += 1
    const refused = this.isDown
    this.#later(() => {
      if (refused) {
        this.#drop(socket, 1006)
        return
      }
      this.#sockets.add(socket)
      if (!socket.isClosed) handlers.onOpen()
    })
    return {
      send: text => this.#later(() => this.#receive(socket, text)),
      close: () => {
        socket.isClosed = true
        this.#sockets.delete(socket)
      },
    }
  }

  /** Cuts the sockets of a user, or all. */
  cut(user?: string, code = 1006): void {
    for (const socket of this.#sockets) if (!user || socket.user === user) this.#drop(socket, code)
  }

  /** The node of a user's sockets stops. */
  drain(user: string, withinMs: number): void {
    for (const socket of this.#sockets)
      if (socket.user === user) this.#send(socket, { ev: 'drain', ReconnectWithinMs: withinMs })
  }

  /** Sockets die without anybody being told. */
  cutSilently(user: string): void {
    for (const socket of this.#sockets) {
      if (socket.user !== user) continue
      socket.isClosed = true
      this.#sockets.delete(socket)
    }
  }

  /** Any text, as a broken server or proxy would send it. */
  babble(user: string, text: string): void {
    for (const socket of this.#sockets) if (socket.user === user) socket.handlers.onFrame(text)
  }

  kick(user: string, type: KickType): void {
    for (const socket of this.#sockets) {
      if (socket.user !== user) continue
      this.#ended.set(socket.session, type)
      this.#send(socket, { ev: 'kicked', Type: type, Info: 'test' })
      this.#later(() => this.#drop(socket, 4500))
    }
  }

  /** Ends the sessions of a user who is away. */
  endSessionsOf(user: string, type: KickType): void {
    for (let id = 1; id <= this.#sessions; id += 1) {
      const session = `${user}#${id}`
      this.#ended.set(session, type)
    }
  }

  emit(user: string, frame: EventFrame, exceptSession?: string): void {
    for (const socket of this.#sockets) {
      if (socket.user !== user || socket.session === exceptSession) continue
      if (this.loses(user, frame)) continue
      for (const ms of this.arrivals(user, frame)) this.#send(socket, frame, ms)
    }
  }

  /** A stored message from a client that no test looks at. */
  send(from: string, to: string, text: string, more: Body = {}): Body {
    return this.#commands.run('elsewhere', from, 'openim/sendmsg', {
      To_Account: to,
      MsgSeq: 1,
      MsgRandom: Math.floor(this.#clock.random() * 4294967296),
      MsgClientTime: Math.floor(this.#clock.now() / 1000),
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
      ...more,
    })
  }

  /** Any command, as if another client of the user had made it. */
  act(user: string, cmd: string, body: Body): Body {
    return this.#commands.run('elsewhere', user, cmd, body)
  }

  /** Open sockets on which this user is logged in. */
  sockets(user: string): number {
    return [...this.#sockets].filter(socket => socket.user === user).length
  }

  count(cmd: string): number {
    return this.log.filter(it => it.cmd === cmd).length
  }

  #receive(socket: Socket, text: string): void {
    if (socket.isClosed || this.isDeaf) return
    const { id, cmd, body } = JSON.parse(text) as RequestFrame & { body: Body }
    const user = cmd === 'session/login' ? String(body.identifier) : socket.user
    this.log.push({ user, cmd, body })
    const intercepted = this.intercept(user, cmd, body)
    if (intercepted === 'lost') return
    try {
      const fields =
        intercepted === undefined || intercepted === 'unanswered'
          ? this.#carryOut(socket, cmd, body)
          : intercepted
      if (intercepted === 'unanswered') return
      if (fields instanceof Refusal) throw fields
      this.#send(socket, { id, body: { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', ...fields } })
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause
      const { code, detail } = cause
      const failure = {
        ActionStatus: 'FAIL',
        ErrorCode: code,
        ErrorInfo: `refused: ${code}`,
        ErrorDetail: detail,
      }
      this.#send(socket, { id, body: failure })
    }
  }

  #carryOut(socket: Socket, cmd: string, body: Body): Body {
    if (cmd === 'session/login') return this.#login(socket, body)
    if (socket.user === '') throw new Refusal(70221)
    switch (cmd) {
      case 'session/ping':
        return { ServerTimeMs: this.#clock.now() }
      case 'session/verify':
        if (body.usersig === 'expired') throw new Refusal(70001)
        if (body.usersig === 'bad') throw new Refusal(70009)
        return { ServerTimeMs: this.#clock.now() }
      case 'session/logout':
        this.#later(() => this.#drop(socket, 4500))
        return {}
      case 'session/renew':
        return { ServerTimeMs: this.#clock.now(), ExpiresAt: this.#clock.now() / 1000 + this.lifetime }
      default:
        return this.#commands.run(socket.session, socket.user, cmd, body)
    }
  }

  #login(socket: Socket, body: Body): Body {
    const user = String(body.identifier)
    if (body.usersig === 'expired') throw new Refusal(70001)
    if (body.usersig === 'bad') throw new Refusal(70009)
    const earlier = body.session as { readonly id: string; readonly generation: number } | undefined
    const ended = earlier && this.#ended.get(earlier.id)
    if (ended) throw new Refusal(70221, { check: 'session-ended', ended })
    this.#sessions += 1
    socket.user = user
    socket.session = earlier?.id ?? `${user}#${this.#sessions}`
    for (const other of this.#sockets) {
      if (other !== socket && other.session === socket.session) this.#drop(other, 4001)
    }
    const account = this.store.account(user)
    const now = this.#clock.now() / 1000
    return {
      SessionId: socket.session,
      Generation: (earlier?.generation ?? 0) + 1,
      SessionToken: 'secret',
      TinyID: account.tinyID,
      ServerTimeMs: this.#clock.now(),
      ExpiresAt: now + this.lifetime,
      IssuedAt: now,
      HelloInterval: HELLO_INTERVAL,
      SilenceLimit: SILENCE_LIMIT,
      StoreEpoch: this.store.epoch,
      LogNo: account.logNo,
      Nick: account.nick,
      FaceUrl: account.faceUrl,
      MaxFrameBytes: 65_536,
      Resumed: earlier ? 1 : 0,
    }
  }

  #send(socket: Socket, frame: unknown, ms = LATENCY): void {
    const text = JSON.stringify(frame)
    this.#clock.after(ms, () => {
      if (!socket.isClosed && !this.isDeaf) socket.handlers.onFrame(text)
    })
  }

  #drop(socket: Socket, code: number): void {
    if (socket.isClosed) return
    socket.isClosed = true
    this.#sockets.delete(socket)
    socket.handlers.onClose(code, '')
  }

  #later(act: () => void): void {
    this.#clock.after(LATENCY, act)
  }
}
